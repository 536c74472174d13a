#pragma once

#include <map>
#include <string>

#include "gatefold/flows/yosys/target.h"
#include "gatefold/support/result.h"

namespace gatefold::flows::yosys {

/// The cells of each module from the texts of `stat -json` and of `ltp`. A cell of no known type is
/// ToolOutput, which names `file`, and so is a text of another form.
Result<std::map<std::string, Cells>> read_cells(const Target& target, const std::string& stat,
                                                const std::string& levels, const std::string& file);

}  // namespace gatefold::flows::yosys
