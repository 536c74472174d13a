#include "gatefold/schedule/block_tables.h"

#include <gtest/gtest.h>
#include <random>

#include "tests/random_design.h"
#include "tests/support/read_design.h"

#include "gatefold/schedule/schedule.h"

namespace gatefold::schedule {
namespace {

using hardware::Design;

/// One in which tables of this size are block RAMs, as are all memories.
Target target_with(int table_bits) {
  Target target = load_target("xcup").value();
  target.memory.table_block_from_bits = table_bits;
  target.memory.block_from_bits = 1;
  return target;
}

std::size_t lookups(const Design& design) {
  std::size_t found = 0;
  for (const auto& operation : design.processes[0].body)
    found += std::holds_alternative<hardware::Lookup>(operation.kind);
  return found;
}

TEST(BlockTables, KeepTheMeaningOfRandomDesigns) {
  std::size_t moved = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    std::mt19937_64 random(seed);
    const Design design = testing::random_design(random, {.operations = 40});
    const Target target = target_with(seed % 2 == 0 ? 1 : 64);
    const Design in_blocks = with_block_tables(design, target).value_or(design);
    ASSERT_EQ(hardware::verify(in_blocks), "") << hardware::print(design);
    moved += lookups(design) - lookups(in_blocks);
    const hardware::Batch inputs = testing::random_batch(random, design, 100);
    ASSERT_EQ(hardware::run_design(in_blocks, inputs), hardware::run_design(design, inputs))
        << hardware::print(design) << hardware::print(in_blocks);
    EXPECT_LE(pipeline(design, target, 20).value().latency_cycles,
              pipeline(in_blocks, target, 20).value().latency_cycles);
  }
  EXPECT_GT(moved, 200);
}

/// A table between a state and its next word.
const char* const loop = R"(design "loop"
layer "cell" "scan"
channel "x" [-8,7]
channel "y" [-8,7] [0,7]
input "x" c0 [1]
output "y" c1 [2]
process "net" 1
  table "next" -8 : 7 6 5 4 3 2 1 0 -1 -2 -3 -4 -5 -6 -7 -8
  table "size" -8 : 7 7 6 5 4 3 2 1 0 1 2 3 4 5 6 7
  state "kept" [-8,7] : 0
  take c0
  %0 = receive c0 0 : [-8,7] @0
  %1 = read_state s0 : [-8,7] @0
  %2 = add %0 %1 : [-16,14] @0
  %3 = wrap %2 s4 : [-8,7] @0
  %4 = lookup t0 %3 : [-8,7] @0
  %5 = write_state s0 %4 : [-8,7] @0
  %6 = lookup t1 %3 : [0,7] @0
  give c1 %4 %6
)";

TEST(BlockTables, LeaveTheWayFromAStateToItsNextWord) {
  const Design in_blocks = with_block_tables(testing::read_design(loop), target_with(1)).value();
  EXPECT_EQ(hardware::verify(in_blocks), "");
  EXPECT_EQ(lookups(in_blocks), 1U);
  EXPECT_EQ(in_blocks.processes[0].tables.size(), 1U);
  EXPECT_EQ(in_blocks.processes[0].tables[0].name, "next");
  EXPECT_EQ(in_blocks.processes[0].memories.size(), 1U);
}

TEST(BlockTables, AreNoneWhereTheTargetHasNoBlockRam) {
  const Design design = testing::read_design(loop);
  const Target target = load_target("generic_lut6").value();
  EXPECT_FALSE(with_block_tables(design, target).has_value());
}

}  // namespace
}  // namespace gatefold::schedule
