#include "gatefold/schedule/difference_program.h"

#include <algorithm>
#include <deque>
#include <limits>

#include "gatefold/support/assert.h"
#include "gatefold/support/interrupt.h"

namespace gatefold::schedule {
namespace {

constexpr int none = -1;

std::size_t index(int i) { return static_cast<std::size_t>(i); }

/// A maximum flow by blocking flows (Dinic), between a source and a sink beside the nodes.
class FlowNetwork {
 public:
  explicit FlowNetwork(int nodes)
      : source_(nodes), sink_(nodes + 1), first_(index(nodes) + 2, none) {}

  void supply(int node, std::int64_t amount) { add(source_, node, amount); }
  void demand(int node, std::int64_t amount) { add(node, sink_, amount); }
  void join(int from, int to) { add(from, to, std::numeric_limits<std::int64_t>::max() / 4); }

  /// By node: whether the source still reaches it when no more can flow, the least cut.
  std::vector<bool> least_cut() {
    while (find_levels() && !interrupted()) {
      next_ = first_;
      push_blocking_flow();
    }
    std::vector<bool> reached;
    for (int node = 0; node < source_; ++node) reached.push_back(level_[index(node)] != none);
    return reached;
  }

 private:
  /// An arc and, behind it, its reverse: arc i ^ 1.
  struct Arc {
    int to = 0, next = none;
    std::int64_t room = 0;
  };

  void add(int from, int to, std::int64_t room) {
    for (const auto& [at, other, amount] : {Half{from, to, room}, Half{to, from, 0}}) {
      arcs_.push_back({other, first_[index(at)], amount});
      first_[index(at)] = static_cast<int>(arcs_.size()) - 1;
    }
  }
  struct Half {
    int at, other;
    std::int64_t room;
  };

  /// Distances from the source; true when the sink is reached.
  bool find_levels() {
    level_.assign(first_.size(), none);
    level_[index(source_)] = 0;
    queue_.assign(1, source_);
    for (std::size_t at = 0; at < queue_.size(); ++at)
      for (int arc = first_[index(queue_[at])]; arc != none; arc = arcs_[index(arc)].next) {
        const Arc& a = arcs_[index(arc)];
        if (a.room == 0 || level_[index(a.to)] != none) continue;
        level_[index(a.to)] = level_[index(queue_[at])] + 1;
        queue_.push_back(a.to);
      }
    return level_[index(sink_)] != none;
  }

  bool leads_on(int arc, int from) const {
    const Arc& a = arcs_[index(arc)];
    return a.room > 0 && level_[index(a.to)] == level_[index(from)] + 1;
  }

  /// Depth first, each node's arcs tried once.
  void push_blocking_flow() {
    path_.clear();
    for (int node = source_; node != none;) {
      if (node == sink_) {
        node = augment();
        continue;
      }
      int& arc = next_[index(node)];
      while (arc != none && !leads_on(arc, node)) arc = arcs_[index(arc)].next;
      node = arc != none ? advance(arc) : retreat();
    }
  }

  int advance(int arc) {
    path_.push_back(arc);
    return arcs_[index(arc)].to;
  }

  /// To the node before, whose arc leads nowhere.
  int retreat() {
    if (path_.empty()) return none;
    const int arc = path_.back();
    path_.pop_back();
    const int from = arcs_[index(arc ^ 1)].to;
    next_[index(from)] = arcs_[index(arc)].next;
    return from;
  }

  /// Fills the path; goes back to where its first full arc begins.
  int augment() {
    std::int64_t amount = std::numeric_limits<std::int64_t>::max();
    for (const int arc : path_) amount = std::min(amount, arcs_[index(arc)].room);
    std::size_t full = path_.size();
    for (std::size_t i = path_.size(); i-- > 0;) {
      arcs_[index(path_[i])].room -= amount;
      arcs_[index(path_[i] ^ 1)].room += amount;
      if (arcs_[index(path_[i])].room == 0) full = i;
    }
    const int from = arcs_[index(path_[full] ^ 1)].to;
    path_.resize(full);
    return from;
  }

  int source_, sink_;
  std::vector<int> first_, next_, level_, queue_, path_;
  std::vector<Arc> arcs_;
};

/// Raises variables from the least solution, one at a time and all that must or should go along
/// together, as long as that saves: the objective is L-natural convex, so the steps lead to the
/// least optimum, and there are no more of them than it lies above (Murota, Shioura 2014).
class SteepestAscent {
 public:
  explicit SteepestAscent(const DifferenceProgram& program) : program_(program), x_(program.low) {}

  std::vector<std::int64_t> run() {
    to_least_solution();
    for (;;) {
      const std::vector<bool> raised = cheapest_rise();
      std::int64_t cost = 0;
      for (std::size_t v = 0; v < x_.size(); ++v)
        if (raised[v]) cost += program_.cost[v];
      if (cost >= 0 || interrupted()) return x_;
      for (std::size_t v = 0; v < x_.size(); ++v) x_[v] += raised[v] ? 1 : 0;
    }
  }

 private:
  void to_least_solution() {
    std::vector<std::vector<int>> out(x_.size());
    for (std::size_t c = 0; c < program_.constraints.size(); ++c)
      out[index(program_.constraints[c].from)].push_back(static_cast<int>(c));
    std::deque<int> open;
    for (std::size_t v = 0; v < x_.size(); ++v) open.push_back(static_cast<int>(v));
    while (!open.empty()) {
      const int from = open.front();
      open.pop_front();
      for (const int c : out[index(from)]) {
        const auto& [a, to, length] = program_.constraints[index(c)];
        if (x_[index(to)] >= x_[index(from)] + length) continue;
        x_[index(to)] = x_[index(from)] + length;
        GATEFOLD_ASSERT(x_[index(to)] <= program_.high[index(to)],
                        "the constraints contradict each other");
        open.push_back(to);
      }
    }
  }

  /// The variables that, raised by one, save most; the fewest of them. A constraint without slack
  /// takes its second variable along with the first: the closure of least weight (Picard 1976).
  std::vector<bool> cheapest_rise() const {
    FlowNetwork network(static_cast<int>(x_.size()));
    constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max() / 4;
    for (std::size_t v = 0; v < x_.size(); ++v) {
      const int node = static_cast<int>(v);
      const std::int64_t cost = x_[v] == program_.high[v] ? never : program_.cost[v];
      if (cost < 0) network.supply(node, -cost);
      if (cost > 0) network.demand(node, cost);
    }
    for (const auto& [from, to, length] : program_.constraints)
      if (x_[index(to)] - x_[index(from)] == length) network.join(from, to);
    return network.least_cut();
  }

  const DifferenceProgram& program_;
  std::vector<std::int64_t> x_;
};

}  // namespace

int DifferenceProgram::add_variable(std::int64_t lowest, std::int64_t highest) {
  cost.push_back(0);
  low.push_back(lowest);
  high.push_back(highest);
  return static_cast<int>(cost.size()) - 1;
}

std::vector<std::int64_t> solve(const DifferenceProgram& program) {
  return SteepestAscent(program).run();
}

}  // namespace gatefold::schedule
