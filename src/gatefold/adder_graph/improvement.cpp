#include "gatefold/adder_graph/improvement.h"

#include <algorithm>
#include <bit>

#include "gatefold/support/interrupt.h"
#include "gatefold/support/progress.h"

namespace gatefold::adder_graph {

namespace {

// Measured on the matrices of bench/adder_graph.py.
constexpr std::size_t largest_region = 3;
constexpr double noise = 20;

}  // namespace

Improvement::Improvement(Network& network, std::uint64_t seed)
    : network_(network),
      random_(seed),
      counts_(PairCounts::Keep::Every),
      elimination_(network, counts_) {
  counts_.count(network);
  counts_.forget_risen();
  network.count_pairs(&counts_);
  cost_ = network.cost();
  network.commit();
}

Improvement::~Improvement() { network_.count_pairs(nullptr); }

void Improvement::run(std::int64_t work, std::int64_t rounds, double temperature) {
  const std::int64_t begin = counts_.work();
  Progress progress("adder graph: rounds", rounds, ProgressStyle::counted());
  for (std::int64_t i = 0; i < rounds && network_.shared() > 0 && !interrupted(); ++i) {
    progress.advance();
    const double spent = std::max(static_cast<double>(counts_.work() - begin) / work,
                                  static_cast<double>(i) / static_cast<double>(rounds));
    if (spent >= 1) break;
    round(temperature * static_cast<double>(network_.model().full_adder) * (1 - spent));
  }
}

void Improvement::round(double temperature) {
  Taste taste;
  taste.noise = noise;
  taste.seed = random_.next();
  network_.begin();
  const std::size_t size = 1 + random_.below(largest_region);
  for (const int node : find_region(network_, size, random_)) network_.dissolve(node);
  elimination_.run(taste);
  network_.tidy();
  const std::int64_t cost = network_.cost(true);
  if (accepts(cost, temperature)) {
    network_.commit();
    cost_ = cost;
  } else {
    network_.rollback();
    counts_.forget_risen();
  }
}

// The number of leading zeros is a logarithm that is the same on every machine.
bool Improvement::accepts(std::int64_t cost, double temperature) {
  constexpr double log_2 = 0.6931471805599453;
  const double allowed = temperature * log_2 * std::countl_zero(random_.next());
  return static_cast<double>(cost - cost_) <= allowed;
}

}  // namespace gatefold::adder_graph
