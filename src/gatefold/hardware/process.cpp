#include <algorithm>

#include "gatefold/hardware/design.h"

namespace gatefold::hardware {
namespace {

bool holds(const CountRange& range, std::int64_t count) {
  return range.first <= count && count < range.end && (count - range.first) % range.stride == 0;
}

std::int64_t counts_of_loop(const When& when, int loop, std::int64_t trips) {
  std::int64_t counts = 0;
  for (std::int64_t count = 0; count < trips; ++count)
    counts += std::all_of(when.begin(), when.end(), [&](const CountRange& range) {
      return range.loop != loop || holds(range, count);
    });
  return counts;
}

bool keeps(const Kind& kind) {
  return std::holds_alternative<WriteState>(kind) || std::holds_alternative<WriteMemory>(kind);
}

}  // namespace

ValueId Process::add(Kind kind, numeric::Interval range, int layer) {
  body.push_back({std::move(kind), range, layer});
  return {static_cast<std::int32_t>(body.size()) - 1};
}

std::int64_t Process::steps() const {
  std::int64_t product = 1;
  for (const Loop& loop : loops) product *= loop.trips;
  return product;
}

bool Process::is_parallel() const {
  return steps() == 1 && interval == 1 && states.empty() && memories.empty() &&
         std::none_of(body.begin(), body.end(), [](const Operation& o) { return keeps(o.kind); });
}

std::int64_t Process::beats(const When& when) const {
  std::int64_t product = 1;
  for (std::size_t i = 0; i < loops.size(); ++i)
    product *= counts_of_loop(when, static_cast<int>(i), loops[i].trips);
  return product;
}

std::int64_t Process::count_at(int loop, std::int64_t step) const {
  for (std::size_t i = loops.size() - 1; i > static_cast<std::size_t>(loop); --i)
    step /= loops[i].trips;
  return step % loops[static_cast<std::size_t>(loop)].trips;
}

bool Process::holds(const When& when, std::int64_t step) const {
  return std::all_of(when.begin(), when.end(), [&](const CountRange& range) {
    return hardware::holds(range, count_at(range.loop, step));
  });
}

}  // namespace gatefold::hardware
