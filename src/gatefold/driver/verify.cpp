#include "gatefold/driver/verify.h"

#include <algorithm>
#include <bit>
#include <fmt/format.h>

#include "gatefold/driver/project.h"
#include "gatefold/flows/synthesise.h"
#include "gatefold/schedule/cycle_simulator.h"
#include "gatefold/support/interrupt.h"
#include "gatefold/support/progress.h"

namespace gatefold::driver {
namespace {

constexpr std::pair<Level, const char*> level_names[] = {{Level::Graph, "graph"},
                                                         {Level::Design, "design"},
                                                         {Level::Verilator, "verilator"},
                                                         {Level::Netlist, "netlist"}};

/// Cycles are simulated one by one: so many vectors prove latency, interval and handshake, and
/// fewer of a large network, whose steps are many.
std::int64_t cycle_vectors(const hardware::Design& design) {
  constexpr std::int64_t most = 64, operations = 250'000'000;
  std::int64_t work = 1;
  for (const hardware::Process& process : design.processes)
    work += process.steps() * static_cast<std::int64_t>(process.body.size());
  return std::clamp<std::int64_t>(operations / work, 1, most);
}

/// The bits of each element's word at an output port.
std::vector<std::uint64_t> masks_of(const hardware::Design& design, const std::string& output) {
  std::vector<std::uint64_t> masks;
  for (const hardware::Port& port : design.outputs) {
    if (port.name != output) continue;
    const auto& words = design.channels[static_cast<std::size_t>(port.channel.index)].words;
    const auto elements = hardware::elements_of_beats(port);
    masks.resize(elements.size());
    for (std::size_t i = 0; i < elements.size(); ++i) {
      const int width = hardware::word_of(words[i % words.size()]).width;
      masks[static_cast<std::size_t>(elements[i])] = (std::uint64_t{1} << width) - 1;
    }
  }
  GATEFOLD_ASSERT(!masks.empty(), "every output has a port");
  return masks;
}

/// Everything that the levels share.
struct Context {
  const Compilation& compilation;
  const VerifyOptions& options;
  const std::filesystem::path& folder;
  const Vectors& vectors;
  const emulate::RawBatch& expected;
};

void compare(LevelResult& result, const hardware::Design& design, const std::string& output,
             const numeric::IntTensor& expected, const numeric::IntTensor& got,
             std::int64_t samples) {
  const auto masks = masks_of(design, output);
  const std::int64_t elements = expected.size() / expected.shape.front();
  GATEFOLD_ASSERT(got.size() == samples * elements, "every sample gives every output");
  for (std::int64_t i = 0; i < got.size(); ++i) {
    if (expected[i] == got[i]) continue;
    const auto bits = static_cast<std::uint64_t>(expected[i] ^ got[i]);
    // A number outside the port's range differs, if in no bit of the port.
    result.differing_bits +=
        std::max(1, std::popcount(bits & masks[static_cast<std::size_t>(i) % masks.size()]));
    if (!result.first)
      result.first = Difference{output, i / elements, i % elements, expected[i], got[i]};
  }
}

/// The first `samples` samples of every output.
void compare(LevelResult& result, const Context& context, const hardware::Batch& got,
             std::int64_t samples) {
  for (const auto& [name, tensor] : context.expected)
    compare(result, context.compilation.design, name, tensor, got.at(name), samples);
}

Result<LevelResult> compare_graph(const Context& context) {
  LevelResult result{Level::Graph, context.vectors.counts.total(), 0, 0, {}, ""};
  const emulate::Emulator emulator(context.compilation.graph);
  GATEFOLD_TRY(const auto got, emulator.run(context.vectors.inputs));
  compare(result, context, got, result.vectors);
  result.detail = fmt::format("after {} passes", context.compilation.passes.size());
  return result;
}

Result<LevelResult> compare_design(const Context& context) {
  LevelResult result{Level::Design, context.vectors.counts.total(), 0, 0, {}, ""};
  const Compilation& c = context.compilation;
  const auto got = hardware::run_design(c.design, rows(context.vectors.inputs));
  GATEFOLD_CHECK(check_interrupt());
  compare(result, context, got, result.vectors);
  const std::int64_t few = std::min(result.vectors, cycle_vectors(c.design));
  const auto trace = schedule::simulate(c.design, c.schedule,
                                        rows(first_samples(context.vectors.inputs, few)), {});
  GATEFOLD_CHECK(check_interrupt());
  compare(result, context, trace.outputs, few);
  result.detail = fmt::format("latency {} cycles, interval {}", trace.times.latency(few),
                              c.schedule.interval_cycles);
  return result;
}

Result<LevelResult> compare_verilator(const Context& context) {
  const auto project = context.folder / "verilator";
  GATEFOLD_TRY(const auto files, loading_project_files(context.compilation, context.vectors.inputs,
                                                       context.expected));
  GATEFOLD_CHECK(write_project(project, files));
  GATEFOLD_CHECK(flows::lint(project));
  GATEFOLD_TRY(const auto simulation, flows::simulate(project, flows::Simulator::Verilator));
  return simulated(Level::Verilator, simulation);
}

Result<LevelResult> compare_netlist(const Context& context) {
  const auto project = context.folder / "netlist";
  const Compilation& c = context.compilation;
  const auto limit = context.options.netlist_vectors;
  GATEFOLD_TRY(const Vectors few,
               make_vectors(c.imported, first_samples(context.options.data, limit),
                            std::min(context.options.random, limit),
                            std::min(context.options.extreme, limit)));
  const emulate::Emulator emulator(c.imported);
  GATEFOLD_TRY(const auto expected, emulator.run(few.inputs));
  GATEFOLD_TRY(const auto files, loading_project_files(c, few.inputs, expected));
  GATEFOLD_CHECK(write_project(project, files));
  GATEFOLD_TRY(const auto synthesis, flows::synthesise(project, c.options.target));
  GATEFOLD_TRY(const auto simulation, flows::simulate_netlist(project, c.options.target));
  return simulated(Level::Netlist, simulation);
}

Result<LevelResult> compare_level(Level level, const Context& context) {
  switch (level) {
    case Level::Graph:
      return compare_graph(context);
    case Level::Design:
      return compare_design(context);
    case Level::Verilator:
      return compare_verilator(context);
    case Level::Netlist:
      return compare_netlist(context);
  }
  GATEFOLD_ASSERT(false, "every level is handled");
}

/// The levels asked for, or all that can be compared here; the others are left out.
Result<std::vector<Level>> chosen_levels(const VerifyOptions& options, const std::string& target,
                                         std::vector<LeftOut>& left_out) {
  std::vector<Level> chosen = options.levels;
  for (const Level level : chosen) GATEFOLD_CHECK(can_compare(level, target));
  if (!chosen.empty()) return chosen;
  for (const Level level : all_levels) {
    const Status possible = can_compare(level, target);
    if (possible) {
      chosen.push_back(level);
    } else if (possible.errors().front().id == DiagnosticId::TargetUnknown) {
      left_out.push_back({level, fmt::format("target '{}' has no synthesis", target)});
    } else {
      left_out.push_back({level, possible.errors().front().text});
    }
  }
  return chosen;
}

}  // namespace

Status can_compare(Level level, const std::string& target) {
  switch (level) {
    case Level::Graph:
    case Level::Design:
      return success();
    case Level::Verilator:
      return flows::can_simulate();
    case Level::Netlist:
      GATEFOLD_CHECK(flows::can_synthesise(target));
      return flows::can_simulate_netlist();
  }
  GATEFOLD_ASSERT(false, "every level is handled");
}

LevelResult simulated(Level level, const flows::Simulation& simulation) {
  std::string detail =
      fmt::format("latency {} cycles, interval {}", simulation.latency, simulation.interval);
  if (const auto first = simulation.log.find("mismatch: "); first != std::string::npos)
    detail += "; " + simulation.log.substr(first, simulation.log.find('\n', first) - first);
  return {level, simulation.vectors, simulation.bits, simulation.mismatches, {}, std::move(detail)};
}

Result<std::vector<Level>> parse_levels(const std::vector<std::string>& names) {
  std::vector<Level> levels;
  for (const std::string& name : names) {
    const auto found = std::find_if(std::begin(level_names), std::end(level_names),
                                    [&](const auto& entry) { return entry.second == name; });
    if (found == std::end(level_names)) return diagnose(DiagnosticId::UnknownLevel, "", name);
    levels.push_back(found->first);
  }
  return levels;
}

std::string name_of(Level level) { return level_names[static_cast<std::size_t>(level)].second; }

std::string Difference::to_string() const {
  return fmt::format(
      "output '{}', sample {}, element {}: expected {}, got {} (first differing bit {})", output,
      sample, element, expected, got, std::countr_zero(static_cast<std::uint64_t>(expected ^ got)));
}

bool Verification::equal() const {
  return std::all_of(levels.begin(), levels.end(), [](const LevelResult& level) {
    return level.differing_bits == 0 && level.mismatches == 0;
  });
}

std::string Verification::line() const {
  std::string names = "emulator";
  std::int64_t bits = 0;
  for (const LevelResult& level : levels) {
    names += fmt::format(", {}", name_of(level.level));
    if (level.vectors != counts.total()) names += fmt::format(" ({} vectors)", level.vectors);
    bits += level.differing_bits;
  }
  std::string text = fmt::format(
      "{} vectors ({} real, {} random, {} extreme) compared at levels {}: {} differing bits",
      counts.total(), counts.real, counts.random, counts.extreme, names, bits);
  for (const LeftOut& left : left_out)
    text += fmt::format("; not compared: {} ({})", name_of(left.level), left.why);
  return text;
}

Result<Verification> verify(const Compilation& compilation, const VerifyOptions& options,
                            const std::filesystem::path& folder) {
  if (options.random + options.extreme == 0 && options.data.empty())
    return diagnose(DiagnosticId::NoVectors, "");
  const Progress making("verify");
  Verification verification;
  GATEFOLD_TRY(const auto levels,
               chosen_levels(options, compilation.options.target, verification.left_out));
  GATEFOLD_TRY(const Vectors vectors,
               make_vectors(compilation.imported, options.data, options.random, options.extreme));
  const emulate::Emulator emulator(compilation.imported);
  GATEFOLD_TRY(const auto expected, emulator.run(vectors.inputs));
  verification.counts = vectors.counts;
  for (const Level level : levels) {
    const Progress progress("verify " + name_of(level));
    GATEFOLD_TRY(auto result,
                 compare_level(level, {compilation, options, folder, vectors, expected}));
    GATEFOLD_CHECK(check_interrupt());
    verification.levels.push_back(std::move(result));
  }
  return verification;
}

}  // namespace gatefold::driver
