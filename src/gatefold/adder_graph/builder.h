#pragma once

#include <span>
#include <vector>

#include "gatefold/adder_graph/form.h"

namespace gatefold::adder_graph {

/// Grows an adder graph node by node and knows the exact linear form, range and depth of each.
class Builder {
 public:
  explicit Builder(const Problem& problem);

  /// The node of a + b, where at least one is positive. The smaller shift is taken out: the result
  /// is the digit that stands for the sum.
  Digit add(const Digit& a, const Digit& b);

  /// Frees what add() needs of a node that is used by one adder only.
  void used_up(int node) { nodes_[index(node)].form = {}; }

  const numeric::Interval& range(int node) const { return nodes_[index(node)].range; }
  int depth(int node) const { return nodes_[index(node)].depth; }

  /// The graph of everything added; `outputs` in column order, a zero sum as sign 0.
  AdderGraph finish(std::span<const Digit> outputs) const;

 private:
  struct Node {
    Form form;
    numeric::Interval range;
    int depth = 0;
  };

  static std::size_t index(int node) { return static_cast<std::size_t>(node); }

  const Problem& problem_;
  std::vector<Node> nodes_;
  AdderGraph graph_;
};

}  // namespace gatefold::adder_graph
