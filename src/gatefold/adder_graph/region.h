#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "gatefold/adder_graph/network.h"

namespace gatefold::adder_graph {

/// splitmix64: the same sequence on every platform.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  /// In [0, limit); the bias is below limit / 2^64.
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(next() % limit); }

 private:
  std::uint64_t state_;
};

/// Finds shared sums that are close to each other: terms and users of one sum.
class RegionFinder {
 public:
  explicit RegionFinder(const Network& network);
  /// Up to `wanted` shared sums around a random one, as flags by node.
  std::vector<bool> find(std::size_t wanted, Random& random);

 private:
  void take(int node);

  const Network& network_;
  std::vector<const std::vector<Digit>*> columns_;
  std::vector<int> owners_;                      // the shared sum of each column; -1: an output
  std::vector<std::vector<std::size_t>> users_;  // columns, of each node
  std::vector<bool> chosen_;
  std::vector<int> members_;
};

}  // namespace gatefold::adder_graph
