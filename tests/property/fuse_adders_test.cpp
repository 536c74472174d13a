#include "gatefold/schedule/fuse_adders.h"

#include <gtest/gtest.h>
#include <random>

#include "tests/random_design.h"

#include "gatefold/hardware/simplify.h"

namespace gatefold::schedule {
namespace {

using hardware::Batch;
using hardware::Design;

double cost(const Design& design, const Target& target) {
  double total = 0;
  for (std::size_t i = 0; i < design.processes[0].body.size(); ++i)
    total += luts(target, design.processes[0], {static_cast<std::int32_t>(i)});
  return total;
}

int count(const Design& design, std::string_view name) {
  int found = 0;
  for (const auto& operation : design.processes[0].body)
    if (hardware::name_of(operation.kind) == name) ++found;
  return found;
}

/// A sum of `terms` inputs in a random tree, each adder read once.
Design random_tree(std::mt19937_64& random, int terms) {
  const auto pick = [&](std::size_t below) {
    return std::uniform_int_distribution<std::size_t>(0, below - 1)(random);
  };
  Design design;
  design.name = "tree";
  design.layers = {{"fc", "linear"}};
  hardware::Process process;
  process.name = "net";
  process.takes.push_back({{0}, {}});
  hardware::Channel in{"x", {}, {}};
  std::vector<hardware::ValueId> open;
  for (int i = 0; i < terms; ++i) {
    in.words.push_back({-8, 7, 0});
    open.push_back(process.add(hardware::Receive{{0}, i}, in.words.back(), 0));
  }
  design.channels.push_back(in);
  while (open.size() > 1) {
    const auto take = [&] {
      const auto at = pick(open.size());
      const auto id = open[at];
      open.erase(open.begin() + static_cast<std::ptrdiff_t>(at));
      return id;
    };
    const auto a = take(), b = take();
    const int shift = static_cast<int>(pick(4));
    const bool left = pick(2) == 0;
    const hardware::Kind kind =
        hardware::Add{a, b, left ? shift : 0, left ? 0 : shift, pick(2) == 0};
    open.push_back(process.add(kind, *hardware::range_of(kind, process, design.channels), 0));
  }
  design.channels.push_back({"y", {process.operation(open[0]).range}, {}});
  process.gives.push_back({{1}, {open[0]}, {}});
  design.processes.push_back(process);
  design.inputs = {{"x", {0}, {terms}}};
  design.outputs = {{"y", {1}, {1}}};
  return design;
}

/// The least LUTs over all choices of pairs in a tree, by trying each.
double least_cost(const Design& tree, const Target& target, std::size_t from = 0) {
  double least = cost(tree, target);
  const auto& body = tree.processes[0].body;
  for (std::size_t i = from; i < body.size(); ++i) {
    const auto* outer = std::get_if<hardware::Add>(&body[i].kind);
    if (outer == nullptr) continue;
    for (const bool first : {true, false}) {
      const auto child = first ? outer->a : outer->b;
      const auto* inner = std::get_if<hardware::Add>(&tree.processes[0].operation(child).kind);
      if (inner == nullptr) continue;
      Design fused = tree;
      auto& operations = fused.processes[0].body;
      const int shift = first ? outer->shift_a : outer->shift_b;
      const bool negated = !first && outer->subtract;
      hardware::Add3 sum{
          first ? inner->a : outer->a, inner->b,
          first ? outer->b : inner->a, first ? inner->shift_a + shift : outer->shift_a,
          inner->shift_b + shift,      first ? outer->shift_b : inner->shift_a + shift,
          negated != inner->subtract,  first ? outer->subtract : negated};
      operations[i].kind = sum;
      auto& dead = operations[static_cast<std::size_t>(child.index)];
      dead = {hardware::Constant{0}, numeric::Interval::constant(0), 0};
      least = std::min(least, least_cost(fused, target, i + 1));
    }
  }
  return least;
}

void expect_same_meaning(const Design& fused, const Design& design, std::mt19937_64& random) {
  ASSERT_EQ(hardware::verify(fused), "");
  const Batch inputs = testing::random_batch(random, design, 50);
  ASSERT_EQ(hardware::run_design(fused, inputs).at("y").data,
            hardware::run_design(design, inputs).at("y").data);
}

TEST(FuseAdders, KeepsTheMeaning) {
  std::mt19937_64 random(11);
  const Target xcup = *load_target("xcup");
  int fused = 0;
  for (int round = 0; round < 400; ++round) {
    const Design design = hardware::simplify(testing::random_design(random));
    const Design result = fuse_adders(design, xcup, 5, Fusions::All);
    fused += count(result, "add3") - count(design, "add3");
    expect_same_meaning(result, design, random);
  }
  EXPECT_GT(fused, 20);
}

TEST(FuseAdders, TakesTheCheapestPairsOfATree) {
  std::mt19937_64 random(12);
  const Target xcup = *load_target("xcup");
  for (int round = 0; round < 60; ++round) {
    const Design tree = random_tree(random, 2 + round % 7);
    const Design result = fuse_adders(tree, xcup, 5, Fusions::All);
    ASSERT_DOUBLE_EQ(cost(result, xcup), least_cost(tree, xcup)) << hardware::print(tree);
    expect_same_meaning(result, tree, random);
  }
}

/// The longest path from inputs to outputs, in ns.
double longest_path(const Design& design, const Target& target) {
  const auto& body = design.processes[0].body;
  std::vector<double> ready(body.size());
  for (std::size_t i = 0; i < body.size(); ++i) {
    for (const auto id : hardware::operands(body[i].kind))
      if (!design.processes[0].operation(id).range.is_constant())
        ready[i] = std::max(ready[i], ready[static_cast<std::size_t>(id.index)]);
    ready[i] += delay_ns(target, design.processes[0], {static_cast<std::int32_t>(i)});
  }
  return *std::max_element(ready.begin(), ready.end());
}

TEST(FuseAdders, KeepsThePathWhereAsked) {
  std::mt19937_64 random(14);
  const Target xcup = *load_target("xcup");
  int fewer_pairs = 0;
  for (int round = 0; round < 100; ++round) {
    const Design tree = random_tree(random, 4 + round % 20);
    const Design all = fuse_adders(tree, xcup, 5, Fusions::All);
    const Design keeping = fuse_adders(tree, xcup, 5, Fusions::KeepingPath);
    ASSERT_LE(longest_path(keeping, xcup), longest_path(tree, xcup) + 1e-5);
    ASSERT_LE(cost(all, xcup), cost(keeping, xcup));
    fewer_pairs += count(all, "add3") > count(keeping, "add3");
    expect_same_meaning(keeping, tree, random);
  }
  EXPECT_GT(fewer_pairs, 5);
}

TEST(FuseAdders, LeavesWhatIsNoGain) {
  std::mt19937_64 random(13);
  const Design tree = random_tree(random, 8);
  EXPECT_EQ(count(fuse_adders(tree, *load_target("ecp5"), 5, Fusions::All), "add3"),
            0);  // no such carry chain
  EXPECT_GT(count(fuse_adders(tree, *load_target("xcup"), 5, Fusions::All), "add3"), 0);
  EXPECT_EQ(count(fuse_adders(tree, *load_target("xcup"), 1.6, Fusions::All), "add3"),
            0);  // too slow
}

}  // namespace
}  // namespace gatefold::schedule
