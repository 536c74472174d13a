#include "gatefold/hardware/step_cursor.h"

#include <algorithm>

namespace gatefold::hardware {
namespace {

/// The steps from one count of the loop to the next.
std::int64_t steps_a_count(const Process& process, std::size_t loop) {
  std::int64_t steps = 1;
  for (std::size_t i = loop + 1; i < process.loops.size(); ++i) steps *= process.loops[i].trips;
  return steps;
}

}  // namespace

StepCursor::StepCursor(const Process& process)
    : process_(&process), counts_(process.loops.size(), 0) {}

std::size_t StepCursor::watch(const When& when) {
  std::vector<Counts>& condition = conditions_.emplace_back();
  for (std::size_t loop = 0; loop < process_->loops.size(); ++loop) {
    When ranges;
    for (const CountRange& range : when)
      if (range.loop == static_cast<int>(loop)) ranges.push_back(range);
    Counts counts{loop, {}};
    for (std::int64_t count = 0; count < process_->loops[loop].trips && !ranges.empty(); ++count)
      counts.holds.push_back(process_->holds(ranges, count * steps_a_count(*process_, loop)));
    if (std::ranges::find(counts.holds, 0) != counts.holds.end())
      condition.push_back(std::move(counts));
  }
  return conditions_.size() - 1;
}

bool StepCursor::holds(std::size_t watched) const {
  return std::ranges::all_of(conditions_[watched], [&](const Counts& counts) {
    return counts.holds[static_cast<std::size_t>(counts_[counts.loop])] != 0;
  });
}

void StepCursor::next() {
  for (std::size_t loop = counts_.size(); loop-- > 0;) {
    if (++counts_[loop] < process_->loops[loop].trips) return;
    counts_[loop] = 0;
  }
}

}  // namespace gatefold::hardware
