#pragma once

#include <array>
#include <vector>

#include "gatefold/emit/file.h"
#include "gatefold/emit/network.h"

namespace gatefold::emit {

/// Names of the modules of rtl/ that emitted text instantiates.
inline constexpr auto add3_module = "gatefold_add3";
inline constexpr auto fifo_module = "gatefold_fifo";
inline constexpr std::array primitive_modules{add3_module, fifo_module};

/// The files of the primitives that the design needs.
std::vector<File> primitive_files(const Network& network);

}  // namespace gatefold::emit
