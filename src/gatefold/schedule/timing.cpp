#include <algorithm>
#include <cmath>
#include <functional>
#include <queue>
#include <utility>

#include "gatefold/hardware/evaluate.h"
#include "gatefold/schedule/cut.h"
#include "gatefold/schedule/memory_cost.h"
#include "gatefold/support/match.h"

namespace gatefold::schedule {
namespace {

using namespace hardware;

/// When the operands of i are there, if it stands in this stage.
std::int64_t start_of(const Timing& timing, std::size_t i, int at, const std::vector<int>& stage,
                      const std::vector<std::int64_t>& ready) {
  std::int64_t start = 0;
  for (const int operand : timing.operands[i]) {
    const auto o = static_cast<std::size_t>(operand);
    if (stage[o] == at) start = std::max(start, ready[o]);
    if (stage[o] + 1 == at) start = std::max(start, timing.late[o]);
  }
  return start;
}

/// One pass in the order of the body: each operation as early as `lowest` and its operands allow.
std::vector<int> chain(const Timing& timing, const std::vector<int>& lowest) {
  std::vector<int> stage(timing.size());
  std::vector<std::int64_t> ready(timing.size());
  for (std::size_t i = 0; i < timing.size(); ++i) {
    int first = lowest[i];
    for (const int operand : timing.operands[i]) {
      const auto o = static_cast<std::size_t>(operand);
      first = std::max(first, stage[o] + (timing.late[o] > 0 ? 1 : 0));
    }
    const std::int64_t start = start_of(timing, i, first, stage, ready);
    const bool fits = start + timing.delay[i] <= timing.period;
    stage[i] = fits ? first : first + 1;
    ready[i] = (fits ? start : 0) + timing.delay[i];
  }
  return stage;
}

/// Raises lowest[i]; true when that is news.
bool raise(std::vector<int>& lowest, int i, int stage) {
  int& low = lowest[static_cast<std::size_t>(i)];
  if (stage <= low) return false;
  low = stage;
  return true;
}

/// The stage of a store's writes, and the earliest of its reads that follows from it.
bool raise(const Store& store, const std::vector<int>& stage, int interval,
           std::vector<int>& lowest) {
  int written = 0;
  for (const auto* ids : {&store.reads, &store.writes})
    for (const int id : *ids) written = std::max(written, stage[static_cast<std::size_t>(id)]);
  bool raised = false;
  for (const int id : store.writes) raised |= raise(lowest, id, written);
  for (const int id : store.reads) raised |= raise(lowest, id, written - (interval - 1));
  return raised;
}

std::int64_t picoseconds(double ns) { return std::llround(ns * 1000); }

}  // namespace

bool is_free_constant(const Operation& operation) {
  return operation.range.is_constant() && !is_write(operation.kind);
}

bool Timing::is_constant(std::size_t i) const { return is_free_constant(process->body[i]); }

Timing timing_of(const Process& process, const Target& target, double clock_ns) {
  Timing timing;
  timing.process = &process;
  timing.period = picoseconds(clock_ns) - picoseconds(target.register_ns);
  timing.users.resize(process.body.size());
  for (std::size_t i = 0; i < process.body.size(); ++i) {
    const int id = static_cast<int>(i);
    timing.delay.push_back(picoseconds(delay_ns(target, process, {id})));
    timing.late.push_back(is_block_read(target, process, {id}) ? picoseconds(target.memory.block_ns)
                                                               : 0);
    timing.operands.emplace_back();
    if (timing.is_constant(i)) continue;
    for (const ValueId operand : operands(process.body[i].kind)) {
      if (timing.is_constant(static_cast<std::size_t>(operand.index))) continue;
      timing.operands.back().push_back(operand.index);
      timing.users[static_cast<std::size_t>(operand.index)].push_back(id);
    }
  }
  return timing;
}

std::vector<Store> stores_of(const Process& process) {
  std::vector<Store> states, memories;
  for (const State& state : process.states) states.push_back({state.name, {}, {}});
  for (const Memory& memory : process.memories) memories.push_back({memory.name, {}, {}});
  for (std::size_t i = 0; i < process.body.size(); ++i) {
    const int id = static_cast<int>(i);
    const Kind& kind = process.body[i].kind;
    const auto of = [](auto& stores, auto store) -> Store& {
      return stores[static_cast<std::size_t>(store.index)];
    };
    if (const auto* k = std::get_if<ReadState>(&kind)) of(states, k->state).reads.push_back(id);
    if (const auto* k = std::get_if<WriteState>(&kind)) of(states, k->state).writes.push_back(id);
    if (const auto* k = std::get_if<ReadMemory>(&kind)) of(memories, k->memory).reads.push_back(id);
    if (const auto* k = std::get_if<WriteMemory>(&kind))
      of(memories, k->memory).writes.push_back(id);
  }
  states.insert(states.end(), memories.begin(), memories.end());
  std::erase_if(states, [](const Store& store) { return store.writes.empty(); });
  return states;
}

int Earliest::stages() const {
  return stage.empty() ? 1 : *std::max_element(stage.begin(), stage.end()) + 1;
}

Earliest earliest_stages(const Timing& timing, const std::vector<Store>& stores) {
  std::vector<int> lowest(timing.size(), 0);
  for (;;) {
    Earliest earliest{chain(timing, lowest), std::nullopt};
    bool raised = false;
    for (const Store& store : stores) {
      raised |= raise(store, earliest.stage, timing.process->interval, lowest);
      for (const int id : store.writes)
        if (earliest.stage[static_cast<std::size_t>(id)] > static_cast<int>(timing.size()))
          earliest.late = store.name;
    }
    if (!raised || earliest.late) return earliest;
  }
}

std::vector<Distance> long_paths(const Timing& timing) {
  std::vector<Distance> distances;
  std::vector<std::int64_t> longest(timing.size(), -1);
  std::priority_queue<int, std::vector<int>, std::greater<>> open;
  for (std::size_t i = 0; i < timing.size(); ++i) {
    const std::int64_t begin = timing.late[i] > 0 ? timing.late[i] : timing.delay[i];
    const int crossed = timing.late[i] > 0 ? 1 : 0;  // registers before the path begins
    longest[i] = begin;
    open.push(static_cast<int>(i));
    while (!open.empty()) {
      const auto j = static_cast<std::size_t>(open.top());
      open.pop();
      const std::int64_t length = std::exchange(longest[j], -1);
      if (j != i && length > timing.period) {
        if (crossed > 0 || length - begin <= timing.period)
          distances.push_back({static_cast<int>(i), static_cast<int>(j), crossed + 1});
        continue;
      }
      if (j != i && timing.late[j] > 0) continue;  // the path ends in a register
      for (const int user : timing.users[j]) {
        const auto u = static_cast<std::size_t>(user);
        if (longest[u] < 0) open.push(user);
        longest[u] = std::max(longest[u], length + timing.delay[u]);
      }
    }
  }
  return distances;
}

std::vector<std::int64_t> arrivals(const Timing& timing, const std::vector<int>& stage) {
  std::vector<std::int64_t> ready(timing.size());
  for (std::size_t i = 0; i < timing.size(); ++i) {
    const std::int64_t start = start_of(timing, i, stage[i], stage, ready);
    ready[i] = start + timing.delay[i];
  }
  return ready;
}

}  // namespace gatefold::schedule
