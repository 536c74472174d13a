#include "gatefold/hardware/step_cursor.h"

#include <algorithm>
#include <utility>

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

/// By count, the first from it on that holds, or the number of counts.
std::vector<std::int64_t> next_holding(const std::vector<char>& holds) {
  std::vector<std::int64_t> next(holds.size());
  auto first = static_cast<std::int64_t>(holds.size());
  for (std::size_t count = holds.size(); count-- > 0;) {
    if (holds[count]) first = static_cast<std::int64_t>(count);
    next[count] = first;
  }
  return next;
}

}  // namespace

StepCursor::StepCursor(const Process& process)
    : process_(&process),
      counts_(process.loops.size(), 0),
      inner_steps_(process.loops.size(), 1),
      conditions_(process.loops.size()) {
  for (std::size_t loop = counts_.size(); loop-- > 1;)
    inner_steps_[loop - 1] = inner_steps_[loop] * process.loops[loop].trips;
}

std::size_t StepCursor::watch(const When& when) {
  failing_.push_back(0);
  for (std::size_t loop = 0; loop < counts_.size(); ++loop) {
    auto holds = counts_of(when, loop, process_->loops[loop].trips);
    if (std::ranges::find(holds, 0) == holds.end()) continue;
    failing_.back() += 1 - holds[static_cast<std::size_t>(counts_[loop])];
    auto next = next_holding(holds);
    conditions_[loop].push_back({failing_.size() - 1, std::move(holds), std::move(next)});
  }
  return failing_.size() - 1;
}

void StepCursor::set_count(std::size_t loop, std::int64_t count) {
  const auto from = static_cast<std::size_t>(counts_[loop]), to = static_cast<std::size_t>(count);
  for (const Counts& counts : conditions_[loop])
    failing_[counts.condition] += counts.holds[from] - counts.holds[to];
  counts_[loop] = count;
}

bool StepCursor::any() const { return std::ranges::find(failing_, 0) != failing_.end(); }

bool StepCursor::step(std::size_t loop) {
  for (;; --loop) {
    const std::int64_t count = counts_[loop] + 1;
    if (count < process_->loops[loop].trips) {
      set_count(loop, count);
      return true;
    }
    set_count(loop, 0);
    if (loop == 0) return false;
  }
}

void StepCursor::next() {
  if (!counts_.empty()) step(counts_.size() - 1);
}

/// Every condition fails at its outermost failing loop until that one counts on; the innermost of
/// these loops decides.
StepCursor::Goal StepCursor::goal() const {
  Goal goal{0, process_->loops[0].trips};
  std::vector<char> fails(failing_.size(), 0);
  for (std::size_t loop = 0; loop < counts_.size(); ++loop) {
    const auto count = static_cast<std::size_t>(counts_[loop]);
    Goal here{loop, process_->loops[loop].trips};
    bool decides = false;
    for (const Counts& counts : conditions_[loop]) {
      if (counts.holds[count] || std::exchange(fails[counts.condition], 1)) continue;
      decides = true;
      here.count = std::min(here.count, counts.next[count]);
    }
    if (decides) goal = here;
  }
  return goal;
}

std::int64_t StepCursor::steps_to(const Goal& goal) const {
  std::int64_t steps = (goal.count - counts_[goal.loop]) * inner_steps_[goal.loop];
  for (std::size_t loop = goal.loop + 1; loop < counts_.size(); ++loop)
    steps -= counts_[loop] * inner_steps_[loop];
  return steps;
}

std::int64_t StepCursor::skip() {
  if (counts_.empty()) return any() ? 0 : 1;
  std::int64_t skipped = 0;
  while (!any()) {
    const Goal next = goal();
    skipped += steps_to(next);
    for (std::size_t loop = next.loop + 1; loop < counts_.size(); ++loop) set_count(loop, 0);
    set_count(next.loop, next.count - 1);
    if (!step(next.loop)) break;
  }
  return skipped;
}

}  // namespace gatefold::hardware
