#pragma once

#include <array>
#include <span>
#include <vector>

#include "gatefold/adder_graph/builder.h"

namespace gatefold::adder_graph {

/// A term as a tree sees it: the range of its signed value, its arrival, and its sign.
struct Leaf {
  numeric::Interval range;
  int depth = 0;
  bool negative = false;
};

/// How to add up terms with few full adders, ready at level `depth_limit` or before (Kraft's
/// inequality must hold: sum over terms of 2^depth <= 2^depth_limit). The bits below each adder's
/// coarser operand add up to the same total in every tree, so only the tops of the partial sums
/// count: small terms are added first, as in a Huffman code, as far as the levels allow.
class SumPlan {
 public:
  /// A sum is built with the other sign than the one wanted only where no tree gives that: it is
  /// negative when all terms are, and the reverse.
  enum class Sign { Cheaper, Positive, Negative };

  /// Which of several heuristic trees: any number from 0 to `trials` - 1, or the cheapest of all.
  static constexpr int trials = 4, cheapest = -1;

  SumPlan(std::span<const Leaf> leaves, int depth_limit, Sign sign, int trial = cheapest);

  int bits() const { return bits_; }
  int trial() const { return trial_; }
  /// Adds the digits of the leaves. Returns the digit of their sum: sign 0 for no terms.
  Digit build(Builder& builder, std::span<const Digit> digits) const;

 private:
  struct Node {
    int left = -1, right = -1;
    numeric::Interval range;  // of the signed value
    int depth = 0;
    double span = 0;  // how many values
  };
  struct Choice {
    int bits = 0;
    bool left_negative = false, right_negative = false;
  };
  class Pool;

  void make(std::span<const Leaf> leaves, int depth_limit, Sign sign, int trial);
  void make_tree(std::span<const Leaf> leaves, int depth_limit, double slack_price);
  void choose_signs(std::span<const Leaf> leaves, Sign sign);
  Choice choose(const Node& node, bool negative) const;
  int bits_of(const Node& node, bool negative, bool left_subtracted, bool right_subtracted) const;
  Digit build(Builder& builder, std::span<const Digit> digits, int node, bool negative) const;
  const Node& at(int node) const { return nodes_[static_cast<std::size_t>(node)]; }
  int bits_of(int node, bool negative) const {
    return choices_[static_cast<std::size_t>(node)][negative ? 1 : 0].bits;
  }

  std::size_t leaves_ = 0;
  std::vector<Node> nodes_;  // leaves, then inner nodes, children before parents
  std::vector<std::array<Choice, 2>> choices_;
  bool negative_ = false;
  int bits_ = 0;
  int trial_ = 0;
};

}  // namespace gatefold::adder_graph
