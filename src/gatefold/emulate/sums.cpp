// Sums of products whose weights are the same at all positions of a tensor.
#include <algorithm>
#include <map>
#include <utility>

#include "gatefold/emulate/steps.h"

namespace gatefold::emulate {
namespace {

using Lanes = std::vector<Lane>;

ChannelTerms terms_of(const graph::Linear& op, std::int64_t group, std::int64_t column,
                      const Lanes& lanes) {
  const std::int64_t inputs = op.weights.shape[1], outputs = op.weights.shape[2];
  ChannelTerms terms;
  for (std::int64_t i = 0; i < inputs; ++i) {
    const std::int64_t weight = op.weights[(group * inputs + i) * outputs + column];
    if (weight == 0) continue;
    const Lane lane = lanes[static_cast<std::size_t>(i)];
    terms[static_cast<std::size_t>(lane)].push_back(
        {static_cast<std::uint32_t>(i), static_cast<std::int32_t>(weight)});
  }
  return terms;
}

Lane widest_read(const ChannelTerms& terms) {
  for (std::size_t lane = lane_count; lane-- > 0;)
    if (!terms[lane].empty()) return static_cast<Lane>(lane);
  return Lane::Int16;
}

// Terms of a group depend on its weights and on the lanes in which its inputs stand.
class Maker {
 public:
  Maker(const graph::Linear& op, const graph::TensorType& out, std::span<const Slot> x)
      : op_(op), out_(out), x_(x) {}

  Sums run() {
    const std::int64_t groups = op_.weights.shape[0], inputs = op_.weights.shape[1];
    for (const Slot slot : x_) sums_.places.push_back(slot.place);
    for (std::int64_t first = 0; first < std::ssize(x_); first += inputs)
      add_group(first, first / inputs % groups);
    return std::move(sums_);
  }

 private:
  void add_group(std::int64_t first, std::int64_t group) {
    const std::uint32_t terms = terms_at(first, group);
    for (std::uint32_t j = 0; j < op_.weights.shape[2]; ++j) {
      const auto& range = out_.range(std::ssize(sums_.elements));
      const Lane sum = std::max(lane_of(range), widest_read(sums_.terms[terms + j]));
      sums_.elements.push_back({terms + j,
                                static_cast<std::uint32_t>(first),
                                sum,
                                {},
                                {},
                                addend(group * op_.weights.shape[2] + j)});
    }
  }

  std::int64_t addend(std::int64_t channel) const {
    if (!op_.reloadable || op_.reloadable->addends.empty()) return 0;
    return op_.reloadable->addends[static_cast<std::size_t>(channel)];
  }

  std::uint32_t terms_at(std::int64_t first, std::int64_t group) {
    Lanes lanes;
    for (std::int64_t i = 0; i < op_.weights.shape[1]; ++i)
      lanes.push_back(x_[static_cast<std::size_t>(first + i)].lane);
    const auto [known, is_new] = known_.try_emplace({group, std::move(lanes)},
                                                    static_cast<std::uint32_t>(sums_.terms.size()));
    if (is_new)
      for (std::int64_t j = 0; j < op_.weights.shape[2]; ++j)
        sums_.terms.push_back(terms_of(op_, group, j, known->first.second));
    return known->second;
  }

  const graph::Linear& op_;
  const graph::TensorType& out_;
  std::span<const Slot> x_;
  Sums sums_;
  std::map<std::pair<std::int64_t, Lanes>, std::uint32_t> known_;
};

}  // namespace

Sums sums_of(const graph::Linear& op, const graph::TensorType& out, std::span<const Slot> x) {
  return Maker(op, out, x).run();
}

}  // namespace gatefold::emulate
