#pragma once

#include <string>
#include <string_view>

#include "gatefold/report/report.h"

// The parts of the HTML page.
namespace gatefold::report {

/// Text between tags or in a quoted attribute. Control characters, which HTML forbids, become `?`.
std::string escaped(std::string_view text);

/// The rows by layer, with small bars of the LUTs.
std::string layer_table(const Report& report);

/// Drawings, as SVG elements; empty where there is nothing to draw.
std::string network_drawing(const Report& report);
std::string pipeline_chart(const Report& report);
std::string weights_chart(const Report& report);
std::string seconds_chart(const Report& report);

}  // namespace gatefold::report
