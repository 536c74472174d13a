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

/// Up to `wanted` shared sums that are close to each other, around a random one: terms and users of
/// one sum. The network has a shared sum.
std::vector<int> find_region(const Network& network, std::size_t wanted, Random& random);

}  // namespace gatefold::adder_graph
