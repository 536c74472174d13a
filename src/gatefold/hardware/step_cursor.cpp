#include "gatefold/hardware/step_cursor.h"

#include <algorithm>

namespace gatefold::hardware {
namespace {

/// By count of the loop, whether the ranges on it hold.
std::vector<char> counts_of(const When& when, std::size_t loop, std::int64_t trips) {
  std::vector<char> holds(static_cast<std::size_t>(trips), 1);
  for (const CountRange& range : when)
    for (std::size_t count = 0; count < holds.size(); ++count)
      if (range.loop == static_cast<int>(loop) && !range.holds(static_cast<std::int64_t>(count)))
        holds[count] = 0;
  return holds;
}

}  // namespace

StepCursor::StepCursor(const Process& process)
    : process_(&process), counts_(process.loops.size(), 0), conditions_(process.loops.size()) {}

std::size_t StepCursor::watch(const When& when) {
  failing_.push_back(0);
  for (std::size_t loop = 0; loop < counts_.size(); ++loop) {
    auto holds = counts_of(when, loop, process_->loops[loop].trips);
    if (std::ranges::find(holds, 0) == holds.end()) continue;
    failing_.back() += 1 - holds[static_cast<std::size_t>(counts_[loop])];
    conditions_[loop].push_back({failing_.size() - 1, std::move(holds)});
  }
  return failing_.size() - 1;
}

void StepCursor::set_count(std::size_t loop, std::int64_t count) {
  const auto from = static_cast<std::size_t>(counts_[loop]), to = static_cast<std::size_t>(count);
  for (const Counts& counts : conditions_[loop])
    failing_[counts.condition] += counts.holds[from] - counts.holds[to];
  counts_[loop] = count;
}

void StepCursor::next() {
  for (std::size_t loop = counts_.size(); loop-- > 0;) {
    const std::int64_t count = counts_[loop] + 1;
    if (count < process_->loops[loop].trips) return set_count(loop, count);
    set_count(loop, 0);
  }
}

}  // namespace gatefold::hardware
