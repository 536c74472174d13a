#include "gatefold/schedule/toggles.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <span>

#include "gatefold/hardware/machine.h"
#include "gatefold/schedule/cut.h"

namespace gatefold::schedule {
namespace {

using namespace hardware;
using Word64 = std::int64_t;

/// An operation's word over the steps.
struct Wire {
  int layer = 0;
  int width = 0;
  std::uint64_t mask = 0;
  int registers = 0;           // that it passes
  std::optional<Word64> last;  // of the step before
  std::span<const Word64> words;

  /// Bits that change over these steps.
  std::int64_t toggles() {
    std::int64_t bits = 0;
    Word64 before = last.value_or(words.front());
    for (const Word64 word : words) {
      bits += std::popcount(static_cast<std::uint64_t>(word ^ before) & mask);
      before = word;
    }
    last = before;
    return bits;
  }
};

class Counter final : public StepObserver {
 public:
  Counter(const Design& design, const Schedule& schedule) : design_(design) {
    for (const Layer& layer : design.layers) toggles_.layers.emplace_back().layer = layer.name;
    for (std::size_t p = 0; p < design.processes.size(); ++p)
      wires_.push_back(wires_of(design.processes[p], schedule.processes[p]));
  }

  void see(std::size_t process, ValueId id, std::span<const Word64> words) override {
    const Process& of = design_.processes[process];
    Wire& wire = wires_[process][static_cast<std::size_t>(id.index)];
    wire.words = words;
    if (is_free_constant(of.operation(id))) return;
    LayerToggles& row = toggles_.layers[static_cast<std::size_t>(wire.layer)];
    const std::int64_t bits = wire.toggles(), steps = static_cast<std::int64_t>(words.size());
    row.words += bits;
    row.registers += bits * wire.registers;
    row.clocked += steps * wire.width * wire.registers;
    count_stores(row, process, of.operation(id), wire);
  }

  Toggles toggles() && { return std::move(toggles_); }

 private:
  static std::vector<Wire> wires_of(const Process& process, const ProcessSchedule& schedule) {
    const auto last = last_reads(process, schedule.stage, schedule.stages);
    std::vector<Wire> wires;
    for (std::size_t i = 0; i < process.body.size(); ++i) {
      const int width = word_of(process.body[i].range).width;
      wires.push_back({process.body[i].layer,
                       width,
                       (std::uint64_t{1} << width) - 1,
                       last[i] - schedule.stage[i],
                       std::nullopt,
                       {}});
    }
    return wires;
  }

  /// The steps of this firing at which the store is written.
  std::int64_t writes(std::size_t process, ValueId enable, std::int64_t steps) const {
    if (!enable.valid()) return steps;
    const auto& words = wires_[process][static_cast<std::size_t>(enable.index)].words;
    return steps - std::ranges::count(words, 0);
  }

  void count_stores(LayerToggles& row, std::size_t process, const Operation& operation,
                    const Wire& wire) const {
    const auto steps = static_cast<std::int64_t>(wire.words.size());
    if (std::holds_alternative<ReadMemory>(operation.kind)) row.read += steps * wire.width;
    if (const auto* k = std::get_if<WriteMemory>(&operation.kind))
      row.written += writes(process, k->enable, steps) * wire.width;
    if (const auto* k = std::get_if<WriteState>(&operation.kind))
      row.clocked += writes(process, k->enable, steps) * wire.width;
  }

  const Design& design_;
  std::vector<std::vector<Wire>> wires_;  // by process, by operation
  Toggles toggles_;
};

/// Bits of the beats of an inference that pass FIFOs.
std::int64_t queued_bits(const Design& design, const Schedule& schedule) {
  std::int64_t bits = 0;
  for (const Process& process : design.processes)
    for (const Give& give : process.gives) {
      const auto channel = static_cast<std::size_t>(give.channel.index);
      if (schedule.channels[channel].depth == 0) continue;
      for (const numeric::Interval& word : design.channels[channel].words)
        bits += process.beats(give.when) * word_of(word).width;
    }
  return bits;
}

}  // namespace

LayerToggles& LayerToggles::operator+=(const LayerToggles& other) {
  words += other.words;
  registers += other.registers;
  clocked += other.clocked;
  read += other.read;
  written += other.written;
  return *this;
}

LayerToggles Toggles::total() const {
  LayerToggles sum;
  for (const LayerToggles& layer : layers) sum += layer;
  return sum;
}

Toggles count_toggles(const Design& design, const Schedule& schedule, const Batch& inputs) {
  Counter counter(design, schedule);
  run_design(design, inputs, counter);
  Toggles toggles = std::move(counter).toggles();
  for (const Port& port : design.inputs) toggles.inferences = inputs.at(port.name).shape[0];
  toggles.queued = toggles.inferences * queued_bits(design, schedule);
  return toggles;
}

}  // namespace gatefold::schedule
