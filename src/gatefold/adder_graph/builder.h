#pragma once

#include <span>
#include <vector>

#include "gatefold/adder_graph/adder_graph.h"

namespace gatefold::adder_graph {

/// One signed digit of a sum: sign * (node << shift).
struct Digit {
  std::int32_t node = 0;
  std::int16_t shift = 0;
  std::int16_t sign = 1;

  friend auto operator<=>(const Digit&, const Digit&) = default;
};

/// Grows an adder graph node by node and knows the exact linear form, range and depth of each.
class Builder {
 public:
  explicit Builder(const Problem& problem);

  struct Factor {
    std::int32_t input = 0;
    std::int64_t weight = 0;
  };

  int size() const { return static_cast<int>(nodes_.size()); }
  const numeric::Interval& range(int node) const { return nodes_[index(node)].range; }
  int depth(int node) const { return nodes_[index(node)].depth; }
  /// Bits of the node's word, from bit 0 to its top.
  int top(int node) const { return nodes_[index(node)].top; }
  std::span<const Factor> form(int node) const;

  /// The node of a + b, where at least one is positive. The sum's lowest shift is taken out: the
  /// result is the digit that stands for it.
  Digit add(const Digit& a, const Digit& b);
  /// Full adders that `add` would spend.
  int cost(const Digit& a, const Digit& b) const;
  /// The sum of a and b with the sign that costs less: the digit's sign tells which was built.
  Digit add_either_sign(const Digit& a, const Digit& b);

  std::int64_t bits() const { return bits_; }
  /// The graph of everything added; `outputs` in column order, a zero sum as sign 0.
  AdderGraph finish(std::span<const Digit> outputs) const;

 private:
  struct Node {
    numeric::Interval range;
    int depth = 0;
    int top = 0;
    std::size_t form_begin = 0, form_end = 0;
  };

  static std::size_t index(int node) { return static_cast<std::size_t>(node); }
  void append_form(const Digit& a, const Digit& b);
  numeric::Interval range_of_form(std::size_t begin) const;

  int inputs_ = 0;
  std::int64_t bits_ = 0;
  std::vector<Node> nodes_;
  std::vector<Factor> forms_;  // all nodes' forms, one after another
  std::vector<Adder> adders_;
};

/// Position of the bit above the word's top, sign bit included: 0 for the constant 0.
int top_of(const numeric::Interval& range);
/// `sign * (interval << shift)`.
numeric::Interval shifted(const numeric::Interval& range, const Digit& digit);

}  // namespace gatefold::adder_graph
