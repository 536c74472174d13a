#include <algorithm>
#include <numeric>

#include "gatefold/hardware/design.h"

namespace gatefold::hardware {
namespace {

std::int64_t counts_of_loop(const When& when, int loop, std::int64_t trips) {
  std::int64_t counts = 0;
  for (std::int64_t count = 0; count < trips; ++count)
    counts += std::all_of(when.begin(), when.end(), [&](const CountRange& range) {
      return range.loop != loop || range.holds(count);
    });
  return counts;
}

bool keeps(const Kind& kind) {
  return std::holds_alternative<WriteState>(kind) || std::holds_alternative<WriteMemory>(kind);
}

}  // namespace

bool CountRange::holds(std::int64_t count) const {
  if (!counts.empty()) return std::binary_search(counts.begin(), counts.end(), count);
  return first <= count && count < end && (count - first) % stride == 0;
}

std::vector<std::int64_t> elements_of_beats(const Port& port) {
  std::vector<std::int64_t> elements(static_cast<std::size_t>(numeric::element_count(port.shape)));
  std::iota(elements.begin(), elements.end(), 0);
  if (port.axes.empty()) return elements;
  const auto strides = numeric::strides_of(port.shape);
  for (std::size_t i = 0; i < elements.size(); ++i) {
    auto rest = static_cast<std::int64_t>(i);
    elements[i] = 0;
    for (std::size_t k = port.axes.size(); k-- > 0;) {
      const auto axis = static_cast<std::size_t>(port.axes[k]);
      elements[i] += rest % port.shape[axis] * strides[axis];
      rest /= port.shape[axis];
    }
  }
  return elements;
}

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
    return range.holds(count_at(range.loop, step));
  });
}

Design unloaded(Design design) {
  for (Process& process : design.processes)
    for (Memory& memory : process.memories)
      if (memory.reloadable)
        std::ranges::fill(memory.initial,
                          std::clamp<std::int64_t>(0, memory.range.low, memory.range.high));
  return design;
}

}  // namespace gatefold::hardware
