#include "gatefold/schedule/cycle_simulator.h"

#include <optional>

#include "gatefold/hardware/evaluate.h"
#include "gatefold/support/interrupt.h"
#include "gatefold/support/progress.h"

namespace gatefold::schedule {
namespace {

using namespace hardware;
using Word64 = std::int64_t;

/// The words of one inference in a stage: those that registers or the stage's operations hold.
using Words = std::vector<std::optional<Word64>>;

class Pipeline {
 public:
  Pipeline(const Design& design, const Schedule& schedule, const Batch& inputs)
      : design_(design),
        process_(design.processes.front()),
        schedule_(schedule.processes.front()),
        inputs_(inputs),
        valid_(static_cast<std::size_t>(schedule_.stages), false),
        registers_(static_cast<std::size_t>(schedule_.stages)),
        last_read_(last_reads(process_, schedule_.stage, schedule_.stages)) {
    GATEFOLD_ASSERT(design.processes.size() == 1 && process_.is_parallel(),
                    "the cycle simulator runs one fully parallel process");
    for (const Port& port : design.inputs) samples_ = inputs.at(port.name).shape[0];
    for (const Port& port : design.outputs)
      trace_.outputs[port.name] = {{samples_, numeric::element_count(port.shape)}, {}};
  }

  bool finished() const { return static_cast<Word64>(trace_.out.size()) == samples_; }

  /// One rising edge; false when no beat moved.
  bool clock(Word64 cycle, const Traffic& traffic) {
    const bool leaves = valid_.back() && traffic.takes(cycle);
    const bool advance = !valid_.back() || leaves;
    const auto next = static_cast<Word64>(trace_.in.size());
    const bool enters = advance && next < samples_ && traffic.offers(cycle);
    if (leaves) give(cycle);
    if (advance) shift(enters, next);
    if (enters) trace_.in.push_back(cycle);
    return leaves || enters;
  }

  CycleTrace trace() && { return std::move(trace_); }

 private:
  /// Every stage computes on its registers; the results are what the next registers load.
  void shift(bool enters, Word64 sample) {
    for (std::size_t s = registers_.size(); s-- > 0;) {
      const bool holds = s == 0 ? enters : valid_[s - 1];
      Words words = s == 0 ? Words(process_.body.size()) : std::move(registers_[s - 1]);
      if (holds) compute(words, static_cast<int>(s), sample);
      registers_[s] = std::move(words);
      valid_[s] = holds;
    }
  }

  void compute(Words& words, int stage, Word64 sample) {
    for (std::size_t i = 0; i < words.size(); ++i)
      if (schedule_.stage[i] == stage) words[i] = value(words, i, sample);
    for (std::size_t i = 0; i < words.size(); ++i)
      if (last_read_[i] <= stage && !constant(i))
        words[i].reset();  // no register behind this stage
  }

  bool constant(std::size_t i) const { return process_.body[i].range.is_constant(); }

  /// The word of an operand; a constant is a literal in every stage.
  Word64 read(const Words& words, ValueId id) const {
    const auto i = static_cast<std::size_t>(id.index);
    if (constant(i)) return process_.body[i].range.low;
    GATEFOLD_ASSERT(words[i].has_value(), "a word is read where no register holds it");
    return *words[i];
  }

  Word64 value(const Words& words, std::size_t i, Word64 sample) const {
    const Operation& operation = process_.body[i];
    if (constant(i)) return operation.range.low;
    if (const auto* k = std::get_if<Receive>(&operation.kind)) return received(*k, sample);
    std::vector<Word64> in;
    for (const ValueId id : operands(operation.kind)) in.push_back(read(words, id));
    const Word64 result = evaluate_operation(operation.kind, process_, in);
    check_range(design_, process_, {static_cast<std::int32_t>(i)}, {&result, 1});
    return result;
  }

  Word64 received(const Receive& k, Word64 sample) const {
    for (const Port& port : design_.inputs) {
      if (port.channel != k.channel) continue;
      const auto& tensor = inputs_.at(port.name);
      return tensor[sample * tensor.shape[1] + k.word];
    }
    GATEFOLD_ASSERT(false, "a channel without a port");
    return 0;
  }

  void give(Word64 cycle) {
    trace_.out.push_back(cycle);
    for (const Port& port : design_.outputs)
      for (const Give& give : process_.gives)
        if (give.channel == port.channel)
          for (const ValueId word : give.words)
            trace_.outputs[port.name].data.push_back(read(registers_.back(), word));
  }

  const Design& design_;
  const Process& process_;
  const ProcessSchedule& schedule_;
  const Batch& inputs_;
  Word64 samples_ = 0;
  std::vector<bool> valid_;       // behind each stage
  std::vector<Words> registers_;  // behind each stage
  std::vector<int> last_read_;    // by value: the last stage that reads it
  CycleTrace trace_;
};

}  // namespace

CycleTrace simulate(const Design& design, const Schedule& schedule, const Batch& inputs,
                    const Traffic& traffic, std::int64_t patience) {
  Pipeline pipeline(design, schedule, inputs);
  std::int64_t idle = 0;
  Progress progress("simulate: cycles", 0, ProgressStyle::counted());
  for (std::int64_t cycle = 0; !pipeline.finished() && !interrupted(); ++cycle) {
    progress.advance();
    idle = pipeline.clock(cycle, traffic) ? 0 : idle + 1;
    GATEFOLD_ASSERT(idle <= patience, "the pipeline stands still");
  }
  return std::move(pipeline).trace();
}

}  // namespace gatefold::schedule
