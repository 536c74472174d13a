#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/random_products.h"
#include "tests/random_recurrences.h"
#include "tests/random_streams.h"
#include "tests/support/emitted_project.h"

#include "gatefold/hardware/simplify.h"
#include "gatefold/lowering/lower.h"
#include "gatefold/passes/run_passes.h"
#include "gatefold/passes/unroll_scans.h"
#include "gatefold/schedule/target.h"

// Random convolutional networks, recurrences and products of tensors, streamed over positions and
// folded over weights, and recurrences in parallel, scheduled and written: what Icarus and
// Verilator make of them.
namespace gatefold {
namespace {

using testing::build;
using ::testing::HasSubstr;

/// So many of each kind, one kind after the other.
constexpr std::uint64_t streams = 24, convolutions = 40, recurrences = 64, nested = 72,
                        products = 96, parallel = 104;

/// Most of them stateful, but for those in parallel.
graph::Graph recurrence(std::uint64_t seed) {
  testing::RandomRecurrences graphs(seed);
  if (seed > recurrences && seed <= nested) return graphs.nested(seed % 2 == 0);
  return graphs.recurrence(seed <= recurrences && seed % 4 != 0);
}

graph::Graph network(std::uint64_t seed) {
  testing::RandomStreams graphs(seed);
  if (seed <= streams) return graphs.stream();
  if (seed <= convolutions) return graphs.convolutions();
  if (seed > nested && seed <= products) return testing::RandomProducts(seed).products();
  return passes::run_passes(recurrence(seed), {}).value().graph;
}

Result<hardware::Design> lowered(std::uint64_t seed) {
  const auto graph = network(seed);
  if (seed > products) return lowering::lower(passes::unroll_scans(graph).value(), {});
  const std::int64_t reuse = seed % 3 == 0 ? 1 : seed % 3 == 1 ? 5 : 64;
  const auto flat = passes::unroll_inner_scans(graph);
  return lowering::lower_network(flat.value(), {}, {.reuse = reuse, .layers = {}});
}

/// The project of a random network, where the lowering takes it.
std::optional<std::vector<emit::File>> lowered_project(std::uint64_t seed, std::int64_t vectors) {
  const auto made = lowered(seed);
  if (!made) return std::nullopt;
  const auto design = hardware::simplify(*made);
  const auto target = schedule::load_target("xcup").value();
  const auto schedule = schedule::pipeline(design, target, 4.0);
  if (!schedule) return std::nullopt;
  std::mt19937_64 random(seed);
  return emit::emit_project(design, *schedule, testing::golden_vectors(random, design, vectors));
}

TEST(EmitLowered, IcarusAgreesInTheCyclesOfTheSchedule) {
  GATEFOLD_NEEDS_PROGRAM("iverilog");
  int written = 0;
  for (std::uint64_t seed = 1; seed <= parallel; ++seed) {
    const auto files = lowered_project(seed, 8);
    if (!files) continue;
    ++written;
    const testing::TempFolder folder;
    testing::write_files(folder, *files);
    const auto result = build(folder, "icarus");
    EXPECT_EQ(result.exit_code, 0) << "seed " << seed << "\n" << result.output;
    EXPECT_THAT(result.output, HasSubstr("vectors=8 mismatches=0 bits=0")) << "seed " << seed;
  }
  EXPECT_GT(written, 85);
}

TEST(EmitLowered, VerilatorFindsNothing) {
  GATEFOLD_NEEDS_PROGRAM("verilator");
  for (std::uint64_t seed = 1; seed <= parallel; ++seed) {
    const auto files = lowered_project(seed, 1);
    if (!files) continue;
    const testing::TempFolder folder;
    testing::write_files(folder, *files);
    EXPECT_EQ(build(folder, "lint").output, "") << "seed " << seed;
  }
}

}  // namespace
}  // namespace gatefold
