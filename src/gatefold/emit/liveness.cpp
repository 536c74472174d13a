#include "gatefold/emit/liveness.h"

#include <algorithm>
#include <fmt/core.h>

#include "gatefold/support/assert.h"

namespace gatefold::emit {
namespace {

using namespace hardware;

ValueId id_of(std::size_t index) { return {static_cast<std::int32_t>(index)}; }

/// The state or memory that an operation reads or writes.
struct Access {
  StorePlan* store = nullptr;
  bool writes = false;
  ValueId enable;
};

Access access_of(Plan& plan, ValueId id) {
  const auto& kind = plan.operation(id).kind;
  const auto state = [&](StateId s) { return &plan.states[static_cast<std::size_t>(s.index)]; };
  const auto memory = [&](MemoryId m) { return &plan.memories[static_cast<std::size_t>(m.index)]; };
  if (const auto* k = std::get_if<ReadState>(&kind)) return {state(k->state), false, {}};
  if (const auto* k = std::get_if<WriteState>(&kind)) return {state(k->state), true, k->enable};
  if (const auto* k = std::get_if<ReadMemory>(&kind)) return {memory(k->memory), false, {}};
  if (const auto* k = std::get_if<WriteMemory>(&kind)) return {memory(k->memory), true, k->enable};
  return {};
}

class Marker {
 public:
  explicit Marker(Plan& plan) : plan_(plan) {
    for (std::size_t i = 0; i < plan.process->body.size(); ++i) {
      const auto access = access_of(plan, id_of(i));
      if (access.writes && !never_writes(plan, access.enable)) writes_[access.store].push_back(i);
    }
  }

  void run() {
    for (const auto& output : plan_.outputs) {
      for (const auto id : output.words) mark(id);
    }
    while (!work_.empty()) {
      const auto id = work_.back();
      work_.pop_back();
      visit(id);
    }
  }

 private:
  void mark(ValueId id) {
    auto& value = plan_.value(id);
    if (value.alive || value.constant) return;
    value.alive = true;
    work_.push_back(plan_.alias[static_cast<std::size_t>(id.index)]);
  }

  void visit(ValueId id) {
    for (const auto operand : read_operands(plan_, id)) mark(operand);
    auto* store = access_of(plan_, id).store;
    if (store == nullptr || store->layer >= 0) return;
    store->layer = plan_.value(id).layer;
    for (const auto write : writes_[store]) {
      for (const auto operand : read_operands(plan_, id_of(write))) mark(operand);
    }
  }

  Plan& plan_;
  std::map<const StorePlan*, std::vector<std::size_t>> writes_;
  std::vector<ValueId> work_;
};

/// A step's write at the end of stage w is seen by the next step's read in stage r when
/// r <= w < r + interval.
void check_recurrence(const Plan& plan, const StorePlan& store, const std::vector<int>& reads,
                      const std::vector<int>& writes) {
  for (const int write : writes) {
    GATEFOLD_ASSERT(write == writes.front(), "one stage writes " + store.name);
    for (const int read : reads) {
      GATEFOLD_ASSERT(
          read <= write && write < read + plan.process->interval,
          fmt::format("{} is read in stage {} and written in stage {}", store.name, read, write));
    }
  }
}

/// Reads and writes of one store belong to one module.
void gather_stores(Plan& plan) {
  std::map<const StorePlan*, std::vector<int>> reads, writes;
  for (std::size_t i = 0; i < plan.process->body.size(); ++i) {
    const auto access = access_of(plan, id_of(i));
    if (access.store == nullptr || access.store->layer < 0) continue;
    if (access.writes) {
      if (never_writes(plan, access.enable)) continue;
      plan.layers[static_cast<std::size_t>(access.store->layer)].writes.push_back(id_of(i));
      writes[access.store].push_back(plan.schedule[i]);
    } else {
      plan.values[i].layer = access.store->layer;
      reads[access.store].push_back(plan.schedule[i]);
    }
  }
  for (const auto& [store, stages] : reads) check_recurrence(plan, *store, stages, writes[store]);
}

}  // namespace

std::vector<ValueId> read_operands(const Plan& plan, ValueId id) {
  const auto& kind = plan.operation(id).kind;
  if (const auto* select = std::get_if<Select>(&kind)) {
    const auto& condition = plan.value(select->condition).constant;
    if (condition) return {*condition != 0 ? select->a : select->b};
  }
  return operands(kind);
}

bool never_writes(const Plan& plan, ValueId enable) {
  return enable.valid() && plan.value(enable).constant == 0;
}

void mark_alive(Plan& plan) {
  Marker(plan).run();
  gather_stores(plan);
}

}  // namespace gatefold::emit
