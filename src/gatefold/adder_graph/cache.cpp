#include "gatefold/adder_graph/adder_graph.h"

namespace gatefold::adder_graph {

namespace {

std::size_t hash_of(const Problem& problem) {
  std::uint64_t hash = 0xcbf29ce484222325u;  // FNV-1a, by words
  const auto mix = [&](std::int64_t word) {
    hash = (hash ^ static_cast<std::uint64_t>(word)) * 0x100000001b3u;
  };
  mix(problem.inputs);
  for (const auto weight : problem.weights) mix(weight);
  for (const auto& range : problem.ranges) mix(range.low), mix(range.high);
  return hash;
}

}  // namespace

const AdderGraph& Cache::solve(const Problem& problem) {
  const std::size_t hash = hash_of(problem);
  const auto [begin, end] = by_hash_.equal_range(hash);
  for (auto at = begin; at != end; ++at) {
    const auto& entry = *solved_[at->second];
    if (entry.problem == problem) return entry.graph;
  }
  by_hash_.emplace(hash, solved_.size());
  auto entry = std::make_unique<Entry>(Entry{problem, adder_graph::solve(problem)});
  solved_.push_back(std::move(entry));
  return solved_.back()->graph;
}

}  // namespace gatefold::adder_graph
