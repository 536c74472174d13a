#include "gatefold/adder_graph/search.h"

#include <algorithm>

#include "gatefold/adder_graph/decomposition.h"
#include "gatefold/adder_graph/elimination.h"
#include "gatefold/adder_graph/region.h"

namespace gatefold::adder_graph {

namespace {

void eliminate(Network& network, const Taste& taste) {
  auto columns = network.columns();
  Elimination(network, columns, taste).run();
  network.set_columns(std::move(columns));
  network.dissolve({});
}

class Search {
 public:
  Search(const Problem& problem, int depth_limit)
      : problem_(problem), depth_limit_(depth_limit), random_(problem.seed) {}

  Found run() {
    start();
    Network greedy = *best_;
    const int shared = best_->size() - best_->inputs();
    if (shared > 0) {
      for (int round = 0; round < rounds(shared); ++round) improve();
    }
    return {std::move(greedy), std::move(*best_)};
  }

 private:
  // Rounds cost time in proportion to the network, and large networks gain less by each.
  int rounds(int shared) const { return problem_.effort * (60 + 3000 / (shared + 10)); }

  void start() {
    for (const auto form : {DigitForm::Canonical, DigitForm::Low}) {
      consider(separate_columns(problem_, depth_limit_, form), {});
    }
    for (const int longest_path : {2, 4, 8}) {
      auto network = decompose(problem_, depth_limit_, longest_path);
      if (!network) return;
      consider(std::move(*network), {});
    }
  }

  // Sizes and noise of regions: measured on the matrices of bench/adder_graph.py.
  void improve() {
    constexpr std::size_t largest = 50;
    const auto shared = static_cast<std::size_t>(best_->size() - best_->inputs());
    const std::size_t size = 1 + random_.below(std::min(largest, 2 + shared));
    Network candidate = *best_;
    candidate.dissolve(RegionFinder(*best_).find(size, random_));
    Taste taste;
    taste.noise = 2;
    taste.seed = random_.next();
    consider(std::move(candidate), taste);
  }

  void consider(Network network, const Taste& taste) {
    eliminate(network, taste);
    const std::int64_t bits = network.bits();
    if (best_ && bits > bits_) return;
    bits_ = bits;
    best_ = std::move(network);
  }

  const Problem& problem_;
  int depth_limit_ = 0;
  Random random_;
  std::optional<Network> best_;
  std::int64_t bits_ = 0;
};

}  // namespace

Found search(const Problem& problem, int depth_limit) { return Search(problem, depth_limit).run(); }

}  // namespace gatefold::adder_graph
