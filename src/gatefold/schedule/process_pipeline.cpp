#include "gatefold/schedule/process_pipeline.h"

#include <algorithm>

#include "gatefold/hardware/evaluate.h"
#include "gatefold/schedule/cut.h"

namespace gatefold::schedule {

using namespace hardware;
using Word64 = std::int64_t;

ProcessPipeline::ProcessPipeline(const Design& design, const Process& process,
                                 const ProcessSchedule& schedule)
    : design_(design), process_(process), cursor_(process) {
  const auto stages = static_cast<std::size_t>(schedule.stages);
  computes_.resize(stages);
  ends_.resize(stages + 1);
  const auto last = last_reads(process, schedule.stage, schedule.stages);
  for (std::size_t i = 0; i < process.body.size(); ++i) {
    if (is_free_constant(process.body[i])) continue;
    computes_[static_cast<std::size_t>(schedule.stage[i])].push_back(i);
    ends_[static_cast<std::size_t>(last[i])].push_back(i);
  }
  for (const Take& take : process.takes) take_whens_.push_back(cursor_.watch(take.when));
  for (const Give& give : process.gives) give_whens_.push_back(cursor_.watch(give.when));
  valid_.resize(stages);
  registers_.resize(stages, Words(process.body.size()));
  gives_.resize(stages, std::vector<char>(process.gives.size()));
  offers_.resize(process.gives.size());
  for (const State& state : process.states) states_.push_back(state.initial);
  for (const Memory& memory : process.memories) memories_.push_back(memory.initial);
}

ProcessPipeline::Beat ProcessPipeline::beat(std::size_t give) const {
  Beat words;
  for (const ValueId word : process_.gives[give].words)
    words.push_back(read(registers_.back(), word));
  return words;
}

void ProcessPipeline::advance(const std::vector<Beat>* beats) {
  for (std::size_t stage = registers_.size(); stage-- > 0;) load(stage, beats);
  for (const Write& write : writes_) *write.word = write.value;
  writes_.clear();
  for (std::size_t g = 0; g < offers_.size(); ++g) offers_[g] = valid_.back() && gives_.back()[g];
  if (phase_ > 0) --phase_;
  if (beats == nullptr) return;
  phase_ = process_.interval - 1;
  cursor_.next();
}

/// The registers behind a stage take what it computes on those before it; the last stage comes
/// first, so each finds the old words.
void ProcessPipeline::load(std::size_t stage, const std::vector<Beat>* beats) {
  valid_[stage] = stage == 0 ? beats != nullptr : valid_[stage - 1];
  if (!valid_[stage]) return;
  if (stage > 0) {
    std::swap(registers_[stage], registers_[stage - 1]);
    gives_[stage] = gives_[stage - 1];
  } else {
    std::ranges::fill(registers_[0], std::nullopt);
    for (std::size_t g = 0; g < give_whens_.size(); ++g)
      gives_[0][g] = cursor_.holds(give_whens_[g]);
  }
  compute(stage, beats);
}

void ProcessPipeline::compute(std::size_t stage, const std::vector<Beat>* beats) {
  Words& words = registers_[stage];
  for (const std::size_t i : computes_[stage]) words[i] = value(words, i, beats);
  for (const std::size_t i : computes_[stage]) write(words, process_.body[i].kind);
  for (const std::size_t i : ends_[stage]) words[i].reset();  // no register behind this stage
}

Word64 ProcessPipeline::value(const Words& words, std::size_t i, const std::vector<Beat>* beats) {
  const Kind& kind = process_.body[i].kind;
  if (const auto* k = std::get_if<Receive>(&kind)) return received(*k, *beats);
  if (const auto* k = std::get_if<Counter>(&kind)) return cursor_.count(k->loop);
  if (const auto* k = std::get_if<ReadState>(&kind))
    return states_[static_cast<std::size_t>(k->state.index)];
  if (const auto* k = std::get_if<ReadMemory>(&kind))
    return memories_[static_cast<std::size_t>(k->memory.index)]
                    [static_cast<std::size_t>(read(words, k->address))];
  return pure_value(words, i);
}

Word64 ProcessPipeline::pure_value(const Words& words, std::size_t i) const {
  const Operation& operation = process_.body[i];
  std::vector<Word64> in;
  for (const ValueId id : operands(operation.kind)) in.push_back(read(words, id));
  const Word64 result = evaluate_operation(operation.kind, process_, in);
  check_range(design_, process_, {static_cast<std::int32_t>(i)}, {&result, 1});
  return result;
}

Word64 ProcessPipeline::received(const Receive& receive, const std::vector<Beat>& beats) const {
  const auto take = std::ranges::find(process_.takes, receive.channel, &Take::channel);
  const Beat& beat = beats[static_cast<std::size_t>(take - process_.takes.begin())];
  return beat.empty() ? 0 : beat[static_cast<std::size_t>(receive.word)];
}

/// The word of an operand; a constant is a literal in every stage.
Word64 ProcessPipeline::read(const Words& words, ValueId id) const {
  const auto i = static_cast<std::size_t>(id.index);
  if (is_free_constant(process_.body[i])) return process_.body[i].range.low;
  GATEFOLD_ASSERT(words[i].has_value(), "a word is read where no register holds it");
  return *words[i];
}

/// What a store holds from this edge on.
void ProcessPipeline::write(const Words& words, const Kind& kind) {
  const auto enabled = [&](ValueId enable) { return !enable.valid() || read(words, enable) != 0; };
  if (const auto* k = std::get_if<WriteState>(&kind); k && enabled(k->enable))
    writes_.push_back({&states_[static_cast<std::size_t>(k->state.index)], read(words, k->a)});
  if (const auto* k = std::get_if<WriteMemory>(&kind); k && enabled(k->enable))
    writes_.push_back({&memories_[static_cast<std::size_t>(k->memory.index)]
                                 [static_cast<std::size_t>(read(words, k->address))],
                       read(words, k->a)});
}

}  // namespace gatefold::schedule
