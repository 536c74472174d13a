#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "gatefold/adder_graph/cost_model.h"
#include "gatefold/support/result.h"

namespace gatefold::adder_graph {

/// Areas of ripple-carry adders in cells of a Liberty library, in thousandths of its unit of area.
/// A full or half adder is the library's smallest cell for it, or made of XOR, AND and NAND gates
/// where that is smaller or the library has none. An adder's first bit is a half adder. `path` is
/// for the messages. LibertyMalformed, LibertyLacksCell.
Result<CostModel> standard_cells(std::string_view liberty, const std::string& path);

/// Of a file; FileNotReadable, FileTooLarge too.
Result<CostModel> read_standard_cells(const std::filesystem::path& path);

}  // namespace gatefold::adder_graph
