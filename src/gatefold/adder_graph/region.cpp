#include "gatefold/adder_graph/region.h"

#include <algorithm>

namespace gatefold::adder_graph {

namespace {

class Region {
 public:
  Region(const Network& network, Random& random) : network_(network), random_(random) {}

  std::vector<int> find(std::size_t wanted) {
    take(seed());
    for (std::size_t tries = 0; tries < 6 * wanted && members_.size() < wanted; ++tries) {
      const int node = pick(members_);
      const int column = pick(network_.at(node).uses).column;
      take(pick(network_.column(column).digits).node);
      const auto& terms = network_.column(network_.column_of(node)).digits;
      if (random_.below(2) == 0) take(pick(terms).node);
      if (random_.below(2) == 0) take(network_.owner_of(column));
    }
    return std::move(members_);
  }

 private:
  template <typename T>
  const T& pick(const std::vector<T>& from) {
    return from[random_.below(from.size())];
  }

  // Sums of few uses cost less time, and are given up more easily (measured).
  int seed() {
    int best = random_sum();
    for (const int other : {random_sum(), random_sum()}) {
      if (network_.at(other).uses.size() < network_.at(best).uses.size()) best = other;
    }
    return best;
  }

  int random_sum() {
    const auto range = static_cast<std::size_t>(network_.size() - network_.inputs());
    while (true) {
      const int node = network_.inputs() + static_cast<int>(random_.below(range));
      if (network_.at(node).alive) return node;
    }
  }

  void take(int node) {
    if (node < network_.inputs()) return;
    if (std::find(members_.begin(), members_.end(), node) == members_.end()) {
      members_.push_back(node);
    }
  }

  const Network& network_;
  Random& random_;
  std::vector<int> members_;
};

}  // namespace

std::uint64_t Random::next() {
  std::uint64_t x = state_ += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

std::vector<int> find_region(const Network& network, std::size_t wanted, Random& random) {
  return Region(network, random).find(wanted);
}

}  // namespace gatefold::adder_graph
