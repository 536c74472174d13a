#include <algorithm>
#include <gmock/gmock.h>

#include "tests/support/read_design.h"

#include "gatefold/schedule/cone_table.h"
#include "gatefold/schedule/table_logic.h"
#include "gatefold/schedule/tabulate_cones.h"

namespace gatefold::schedule {
namespace {

using hardware::Design;
using hardware::ValueId;
using testing::read_design;
using Words = std::vector<std::int64_t>;

constexpr double any_clock_ns = 1000;

Design tabulated(const Design& design, const std::string& target = "xcup") {
  Design result = tabulate_cones(design, *load_target(target), any_clock_ns);
  EXPECT_EQ(hardware::verify(result), "");
  return result;
}

std::vector<std::string> names(const Design& design) {
  std::vector<std::string> result;
  for (const auto& operation : design.processes[0].body)
    result.emplace_back(name_of(operation.kind));
  return result;
}

int count(const Design& design, std::string_view name) {
  return static_cast<int>(std::ranges::count(names(design), name));
}

/// clamp((3a + 2b - c) >> 1, 0, 3) of two unsigned words of 2 bits and a signed one of 2 bits.
const char* const neuron = R"(design "neuron"
layer "fc" "linear"
layer "act" "quantize"
channel "x" [0,3] [0,3] [-2,1]
channel "y" [0,3]
input "x" c0 [3]
output "y" c1 [1]
process "net" 1
  take c0
  %0 = receive c0 0 : [0,3] @0
  %1 = receive c0 1 : [0,3] @0
  %2 = receive c0 2 : [-2,1] @0
  %3 = add %0 %0<<1 : [0,9] @0
  %4 = add %3 %1<<1 : [0,15] @0
  %5 = subtract %4 %2 : [-1,17] @0
  %6 = shift %5 -1 : [-1,8] @1
  %7 = clamp %6 0 3 : [0,3] @1
  give c1 %7
)";

TEST(TabulateCones, ANeuronOfSixBitsIsOneTable) {
  const Design result = tabulated(read_design(neuron));
  EXPECT_EQ(count(result, "lookup"), 1);
  EXPECT_EQ(count(result, "subtract") + count(result, "clamp"), 0);
  EXPECT_EQ(result.processes[0].body.back().layer, 1);
  hardware::Batch batch;
  Words expected;
  auto& x = batch["x"];
  for (std::int64_t a = 0; a < 4; ++a)
    for (std::int64_t b = 0; b < 4; ++b)
      for (std::int64_t c = -2; c < 2; ++c) {
        x.data.insert(x.data.end(), {a, b, c});
        const std::int64_t sum = 3 * a + 2 * b - c;
        expected.push_back(std::clamp<std::int64_t>(sum < 0 ? -1 : sum / 2, 0, 3));
      }
  x.shape = {64, 3};
  EXPECT_EQ(hardware::run_design(result, batch).at("y").data, expected);
}

TEST(TabulateCones, CellLibrariesHaveNoTables) {
  const Design design = read_design(neuron);
  EXPECT_EQ(hardware::print(tabulated(design, GATEFOLD_SOURCE_DIR "/tests/support/tiny.lib")),
            hardware::print(design));
}

TEST(TabulateCones, KeepsTheClock) {
  const Design design = read_design(neuron);
  const Target target = *load_target("xcup");
  const double least = table_delay_ns(target, 6) + target.register_ns;
  EXPECT_EQ(count(tabulate_cones(design, target, least - 0.01), "lookup"), 0);
  EXPECT_EQ(count(tabulate_cones(design, target, least + 0.01), "lookup"), 1);
}

// The wide sum reads the narrow one, whose adders therefore stay: only the comparison is saved.
TEST(TabulateCones, CountsOnlyWhatNobodyElseReads) {
  const Design result = tabulated(read_design(R"(design "shared"
layer "fc" "linear"
channel "x" [0,3] [0,3] [0,3] [0,255]
channel "y" [0,1] [0,264]
input "x" c0 [4]
output "y" c1 [2]
process "net" 1
  take c0
  %0 = receive c0 0 : [0,3] @0
  %1 = receive c0 1 : [0,3] @0
  %2 = receive c0 2 : [0,3] @0
  %3 = receive c0 3 : [0,255] @0
  %4 = add %0 %1 : [0,6] @0
  %5 = add %4 %2 : [0,9] @0
  %6 = constant 4 : [4,4] @0
  %7 = less %6 %5 : [0,1] @0
  %8 = add %5 %3 : [0,264] @0
  give c1 %7 %8
)"));
  EXPECT_EQ(count(result, "less"), 0);
  EXPECT_EQ(count(result, "lookup"), 2);
  for (const auto& operation : result.processes[0].body) {
    const auto* table = std::get_if<hardware::Lookup>(&operation.kind);
    if (table == nullptr || operation.range.high > 1) continue;
    const auto& address = result.processes[0].operation(table->a);
    EXPECT_EQ(address.range, (numeric::Interval{0, 9, 0}));
  }
}

TEST(TabulateCones, LeavesWiresAndWideWords) {
  const Design design = read_design(R"(design "wires"
layer "fc" "linear"
channel "x" [0,3] [0,3] [0,255] [0,255]
channel "y" [0,15] [0,510]
input "x" c0 [4]
output "y" c1 [2]
process "net" 1
  take c0
  %0 = receive c0 0 : [0,3] @0
  %1 = receive c0 1 : [0,3] @0
  %2 = receive c0 2 : [0,255] @0
  %3 = receive c0 3 : [0,255] @0
  %4 = add %0 %1<<2 : [0,15] @0
  %5 = add %2 %3 : [0,510] @0
  give c1 %4 %5
)");
  EXPECT_EQ(hardware::print(tabulated(design)), hardware::print(design));
}

// %1 is 3 - %0, which its range does not say: at half of the addresses the sum leaves its claim.
TEST(ConeTable, AddressesThatNeverOccurHoldAWordOfTheRange) {
  const Design design = read_design(R"(design "claims"
layer "fc" "linear"
channel "x" [0,3] [0,2]
channel "y" [12,14]
input "x" c0 [2]
output "y" c1 [1]
process "net" 1
  take c0
  %0 = receive c0 0 : [0,3] @0
  %1 = receive c0 1 : [0,2] @0
  %2 = add %0 %1 : [2,4] @0
  %3 = constant 10 : [10,10] @0
  %4 = add %2 %3 : [12,14] @0
  give c1 %4
)");
  const Cut cut{{{0}, {1}}, 4, 0};
  const auto table = cone_table(design.processes[0], {4}, cut, 10);
  ASSERT_TRUE(table.has_value());
  // Address: %0 + 4 * %1, up to 3 + 4 * 2.
  EXPECT_EQ(table->entries, (Words{12, 12, 12, 13, 12, 12, 13, 14, 12, 13, 14, 12}));
  EXPECT_EQ(table->range, (numeric::Interval{12, 14, 0}));
  EXPECT_FALSE(cone_table(design.processes[0], {4}, cut, 3).has_value());
}

TEST(NarrowCuts, AreThoseOfTheMostLogic) {
  const Design design = read_design(neuron);
  const auto cuts = narrow_cuts(design.processes[0], *load_target("xcup"), 6);
  EXPECT_TRUE(cuts[0].empty());
  const Cut& deepest = cuts[7].back();
  EXPECT_EQ(deepest.leaves, (std::vector<ValueId>{{0}, {1}, {2}}));
  EXPECT_EQ(deepest.bits, 6);
  for (const auto& of_word : cuts)
    for (std::size_t i = 1; i < of_word.size(); ++i) {
      EXPECT_GT(of_word[i].bits, of_word[i - 1].bits);
      EXPECT_GT(of_word[i].logic, of_word[i - 1].logic);
    }
}

Words table_of(int address_bits, auto word) {
  Words entries;
  for (unsigned address = 0; address < 1u << address_bits; ++address)
    entries.push_back(word(address));
  return entries;
}

TEST(TableLogic, CountsFunctionsAndTheirChoice) {
  const auto all = [](unsigned address) { return address == 255 ? 1 : 0; };
  EXPECT_EQ(luts_of_entries(table_of(8, all), 8, 6), 2);
  const auto odd = [](unsigned address) { return __builtin_popcount(address) % 2; };
  EXPECT_EQ(luts_of_entries(table_of(7, odd), 7, 6), 3);
  EXPECT_EQ(luts_of_entries(table_of(6, odd), 6, 6), 1);
  const auto both = [&](unsigned address) { return odd(address) - 2 * all(address); };
  EXPECT_EQ(luts_of_entries(table_of(8, both), 8, 6),
            luts_of_entries(table_of(8, odd), 8, 6) + luts_of_entries(table_of(8, all), 8, 6));
}

// Any table of one bit more than a LUT takes two functions and their choice at most.
TEST(TableLogic, IsWithinWhatAnyTableTakes) {
  std::uint64_t state = 1;
  const auto noise = [&](unsigned) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::int64_t>(state >> 63);
  };
  for (int round = 0; round < 20; ++round) {
    EXPECT_LE(luts_of_entries(table_of(7, noise), 7, 6), 3);
    EXPECT_LE(luts_of_entries(table_of(5, noise), 5, 4), 3);
    EXPECT_LE(luts_of_entries(table_of(9, noise), 9, 6), 8 + 2);
  }
}

}  // namespace
}  // namespace gatefold::schedule
