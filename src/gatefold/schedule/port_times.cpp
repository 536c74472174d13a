#include "gatefold/schedule/port_times.h"

#include <algorithm>
#include <limits>

namespace gatefold::schedule {
namespace {

using Ports = std::vector<std::vector<std::int64_t>>;

/// The last cycle in which a beat of the first `inferences` of `all` moves.
std::int64_t last_of(const Ports& ports, std::int64_t inferences, std::int64_t all) {
  std::int64_t last = 0;
  for (const auto& beats : ports) {
    const auto count = static_cast<std::int64_t>(beats.size()) / all * inferences;
    if (count > 0) last = std::max(last, beats[static_cast<std::size_t>(count) - 1]);
  }
  return last;
}

}  // namespace

std::int64_t PortTimes::latency(std::int64_t inferences) const {
  std::int64_t first = std::numeric_limits<std::int64_t>::max();
  for (const auto& beats : inputs)
    if (!beats.empty()) first = std::min(first, beats.front());
  const bool takes = first != std::numeric_limits<std::int64_t>::max();
  return last_of(outputs, 1, inferences) - (takes ? first : 0);
}

std::int64_t PortTimes::interval(std::int64_t inferences) const {
  const std::int64_t window = std::max<std::int64_t>(inferences / 2, 1);
  const std::int64_t cycles =
      last_of(outputs, inferences, inferences) - last_of(outputs, inferences - window, inferences);
  return std::max<std::int64_t>((cycles + window - 1) / window, 1);
}

}  // namespace gatefold::schedule
