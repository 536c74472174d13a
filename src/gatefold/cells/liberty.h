#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "gatefold/cells/boolean_function.h"
#include "gatefold/support/result.h"

namespace gatefold::cells {

/// A table of a Liberty library over the input's transition (ns) and the output's load: a grid, a
/// row or one value. values: [transitions, loads].
struct TimingTable {
  std::vector<double> transitions, loads, values;  // ns, the library's unit, ns

  /// Linear between the two nearest points, and beyond the last ones.
  double at(double transition, double load) const;
};

/// What a cell takes from a change of an input to one of an output.
struct TimingArc {
  std::string input;
  std::size_t output = 0;
  std::vector<TimingTable> delays, transitions;  // of rising and falling edges

  /// The longest, ns.
  double delay(double transition, double load) const;
  double transition(double transition, double load) const;
};

/// A combinational cell. `functions`: of its outputs, over `inputs`.
struct LibraryCell {
  std::string name;
  double area = 0;
  std::vector<std::string> inputs;
  std::vector<TruthTable> functions;
  std::vector<double> capacitances;  // of the inputs, in the library's unit
  std::vector<std::string> outputs;
  std::vector<TimingArc> arcs;

  /// Of the slowest arc to an output, ns.
  double delay(std::size_t output, double transition, double load) const;
};

/// A flip-flop that loads one input at its clock's rising edge, with or without set and reset.
struct LibraryRegister {
  std::string name;
  double area = 0;
  std::vector<TimingArc> arcs;      // from the clock
  std::vector<TimingTable> setups;  // of the data input: both axes are transitions, ns
};

struct CellLibrary {
  std::string name;
  std::vector<LibraryCell> cells;
  std::vector<LibraryRegister> registers;

  /// The smallest cell with exactly these outputs, whatever the order of its inputs; null: none.
  const LibraryCell* smallest(std::size_t inputs, std::vector<TruthTable> functions) const;
  const LibraryRegister* smallest_register() const;
};

/// The combinational cells of at most six inputs and the flip-flops that a synthesis may use.
/// `path` is for the messages. LibertyMalformed.
Result<CellLibrary> read_liberty(std::string_view text, const std::string& path);
/// Of a file; FileNotReadable, FileTooLarge too.
Result<CellLibrary> read_liberty(const std::filesystem::path& path);

}  // namespace gatefold::cells
