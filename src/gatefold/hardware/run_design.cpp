#include <algorithm>
#include <fmt/core.h>

#include "gatefold/hardware/machine.h"
#include "gatefold/support/interrupt.h"
#include "gatefold/support/progress.h"

namespace gatefold::hardware {
namespace {

using Word64 = std::int64_t;

/// Words of the inputs that are fed at once: enough steps for whole blocks, and channels that hold
/// few samples.
constexpr Word64 words_at_once = 1 << 16;

class Run {
 public:
  Run(const Design& design, const Batch& inputs, StepObserver* observer)
      : design_(design), inputs_(inputs) {
    for (const Channel& channel : design.channels) {
      BeatQueue& queue = queues_.emplace_back(channel.words.size());
      for (const auto& beat : channel.initial)
        for (const Word64 word : beat) queue.push(word);
    }
    for (const Port& port : design.inputs) check(port);
    for (std::size_t p = 0; p < design.processes.size(); ++p)
      machines_.emplace_back(design, p, queues_, observer);
  }

  Batch outputs() {
    Word64 steps = 0;
    for (const Process& process : design_.processes) steps += samples_ * process.steps();
    Progress progress("run the design: steps", steps, ProgressStyle::counted());
    for (Word64 first = 0; first < samples_; first += samples_at_once()) {
      run(first, std::min(samples_, first + samples_at_once()), progress);
      if (interrupted()) return {};
    }
    Batch batch;
    for (const Port& port : design_.outputs) batch[port.name] = tensor_of(port);
    return batch;
  }

 private:
  BeatQueue& queue_of(const Port& port) {
    return queues_[static_cast<std::size_t>(port.channel.index)];
  }

  void check(const Port& port) {
    const auto given = inputs_.find(port.name);
    GATEFOLD_ASSERT(given != inputs_.end(), "no tensor for input '" + port.name + "'");
    const numeric::IntTensor& tensor = given->second;
    const Word64 elements = numeric::element_count(port.shape);
    GATEFOLD_ASSERT(tensor.shape.size() == 2 && tensor.shape[1] == elements,
                    "input '" + port.name + "' has shape " + numeric::to_string(tensor.shape));
    samples_ = tensor.shape[0];
    elements_ += elements;
  }

  Word64 samples_at_once() const { return std::max<Word64>(words_at_once / elements_, 1); }

  /// All steps of the samples from `first` to before `end`.
  void run(Word64 first, Word64 end, Progress& progress) {
    for (const Port& port : design_.inputs) feed(port, first, end);
    for (Machine& machine : machines_) machine.allow(end - first);
    for (bool fired = true; fired;) {
      fired = false;
      for (Machine& machine : machines_) {
        const Word64 steps = machine.fire();
        progress.advance(steps);
        fired |= steps > 0;
      }
    }
    for (std::size_t p = 0; p < machines_.size() && !interrupted(); ++p)
      GATEFOLD_ASSERT(machines_[p].finished(),
                      fmt::format("process '{}' is starved of beats", design_.processes[p].name));
  }

  void feed(const Port& port, Word64 first, Word64 end) {
    const numeric::IntTensor& tensor = inputs_.at(port.name);
    const auto elements = elements_of_beats(port);
    for (Word64 sample = first; sample < end; ++sample)
      for (const Word64 element : elements)
        queue_of(port).push(tensor[sample * tensor.shape[1] + element]);
  }

  numeric::IntTensor tensor_of(const Port& port) {
    const auto& words = queue_of(port).words();
    const auto elements = elements_of_beats(port);
    const auto count = static_cast<Word64>(elements.size());
    numeric::IntTensor tensor{{samples_, count}, std::vector<Word64>(words.size())};
    for (std::size_t i = 0; i < words.size(); ++i)
      tensor[static_cast<Word64>(i) / count * count + elements[i % elements.size()]] = words[i];
    return tensor;
  }

  const Design& design_;
  const Batch& inputs_;
  Word64 samples_ = 0, elements_ = 1;
  std::vector<BeatQueue> queues_;
  std::vector<Machine> machines_;
};

}  // namespace

Batch run_design(const Design& design, const Batch& inputs) {
  return Run(design, inputs, nullptr).outputs();
}

Batch run_design(const Design& design, const Batch& inputs, StepObserver& observer) {
  return Run(design, inputs, &observer).outputs();
}

}  // namespace gatefold::hardware
