#include "gatefold/adder_graph/region.h"

namespace gatefold::adder_graph {

std::uint64_t Random::next() {
  std::uint64_t x = state_ += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

RegionFinder::RegionFinder(const Network& network) : network_(network) {
  users_.resize(static_cast<std::size_t>(network.size()));
  for (int node = network.inputs(); node < network.size(); ++node) {
    columns_.push_back(&network.at(node).terms);
    owners_.push_back(node);
  }
  for (const auto& terms : network.outputs()) {
    columns_.push_back(&terms);
    owners_.push_back(-1);
  }
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    for (const auto& term : *columns_[c]) users_[static_cast<std::size_t>(term.node)].push_back(c);
  }
}

std::vector<bool> RegionFinder::find(std::size_t wanted, Random& random) {
  chosen_.assign(users_.size(), false);
  members_.clear();
  const auto first = static_cast<std::size_t>(network_.inputs());
  if (users_.size() == first) return chosen_;
  take(static_cast<int>(first + random.below(users_.size() - first)));
  for (std::size_t tries = 0; tries < 6 * wanted && members_.size() < wanted; ++tries) {
    const int node = members_[random.below(members_.size())];
    const auto& users = users_[static_cast<std::size_t>(node)];
    const std::size_t column = users[random.below(users.size())];
    const auto& siblings = *columns_[column];
    take(siblings[random.below(siblings.size())].node);
    const auto& terms = network_.at(node).terms;
    if (random.below(2) == 0) take(terms[random.below(terms.size())].node);
    if (owners_[column] >= 0 && random.below(2) == 0) take(owners_[column]);
  }
  return chosen_;
}

void RegionFinder::take(int node) {
  if (node < network_.inputs() || chosen_[static_cast<std::size_t>(node)]) return;
  chosen_[static_cast<std::size_t>(node)] = true;
  members_.push_back(node);
}

}  // namespace gatefold::adder_graph
