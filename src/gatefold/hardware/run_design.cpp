#include <algorithm>
#include <array>
#include <fmt/core.h>
#include <limits>

#include "gatefold/hardware/evaluate.h"
#include "gatefold/support/interrupt.h"
#include "gatefold/support/match.h"
#include "gatefold/support/progress.h"

namespace gatefold::hardware {
namespace {

using Word64 = std::int64_t;

constexpr std::size_t block = 128;  // steps evaluated at once by a process that keeps nothing

/// A channel's beats, end to end; those before `taken` are gone.
struct Queue {
  std::size_t width = 0;  // words a beat
  std::vector<Word64> words;
  std::size_t taken = 0;

  std::size_t beats() const { return width == 0 ? 0 : words.size() / width; }
};

/// Which beat each lane takes; `none` where the step takes none.
constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
using Beats = std::vector<std::size_t>;

class Machine {
 public:
  Machine(const Design& design, const Process& process, std::vector<Queue>& queues, Word64 samples,
          Progress& progress)
      : design_(design),
        process_(process),
        queues_(queues),
        progress_(progress),
        left_(samples * process.steps()) {
    for (const State& state : process.states) states_.push_back(state.initial);
    for (const Memory& memory : process.memories) memories_.push_back(memory.initial);
    const bool keeps = std::any_of(process.body.begin(), process.body.end(), [](const auto& o) {
      return std::holds_alternative<WriteState>(o.kind) ||
             std::holds_alternative<WriteMemory>(o.kind);
    });
    lanes_ = keeps ? 1 : block;
    values_.resize(process.body.size() * lanes_);
  }

  bool finished() const { return left_ == 0; }

  /// Fires as many steps as the beats allow; false when not one.
  bool fire() {
    bool fired = false;
    while (left_ > 0 && !interrupted()) {
      const std::size_t steps = ready_steps();
      if (steps == 0) break;
      fire(steps);
      fired = true;
    }
    return fired;
  }

 private:
  Word64 step_of(std::size_t lane) const {
    return (fired_ + static_cast<Word64>(lane)) % process_.steps();
  }

  /// The next steps whose beats are all there, at most one block; fills `beats_`.
  std::size_t ready_steps() {
    std::size_t steps = std::min(lanes_, static_cast<std::size_t>(left_));
    beats_.assign(process_.takes.size(), {});
    for (std::size_t t = 0; t < process_.takes.size(); ++t) {
      const Take& take = process_.takes[t];
      const Queue& queue = queue_of(take.channel);
      std::size_t next = queue.taken;
      for (std::size_t lane = 0; lane < steps; ++lane) {
        const bool takes = process_.holds(take.when, step_of(lane));
        if (takes && next == queue.beats()) steps = lane;
        if (lane < steps) beats_[t].push_back(takes ? next++ : none);
      }
    }
    return steps;
  }

  void fire(std::size_t steps) {
    steps_ = steps;
    for (std::size_t i = 0; i < process_.body.size(); ++i) {
      const ValueId id{static_cast<std::int32_t>(i)};
      evaluate(id);
      check_range(design_, process_, id, lane(id));
    }
    keep();
    take();
    give();
    fired_ += static_cast<Word64>(steps);
    left_ -= static_cast<Word64>(steps);
    progress_.advance(static_cast<Word64>(steps));
  }

  std::span<Word64> lane(ValueId id) {
    return {values_.data() + static_cast<std::size_t>(id.index) * lanes_, steps_};
  }
  Queue& queue_of(ChannelId id) { return queues_[static_cast<std::size_t>(id.index)]; }

  void evaluate(ValueId id) {
    const Kind& kind = process_.operation(id).kind;
    const std::span<Word64> result = lane(id);
    if (const auto* k = std::get_if<Receive>(&kind)) return receive(*k, result);
    if (const auto* k = std::get_if<Counter>(&kind)) return count(*k, result);
    if (const auto* k = std::get_if<ReadState>(&kind)) {
      std::fill(result.begin(), result.end(), states_[static_cast<std::size_t>(k->state.index)]);
      return;
    }
    if (const auto* k = std::get_if<ReadMemory>(&kind)) return read(*k, result);
    std::array<const Word64*, 3> operands{};
    std::size_t n = 0;
    for (const ValueId operand : hardware::operands(kind)) operands[n++] = lane(operand).data();
    evaluate_operation(kind, process_, std::span(operands.data(), n), result);
  }

  void receive(const Receive& k, std::span<Word64> result) {
    std::size_t t = 0;
    while (process_.takes[t].channel != k.channel) ++t;
    const Queue& queue = queue_of(k.channel);
    for (std::size_t i = 0; i < result.size(); ++i) {
      const std::size_t beat = beats_[t][i];
      result[i] =
          beat == none ? 0 : queue.words[beat * queue.width + static_cast<std::size_t>(k.word)];
    }
  }

  void count(const Counter& k, std::span<Word64> result) {
    for (std::size_t i = 0; i < result.size(); ++i)
      result[i] = process_.count_at(k.loop, step_of(i));
  }

  void read(const ReadMemory& k, std::span<Word64> result) {
    const auto& words = memories_[static_cast<std::size_t>(k.memory.index)];
    const std::span<Word64> address = lane(k.address);
    for (std::size_t i = 0; i < result.size(); ++i)
      result[i] = words[static_cast<std::size_t>(address[i])];
  }

  bool enabled(ValueId enable) { return !enable.valid() || lane(enable)[0] != 0; }

  /// The writes of a step; a process that writes fires one step at a time.
  void keep() {
    for (const Operation& operation : process_.body) {
      if (const auto* k = std::get_if<WriteState>(&operation.kind); k && enabled(k->enable))
        states_[static_cast<std::size_t>(k->state.index)] = lane(k->a)[0];
      if (const auto* k = std::get_if<WriteMemory>(&operation.kind); k && enabled(k->enable))
        memories_[static_cast<std::size_t>(k->memory.index)]
                 [static_cast<std::size_t>(lane(k->address)[0])] = lane(k->a)[0];
    }
  }

  void take() {
    for (std::size_t t = 0; t < process_.takes.size(); ++t)
      for (std::size_t lane = 0; lane < steps_; ++lane)
        queue_of(process_.takes[t].channel).taken += beats_[t][lane] != none;
  }

  void give() {
    for (const Give& give : process_.gives)
      for (std::size_t i = 0; i < steps_; ++i) {
        if (!process_.holds(give.when, step_of(i))) continue;
        auto& words = queue_of(give.channel).words;
        for (const ValueId word : give.words) words.push_back(lane(word)[i]);
      }
  }

  const Design& design_;
  const Process& process_;
  std::vector<Queue>& queues_;
  Progress& progress_;
  Word64 left_ = 0, fired_ = 0;
  std::size_t lanes_ = 1, steps_ = 0;
  std::vector<Word64> states_, values_;
  std::vector<std::vector<Word64>> memories_;
  std::vector<Beats> beats_;
};

std::vector<Queue> initial_queues(const Design& design) {
  std::vector<Queue> queues;
  for (const Channel& channel : design.channels) {
    Queue queue{channel.words.size(), {}, 0};
    for (const auto& beat : channel.initial)
      queue.words.insert(queue.words.end(), beat.begin(), beat.end());
    queues.push_back(std::move(queue));
  }
  return queues;
}

Word64 feed(const Design& design, const Batch& inputs, std::vector<Queue>& queues) {
  Word64 samples = 0;
  for (const Port& port : design.inputs) {
    const auto given = inputs.find(port.name);
    GATEFOLD_ASSERT(given != inputs.end(), "no tensor for input '" + port.name + "'");
    const numeric::IntTensor& tensor = given->second;
    GATEFOLD_ASSERT(
        tensor.shape.size() == 2 && tensor.shape[1] == numeric::element_count(port.shape),
        "input '" + port.name + "' has shape " + numeric::to_string(tensor.shape));
    samples = tensor.shape[0];
    auto& words = queues[static_cast<std::size_t>(port.channel.index)].words;
    const auto elements = elements_of_beats(port);
    for (Word64 sample = 0; sample < samples; ++sample)
      for (const Word64 element : elements)
        words.push_back(tensor[sample * tensor.shape[1] + element]);
  }
  return samples;
}

}  // namespace

Batch run_design(const Design& design, const Batch& inputs) {
  std::vector<Queue> queues = initial_queues(design);
  const Word64 samples = feed(design, inputs, queues);
  Word64 steps = 0;
  for (const Process& process : design.processes) steps += samples * process.steps();
  Progress progress("run the design: steps", steps, ProgressStyle::counted());
  std::vector<Machine> machines;
  for (const Process& process : design.processes)
    machines.emplace_back(design, process, queues, samples, progress);
  for (bool fired = true; fired;) {
    fired = false;
    for (Machine& machine : machines) fired |= machine.fire();
  }
  if (interrupted()) return {};
  for (std::size_t i = 0; i < machines.size(); ++i)
    GATEFOLD_ASSERT(machines[i].finished(),
                    fmt::format("process '{}' is starved of beats", design.processes[i].name));
  Batch outputs;
  for (const Port& port : design.outputs) {
    const Word64 elements = numeric::element_count(port.shape);
    auto& words = queues[static_cast<std::size_t>(port.channel.index)].words;
    const auto order = elements_of_beats(port);
    numeric::IntTensor& tensor = outputs[port.name];
    tensor = {{samples, elements}, std::vector<Word64>(words.size())};
    for (std::size_t i = 0; i < words.size(); ++i)
      tensor[static_cast<Word64>(i) / elements * elements + order[i % order.size()]] = words[i];
  }
  return outputs;
}

}  // namespace gatefold::hardware
