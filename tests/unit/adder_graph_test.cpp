#include "gatefold/adder_graph/adder_graph.h"

#include <array>
#include <gmock/gmock.h>

#include "gatefold/adder_graph/decomposition.h"
#include "gatefold/adder_graph/elimination.h"
#include "gatefold/adder_graph/pair_table.h"
#include "gatefold/adder_graph/realize.h"

namespace gatefold::adder_graph {
namespace {

using numeric::Interval;

Problem column(std::vector<std::int64_t> weights, Interval range = {-128, 127, 0}) {
  Problem problem;
  problem.inputs = static_cast<int>(weights.size());
  problem.outputs = 1;
  problem.ranges.assign(weights.size(), range);
  problem.weights = std::move(weights);
  return problem;
}

Problem row(std::vector<std::int64_t> weights, Interval range = {-128, 127, 0}) {
  Problem problem = column(std::move(weights), range);
  std::swap(problem.inputs, problem.outputs);
  problem.ranges = {range};
  return problem;
}

TEST(AdderGraph, PowersOfTwoAreWires) {
  const auto graph = solve(row({1, 8, 0, 64}));
  EXPECT_TRUE(graph.adders.empty());
  EXPECT_THAT(graph.outputs, testing::ElementsAre(Term{0, 0, false}, Term{0, 3, false}, Term{},
                                                  Term{0, 6, false}));
  EXPECT_EQ(graph.depth, 0);
  EXPECT_EQ(graph.bits, 0);
}

TEST(AdderGraph, NothingIsANegatedWire) {
  const auto graph = solve(row({-4}));
  EXPECT_THAT(graph.outputs, testing::ElementsAre(Term{0, 2, true}));
}

TEST(AdderGraph, EmptyMatrices) {
  EXPECT_TRUE(solve(column({})).adders.empty());
  EXPECT_EQ(solve(column({})).outputs, std::vector{Term{}});
  Problem no_outputs;
  no_outputs.inputs = 1;
  no_outputs.ranges = {{0, 1, 0}};
  EXPECT_TRUE(solve(no_outputs).outputs.empty());
}

// Least adder counts of single constants: Gustafsson, Dempster, Wanhammar 2002.
TEST(AdderGraph, SingleConstants) {
  EXPECT_EQ(solve(row({3})).adders.size(), 1u);
  EXPECT_EQ(solve(row({7})).adders.size(), 1u);
  EXPECT_EQ(solve(row({45})).adders.size(), 2u);
  EXPECT_EQ(solve(row({51})).adders.size(), 2u);
  EXPECT_EQ(solve(row({85})).adders.size(), 2u);
}

TEST(AdderGraph, EqualColumnsShareEverything) {
  Problem problem = row({11, 11, 22});
  EXPECT_EQ(solve(problem).adders.size(), 2u);
}

TEST(AdderGraph, DifferenceNeedsNoNegation) {
  for (const auto& weights : {std::vector<std::int64_t>{1, -1}, {-1, 1}, {-3, -5, 1}, {-8, 1}}) {
    const auto graph = solve(column(weights));
    EXPECT_FALSE(graph.outputs.front().negate);
  }
}

// Columns of 128..255 have much in common: standing on each other they cost less.
TEST(AdderGraph, SimilarColumnsStandOnEachOther) {
  Problem problem;
  problem.inputs = problem.outputs = 4;
  problem.ranges.assign(4, {-128, 127, 0});
  for (int i = 0; i < 16; ++i) problem.weights.push_back(i / 4 == i % 4 ? 0x5b : 0xdb);
  const auto graph = solve(problem);
  EXPECT_LE(graph.adders.size(), 12u);
}

TEST(AdderGraph, NegativeSharedSumIsBuiltNegative) {
  Problem problem = column({-3, 5});
  EXPECT_FALSE(solve(problem).outputs.front().negate);
}

TEST(AdderGraph, LateInputGoesLast) {
  Problem problem = column({1, 1, 1, 1});
  problem.depths = {0, 0, 0, 2};
  problem.extra_depth = 0;
  const auto graph = solve(problem);
  EXPECT_EQ(least_depth(problem), 3);
  EXPECT_EQ(graph.depth, 3);
}

TEST(AdderGraph, InputsThatAreZeroAreLeftOut) {
  Problem problem = column({7, 1});
  problem.ranges[0] = Interval::constant(0);
  EXPECT_TRUE(solve(problem).adders.empty());
}

TEST(AdderGraph, RangesAreThoseOfTheSum) {
  const auto graph = solve(column({1, 1}, {0, 15, 0}));
  ASSERT_EQ(graph.adders.size(), 1u);
  EXPECT_EQ(graph.adders.front().range, (Interval{0, 30, 0}));
  EXPECT_EQ(graph.bits, 5);
}

TEST(CostModel, LowBitsOfTheFinerOperandPass) {
  const Interval byte{0, 255, 0}, shifted{0, 255 * 16, 4};
  EXPECT_EQ(bits_of_adder(byte, byte, false, {0, 510, 0}).chain(), 9);
  EXPECT_EQ(bits_of_adder(byte, shifted, false, {0, 255 * 17, 0}).chain(), 13 - 4);
  EXPECT_EQ(bits_of_adder(byte, shifted, true, {-255 * 16, 255, 0}).chain(), 13 - 4);
  EXPECT_EQ(bits_of_adder(shifted, byte, true, {-255, 255 * 16, 0}).chain(), 13);
  EXPECT_EQ(bits_of_adder({0, 15, 0}, shifted, false, {0, 255 * 16 + 15, 0}).chain(), 0);
  EXPECT_EQ(bits_of_adder({-8, 7, 0}, shifted, false, {-8, 255 * 16 + 7, 0}).chain(), 13 - 4);
}

// By hand: a carry enters where one operand stands alone, and a sign is repeated by wires.
TEST(CostModel, BitsOfOneAndOfTwoOperands) {
  const auto bits = [](const Interval& a, const Interval& b, bool subtract, const Interval& sum) {
    const AdderBits found = bits_of_adder(a, b, subtract, sum);
    return std::array{found.full, found.half, found.inverted};
  };
  const Interval byte{0, 255, 0}, nibble{0, 15, 0}, signed_nibble{-8, 7, 0};
  EXPECT_THAT(bits(byte, nibble, false, {0, 270, 0}), testing::ElementsAre(4, 5, 0));
  EXPECT_THAT(bits(byte, signed_nibble, false, {-8, 262, 0}), testing::ElementsAre(8, 2, 0));
  EXPECT_THAT(bits(byte, nibble, true, {-15, 255, 0}), testing::ElementsAre(4, 5, 4));
  EXPECT_THAT(bits({0, 255 * 16, 4}, byte, true, {-255, 255 * 16, 0}),
              testing::ElementsAre(4, 9, 8));
}

TEST(CostModel, RowsStartWhereTwoWordsStand) {
  const Interval low{0, 15, 0}, middle{0, 15 * 4, 2}, high{0, 15 * 16, 4};
  EXPECT_EQ(bits_of_row({low}, {middle}, {high}, {0, 315, 0}), 9 - 2);
  EXPECT_EQ(bits_of_row({high}, {low}, {middle, true}, {-60, 255, 0}), 9 - 2);
  EXPECT_EQ(bits_of_row({high}, {low, true}, {middle}, {-15, 300, 0}), 10);
}

// 1 + 1 + 1 of bytes: a row of ten bits; with two adders a chain of 9 and one of 10.
TEST(CostModel, ThreeTermsAreOneRow) {
  Problem problem = column({1, 1, 1}, {0, 255, 0});
  EXPECT_EQ(solve(problem).cost, 9 + 10);
  problem.model = lut6_carry();
  EXPECT_EQ(solve(problem).cost, 10);
  EXPECT_EQ(solve(problem).bits, 9 + 10);
  problem.model = lut4_carry(2);
  EXPECT_EQ(solve(problem).cost, 9 + 10 + 2 * 2);
}

// The last input comes at level 1, its sum is due at level 2: a row of 1.3 levels would be late.
TEST(CostModel, ARowKeepsTheDepth) {
  Problem problem = column({1, 1, 1}, {0, 255, 0});
  problem.model = lut6_carry();
  problem.depths = {0, 0, 1};
  problem.extra_depth = 0;
  EXPECT_EQ(solve(problem).cost, 10);
  problem.model.row->tenths = 13;
  EXPECT_EQ(solve(problem).cost, 9 + 10);
  problem.extra_depth = 1;
  EXPECT_EQ(solve(problem).cost, 10);
}

TEST(CostModel, AModelChangesTheGraph) {
  Problem problem;
  problem.inputs = problem.outputs = 8;
  problem.ranges.assign(8, {-128, 127, 0});
  for (int i = 0; i < 64; ++i) problem.weights.push_back((i * 77 + i * i * 13) % 15 - 7);
  const auto plain = solve(problem);
  problem.model = lut6_carry();
  const auto rows = solve(problem);
  EXPECT_TRUE(equals(rows, problem));
  EXPECT_LT(rows.cost, cost_of(plain, problem));
  EXPECT_GT(rows.bits, plain.bits);
}

TEST(Equals, SeesEveryKindOfDamage) {
  const Problem problem = column({45, -3});
  const auto graph = solve(problem);
  ASSERT_TRUE(equals(graph, problem));
  const auto damaged = [&](auto damage) {
    auto copy = graph;
    damage(copy);
    return equals(copy, problem);
  };
  EXPECT_FALSE(damaged([](auto& g) { g.adders.back().subtract ^= true; }));
  EXPECT_FALSE(damaged([](auto& g) { g.adders.front().shift_a += 1; }));
  EXPECT_FALSE(damaged([](auto& g) { g.adders.back().depth += 1; }));
  EXPECT_FALSE(damaged([](auto& g) { g.adders.back().range.high -= 1; }));
  EXPECT_FALSE(damaged([](auto& g) { g.adders.back().range.zeros += 1; }));
  EXPECT_FALSE(damaged([](auto& g) { g.outputs.front().negate = true; }));
  EXPECT_FALSE(damaged([](auto& g) { g.outputs.front().shift += 1; }));
  EXPECT_FALSE(damaged([](auto& g) { g.outputs.front().node = 99; }));
  EXPECT_FALSE(damaged([](auto& g) { g.adders.front().a = 99; }));
  EXPECT_FALSE(damaged([](auto& g) { g.outputs.clear(); }));
  EXPECT_FALSE(damaged([](auto& g) { g.bits -= 1; }));
  EXPECT_FALSE(damaged([](auto& g) { g.cost -= 1; }));
  EXPECT_FALSE(damaged([](auto& g) { g.output_ranges.front().low += 1; }));
  EXPECT_FALSE(damaged([](auto& g) { g.output_ranges.pop_back(); }));
  EXPECT_FALSE(damaged([](auto& g) { g.depth -= 1; }));
}

TEST(Elimination, GroupsOfNodesKeepTheMatrix) {
  Problem problem;
  problem.inputs = 12;
  problem.outputs = 8;
  problem.ranges.assign(12, {-128, 127, 0});
  for (int i = 0; i < 96; ++i) problem.weights.push_back((i * 77 + i * i * 13) % 255 - 127);
  const int limit = least_depth(problem) + 2;
  const auto eliminated = [&](double most_pairs) {
    Network network = separate_columns(problem, limit, DigitForm::Canonical);
    eliminate(network, most_pairs);
    return realize(network, problem);
  };
  const auto plain = realize(separate_columns(problem, limit, DigitForm::Canonical), problem);
  const auto grouped = eliminated(100);
  EXPECT_TRUE(equals(grouped, problem));
  EXPECT_LT(grouped.bits, plain.bits);
  EXPECT_LT(eliminated(1e6).bits, grouped.bits);
}

// Pairs are counted as digits come and go; counting anew gives the same.
TEST(Network, RollbackRestoresColumnsAndCounts) {
  Problem problem;
  problem.inputs = problem.outputs = 8;
  problem.ranges.assign(8, {-128, 127, 0});
  for (int i = 0; i < 64; ++i) problem.weights.push_back((i * 77 + i * i * 13) % 255 - 127);
  Network network = separate_columns(problem, least_depth(problem) + 2, DigitForm::Canonical);
  eliminate(network, 1e6);
  const auto cost = network.cost();
  network.commit();
  const auto before = realize(network, problem);
  PairCounts counts(PairCounts::Keep::Every);
  counts.count(network);
  network.count_pairs(&counts);
  const int shared = network.shared();
  network.begin();
  for (const int node : network.order()) network.dissolve(node);
  network.tidy();
  EXPECT_EQ(network.shared(), 0);
  EXPECT_GT(network.cost(), cost);
  network.rollback();
  EXPECT_EQ(network.shared(), shared);
  EXPECT_EQ(network.cost(), cost);
  EXPECT_EQ(realize(network, problem).bits, before.bits);
  PairCounts anew(PairCounts::Keep::Every);
  anew.count(network);
  for (int c = 0; c < network.columns(); ++c) {
    const auto& digits = network.column(c).digits;
    for (std::size_t i = 1; i < digits.size(); ++i) {
      const auto key = key_of(digits[i - 1], digits[i]);
      EXPECT_EQ(counts.of(key), anew.of(key));
    }
  }
}

// 8..15 is 12 with a small rest: the sum of all inputs is shared by every column.
TEST(AdderGraph, WeightsAroundOneValueShareTheInputsSum) {
  Problem problem;
  problem.inputs = problem.outputs = 6;
  problem.ranges.assign(6, {-128, 127, 0});
  for (int i = 0; i < 36; ++i) problem.weights.push_back(12 + (i % 7 == 0 ? 1 : 0));
  EXPECT_LE(solve(problem).adders.size(), 17u);
}

TEST(PairTable, PacksEveryShift) {
  for (const int shift : {-61, -1, 0, 1, 61}) {
    const Pair pair = unpack(pack({5, (1 << 23) - 1, shift, shift > 0}));
    EXPECT_EQ(pair.first, 5);
    EXPECT_EQ(pair.second, (1 << 23) - 1);
    EXPECT_EQ(pair.shift, shift);
    EXPECT_EQ(pair.opposite, shift > 0);
  }
}

TEST(PairTable, CountsBeyondWhatASlotHolds) {
  PairTable table;
  const auto key = pack({1, 2, 0, false}), other = pack({1, 3, 0, false});
  for (int i = 1; i <= 3000; ++i) ASSERT_EQ(table.increment(key), i);
  table.set(other, 5000);
  EXPECT_EQ(table.count(other), 5000);
  for (int i = 2999; i >= 0; --i) {
    table.decrement(key);
    ASSERT_EQ(table.count(key), i);
  }
  table.decrement(key);
  EXPECT_EQ(table.count(key), 0);
  EXPECT_EQ(table.increment(key), 1);
}

TEST(PairTable, KeepsLargeCountsWhileItGrows) {
  PairTable table;
  const auto large = pack({0, 1, 3, true});
  table.set(large, 1023);
  for (int i = 2; i < 200; ++i) table.increment(pack({1, i, 0, false}));
  EXPECT_EQ(table.increment(large), 1024);
  EXPECT_EQ(table.count(pack({1, 199, 0, false})), 1);
}

TEST(Cache, SolvesEqualProblemsOnce) {
  Cache cache;
  const auto* first = &cache.solve(column({5, 9}));
  const auto* other = &cache.solve(column({5, 7}));
  EXPECT_EQ(&cache.solve(column({5, 9})), first);
  EXPECT_NE(other, first);
  EXPECT_EQ(cache.size(), 2u);
}

}  // namespace
}  // namespace gatefold::adder_graph
