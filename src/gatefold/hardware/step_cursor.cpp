#include "gatefold/hardware/step_cursor.h"

#include <algorithm>

namespace gatefold::hardware {

StepCursor::StepCursor(const Process& process)
    : process_(&process), counts_(process.loops.size(), 0) {}

std::size_t StepCursor::watch(const When& when) {
  std::vector<Counts>& condition = conditions_.emplace_back();
  for (std::size_t loop = 0; loop < process_->loops.size(); ++loop) {
    Counts counts{loop,
                  std::vector<char>(static_cast<std::size_t>(process_->loops[loop].trips), 1)};
    for (const CountRange& range : when)
      for (std::size_t count = 0; count < counts.holds.size(); ++count)
        if (range.loop == static_cast<int>(loop) && !range.holds(static_cast<std::int64_t>(count)))
          counts.holds[count] = 0;
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
