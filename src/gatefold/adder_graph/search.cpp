#include "gatefold/adder_graph/search.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "gatefold/adder_graph/decomposition.h"
#include "gatefold/adder_graph/elimination.h"
#include "gatefold/adder_graph/improvement.h"
#include "gatefold/adder_graph/signed_digits.h"
#include "gatefold/support/interrupt.h"

namespace gatefold::adder_graph {

namespace {

class Search {
 public:
  Search(const Problem& problem, int depth_limit) : problem_(problem), depth_limit_(depth_limit) {}

  Found run() {
    start();
    starting_ = false;
    Network greedy = *best_;
    if (problem_.effort > 0 && pairs_of(greedy) < most_pairs_in_a_table / 4) {
      improve(greedy, hot);
      if (decomposed_) improve_coolly(greedy);
    }
    return {std::move(greedy), std::move(*best_)};
  }

 private:
  static constexpr std::int64_t rounds_per_sum = 100;
  // Full adders. What a decomposition has found, hot rounds may dissolve and not find again.
  static constexpr double hot = 8, cool = 1;
  static constexpr std::size_t most_weights_of_all_starts = 64;

  // Larger networks take more rounds, but not in proportion: time would be theirs alone. Many
  // digits make the start dear, which leaves less for the rounds.
  std::int64_t work() const {
    double nonzero = 0, digits = 0;
    for (const std::int64_t weight : problem_.weights) {
      nonzero += weight != 0 ? 1 : 0;
      digits += canonical_count(weight);
    }
    return static_cast<std::int64_t>(580'000 * nonzero / std::sqrt(std::max(digits, 1.0))) *
           problem_.effort;
  }

  // What costs time in proportion to outputs^2 x inputs is left out of large problems, and so are
  // second opinions.
  void start() {
    const double size = static_cast<double>(problem_.weights.size());
    consider(separate_columns(problem_, depth_limit_, DigitForm::Canonical));
    if (auto network = offset_columns(problem_, depth_limit_)) decomposed_ = consider(*network);
    if (size < 1e5 && consider(separate_columns(problem_, depth_limit_, DigitForm::Low))) {
      decomposed_ = false;
    }
    if (size * problem_.outputs > 4e6) return;
    for (const int longest_path : {2, 4, 8}) {
      if (interrupted()) return;
      auto network = decompose(problem_, depth_limit_, longest_path);
      if (!network) return;
      if (consider(std::move(*network))) decomposed_ = true;
    }
  }

  /// Whether it is the cheapest so far.
  bool consider(Network network) {
    eliminate(network, most_pairs_in_a_table);
    return keep(std::move(network));
  }

  bool keep(Network network) {
    const std::int64_t cost = network.cost();
    network.commit();
    if (starting_ && problem_.weights.size() <= most_weights_of_all_starts)
      starts_.push_back(network);
    if (best_ && cost > cost_) return false;
    cost_ = cost;
    best_ = std::move(network);
    return true;
  }

  // Which start has the best neighbourhood does not show in its cost; small problems try them all.
  void improve_coolly(const Network& greedy) {
    if (starts_.empty()) improve(greedy, cool);
    for (const Network& start : starts_) improve(start, cool);
  }

  void improve(Network network, double temperature) {
    const std::int64_t rounds = rounds_per_sum * problem_.effort * network.shared();
    Improvement(network, problem_.seed).run(work(), rounds, temperature);
    keep(std::move(network));
  }

  const Problem& problem_;
  int depth_limit_ = 0;
  std::optional<Network> best_;
  std::int64_t cost_ = 0;
  bool decomposed_ = false;  // the best start is a decomposition's
  bool starting_ = true;
  std::vector<Network> starts_;
};

}  // namespace

Found search(const Problem& problem, int depth_limit) { return Search(problem, depth_limit).run(); }

}  // namespace gatefold::adder_graph
