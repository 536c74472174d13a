#include "gatefold/schedule/difference_program.h"

#include <algorithm>
#include <limits>

#include "gatefold/support/assert.h"
#include "gatefold/support/interrupt.h"

namespace gatefold::schedule {
namespace {

constexpr int none = -1;

/// The flow network of the dual: an arc a constraint, a supply of -cost a variable. The potentials
/// of its spanning tree are x; an arc enters the tree when x violates its constraint.
class NetworkSimplex {
 public:
  explicit NetworkSimplex(const DifferenceProgram& program)
      : nodes_(program.cost.size()), arcs_(program.constraints) {
    for (std::size_t v = 1; v < nodes_.size(); ++v) {
      const int node = static_cast<int>(v);
      const std::int64_t cost = program.cost[v];
      arcs_.push_back({0, node, program.low[v]});
      arcs_.push_back({node, 0, -program.high[v]});
      nodes_[v].upward = cost <= 0;
      nodes_[v].flow = std::abs(cost);
      nodes_[v].length = cost <= 0 ? -program.high[v] : program.low[v];
      nodes_[v].potential = cost <= 0 ? program.high[v] : program.low[v];
      attach(node, 0);
      nodes_[v].depth = 1;
    }
  }

  std::vector<std::int64_t> run() {
    while (const DifferenceConstraint* entering = find_violated()) {
      if (interrupted()) break;
      pivot(*entering);
    }
    std::vector<std::int64_t> x;
    for (const Node& node : nodes_) x.push_back(node.potential);
    return x;
  }

 private:
  /// A node and the tree arc to its parent.
  struct Node {
    int parent = none, depth = 0;
    int first_child = none, next = none, previous = none;  // siblings
    bool upward = false;                                   // the arc runs to the parent
    std::int64_t flow = 0, length = 0, potential = 0;
  };

  Node& at(int node) { return nodes_[static_cast<std::size_t>(node)]; }

  std::int64_t violation(const DifferenceConstraint& arc) {
    return arc.length - (at(arc.to).potential - at(arc.from).potential);
  }

  /// The most violated constraint of the next block that has one.
  const DifferenceConstraint* find_violated() {
    constexpr std::size_t block = 512;
    const DifferenceConstraint* worst = nullptr;
    std::int64_t most = 0;
    for (std::size_t seen = 0; seen < arcs_.size(); ++seen) {
      const DifferenceConstraint& arc = arcs_[next_arc_];
      next_arc_ = next_arc_ + 1 == arcs_.size() ? 0 : next_arc_ + 1;
      if (const std::int64_t violated = violation(arc); violated > most) {
        most = violated;
        worst = &arc;
      }
      if (worst != nullptr && (seen + 1) % block == 0) break;
    }
    return worst;
  }

  int apex(int a, int b) {
    while (a != b)
      (at(a).depth >= at(b).depth ? a : b) = at(at(a).depth >= at(b).depth ? a : b).parent;
    return a;
  }

  /// Sends as much flow around the cycle as its opposing arcs carry; the last of those that run
  /// empty, from the apex along the entering arc, leaves (so the tree stays strongly feasible).
  void pivot(const DifferenceConstraint& entering) {
    const int top = apex(entering.from, entering.to);
    std::int64_t amount = std::numeric_limits<std::int64_t>::max();
    int leaving = none;
    bool from_side = true;
    for (int v = entering.from; v != top; v = at(v).parent)
      if (at(v).upward && at(v).flow < amount) {
        amount = at(v).flow;
        leaving = v;
      }
    for (int v = entering.to; v != top; v = at(v).parent)
      if (!at(v).upward && at(v).flow <= amount) {
        amount = at(v).flow;
        leaving = v;
        from_side = false;
      }
    GATEFOLD_ASSERT(leaving != none, "the constraints contradict each other");
    for (int v = entering.from; v != top; v = at(v).parent)
      at(v).flow += at(v).upward ? -amount : amount;
    for (int v = entering.to; v != top; v = at(v).parent)
      at(v).flow += at(v).upward ? amount : -amount;
    exchange(entering, leaving, from_side, amount);
  }

  /// Hangs the subtree below the leaving arc on the entering arc.
  void exchange(const DifferenceConstraint& entering, int leaving, bool from_side,
                std::int64_t amount) {
    int node = from_side ? entering.from : entering.to;
    int parent = from_side ? entering.to : entering.from;
    const int root = node;
    bool upward = from_side;
    std::int64_t flow = amount, length = entering.length;
    for (bool last = false; !last;) {
      last = node == leaving;
      const int old_parent = at(node).parent;
      detach(node);
      attach(node, parent);
      std::swap(at(node).flow, flow);
      std::swap(at(node).length, length);
      std::swap(at(node).upward, upward);
      upward = !upward;  // the old arc, seen from the old parent
      parent = node;
      node = old_parent;
    }
    update(root);
  }

  void attach(int node, int parent) {
    Node& child = at(node);
    child.parent = parent;
    child.previous = none;
    child.next = at(parent).first_child;
    if (child.next != none) at(child.next).previous = node;
    at(parent).first_child = node;
  }

  void detach(int node) {
    const Node& child = at(node);
    if (child.previous != none)
      at(child.previous).next = child.next;
    else
      at(child.parent).first_child = child.next;
    if (child.next != none) at(child.next).previous = child.previous;
  }

  /// Potentials and depths of a subtree whose root has a new parent.
  void update(int root) {
    stack_.assign(1, root);
    while (!stack_.empty()) {
      Node& node = at(stack_.back());
      stack_.pop_back();
      const Node& parent = at(node.parent);
      node.depth = parent.depth + 1;
      node.potential = parent.potential + (node.upward ? -node.length : node.length);
      for (int child = node.first_child; child != none; child = at(child).next)
        stack_.push_back(child);
    }
  }

  std::vector<Node> nodes_;
  std::vector<DifferenceConstraint> arcs_;
  std::size_t next_arc_ = 0;
  std::vector<int> stack_;
};

}  // namespace

int DifferenceProgram::add_variable(std::int64_t lowest, std::int64_t highest) {
  cost.push_back(0);
  low.push_back(lowest);
  high.push_back(highest);
  return static_cast<int>(cost.size()) - 1;
}

std::vector<std::int64_t> solve(const DifferenceProgram& program) {
  return NetworkSimplex(program).run();
}

}  // namespace gatefold::schedule
