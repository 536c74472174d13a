#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "gatefold/driver/compile.h"
#include "gatefold/driver/vectors.h"
#include "gatefold/flows/simulate.h"

namespace gatefold::driver {

/// The meanings of one model that are compared. Graph: the emulator on the graph as imported and on
/// the graph after the passes. Design: the interpreted hardware, without time and cycle by cycle.
/// Verilator: the simulated SystemVerilog. Netlist: what the synthesis tool made of it.
enum class Level { Graph, Design, Verilator, Netlist };

inline constexpr Level all_levels[] = {Level::Graph, Level::Design, Level::Verilator,
                                       Level::Netlist};

/// UnknownLevel.
Result<std::vector<Level>> parse_levels(const std::vector<std::string>& names);
std::string name_of(Level level);

/// TargetUnknown or MissingTool where this machine cannot compare a level for the target.
Status can_compare(Level level, const std::string& target);

/// The first output word in which two meanings differ.
struct Difference {
  std::string output;
  std::int64_t sample = 0, element = 0;
  std::int64_t expected = 0, got = 0;
  std::string to_string() const;
};

struct LevelResult {
  Level level;
  std::int64_t vectors = 0;
  std::int64_t differing_bits = 0;  // of the ports' words
  std::int64_t mismatches = 0;      // beats that differ, or that came too often (simulated levels)
  std::optional<Difference> first;  // where the words are at hand
  std::string detail;               // `latency 6 cycles, interval 1`, …
};

/// A level that was not asked for by name and cannot be compared here.
struct LeftOut {
  Level level;
  std::string why;
};

struct VerifyOptions {
  std::vector<Level> levels;           // empty: all that the target and this machine can compare
  emulate::RawBatch data;              // real inputs; may be empty
  std::int64_t random = 1000;          // random vectors
  std::int64_t extreme = 200;          // vectors of interval ends
  std::int64_t netlist_vectors = 100;  // a netlist simulates slowly: the first so many of each kind
};

struct Verification {
  VectorCounts counts;
  std::vector<LevelResult> levels;
  std::vector<LeftOut> left_out;
  bool equal() const;
  /// `6200 vectors (5000 real, …) compared at levels emulator, graph, design: 0 differing bits`,
  /// and what was left out.
  std::string line() const;
};

/// A simulation as the result of a level.
LevelResult simulated(Level level, const flows::Simulation& simulation);

/// NoVectors, and where a level is asked for, what `can_compare` says. Compares the levels on one
/// set of vectors; the emulator on the imported graph is the reference. Projects of the simulated
/// levels are built in `folder`.
Result<Verification> verify(const Compilation& compilation, const VerifyOptions& options,
                            const std::filesystem::path& folder);

}  // namespace gatefold::driver
