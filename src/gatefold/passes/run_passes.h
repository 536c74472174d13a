#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gatefold/passes/pass.h"

namespace gatefold::passes {

/// What holds for a graph after some pass; a pass may build on it.
enum Fact : std::uint32_t {
  ConstantsFolded = 1,
  EncodingsAbsorbed = 2,
  QuantizersFused = 4,
  RangesTight = 8,
  DeadRemoved = 16,
};

struct PassDef {
  std::string_view name;
  std::string_view summary;
  std::uint32_t required, provided;  // bits of Fact
  Pass run;
};

/// The passes in their order (passes/pipeline.def).
std::span<const PassDef> pipeline();
/// The pipeline as a list for the terminal, one pass a line.
std::string describe_pipeline();

struct RunOptions {
  std::string stop_after;           // the last pass to run; empty for all
  std::vector<std::string> skip;    // passes left out
  std::optional<int> bisect_limit;  // run at most this many passes
  std::filesystem::path dump;       // folder for `NN-name.gfg` after each pass; empty for none
};

struct PassRecord {
  std::string name;
  double seconds = 0;
  std::size_t nodes_before = 0, nodes_after = 0;
  std::vector<std::string> notes;
};

struct PassesResult {
  Graph graph;
  std::vector<PassRecord> records;
};

/// Runs the pipeline on a graph and on the bodies of its scans, and verifies after each pass.
/// Errors: names that are no pass, a pass that builds on a skipped one, an unwritable dump folder.
Result<PassesResult> run_passes(Graph graph, const RunOptions& options = {});

/// One pass, on the graph and on the bodies of its scans.
Result<Graph> run_pass(const PassDef& pass, Graph graph, const PassContext& context);

}  // namespace gatefold::passes
