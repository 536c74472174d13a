#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gatefold/adder_graph/boolean_function.h"
#include "gatefold/support/result.h"

namespace gatefold::adder_graph {

/// A combinational cell of a Liberty library. `functions`: of its outputs, over `inputs`.
struct LibraryCell {
  std::string name;
  double area = 0;
  std::vector<std::string> inputs;
  std::vector<TruthTable> functions;
};

/// The combinational cells of at most six inputs that a synthesis may use. `path` is for the
/// messages. LibertyMalformed.
Result<std::vector<LibraryCell>> read_liberty(std::string_view text, const std::string& path);

}  // namespace gatefold::adder_graph
