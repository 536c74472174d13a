#include "gatefold/hardware/machine.h"

#include <algorithm>

#include "gatefold/hardware/evaluate.h"
#include "gatefold/support/interrupt.h"

namespace gatefold::hardware {
namespace {

using Word64 = std::int64_t;

constexpr std::size_t block = 128;  // steps evaluated at once

bool is_write(const Kind& kind) {
  return std::holds_alternative<WriteState>(kind) || std::holds_alternative<WriteMemory>(kind);
}

/// The operations that read what a store holds; a memory that nothing writes is a table.
std::vector<char> reads_of_stores(const Process& process) {
  std::vector<char> written(process.memories.size(), 0), reads;
  for (const Operation& operation : process.body)
    if (const auto* write = std::get_if<WriteMemory>(&operation.kind))
      written[static_cast<std::size_t>(write->memory.index)] = 1;
  for (const Operation& operation : process.body) {
    const auto* read = std::get_if<ReadMemory>(&operation.kind);
    reads.push_back(std::holds_alternative<ReadState>(operation.kind) ||
                    (read != nullptr && written[static_cast<std::size_t>(read->memory.index)]));
  }
  return reads;
}

/// The operations whose words depend on what a store holds.
std::vector<char> dependent_on(std::vector<char> reads, const Process& process) {
  for (std::size_t i = 0; i < process.body.size(); ++i)
    for (const ValueId id : operands(process.body[i].kind))
      reads[i] |= reads[static_cast<std::size_t>(id.index)];
  return reads;
}

/// The operations that decide which word of a store is read, or what is written.
std::vector<char> deciding(const std::vector<char>& reads, const Process& process) {
  std::vector<char> decides(process.body.size(), 0);
  for (std::size_t i = process.body.size(); i-- > 0;) {
    const Kind& kind = process.body[i].kind;
    if (!decides[i] && !is_write(kind) && !reads[i]) continue;
    for (const ValueId id : operands(kind)) decides[static_cast<std::size_t>(id.index)] = 1;
  }
  return decides;
}

}  // namespace

void BeatQueue::take(std::size_t beats) {
  taken_ += beats;
  const std::size_t words = taken_ * width_;
  if (words < words_.size() && words < std::max<std::size_t>(words_.size() / 2, 1 << 16)) return;
  words_.erase(words_.begin(), words_.begin() + static_cast<std::ptrdiff_t>(words));
  taken_ = 0;
}

Machine::Machine(const Design& design, std::size_t process, std::vector<BeatQueue>& queues,
                 StepObserver* observer)
    : design_(design),
      index_(process),
      process_(design.processes[process]),
      queues_(queues),
      observer_(observer),
      cursor_(process_),
      words_(process_.body.size() * block),
      taken_(process_.takes.size()),
      beats_(process_.takes.size(), std::vector<std::int32_t>(block)),
      counts_(process_.loops.size(), std::vector<Word64>(block)),
      give_steps_(process_.gives.size()) {
  for (const State& state : process_.states) states_.push_back(state.initial);
  for (const Memory& memory : process_.memories) memories_.push_back(memory.initial);
  for (const Take& take : process_.takes) take_whens_.push_back(cursor_.watch(take.when));
  for (const Give& give : process_.gives) give_whens_.push_back(cursor_.watch(give.when));
  classify();
}

void Machine::classify() {
  const auto reads = reads_of_stores(process_);
  const auto dependent = dependent_on(reads, process_);
  const auto decides = deciding(reads, process_);
  for (std::size_t i = 0; i < process_.body.size(); ++i) {
    const Step step = step_of({static_cast<std::int32_t>(i)});
    if (is_write(*step.kind)) writes_.push_back(step);
    if (!dependent[i])
      before_.push_back(step);
    else
      (decides[i] || reads[i] || is_write(*step.kind) ? serial_ : after_).push_back(step);
  }
}

Machine::Step Machine::step_of(ValueId id) {
  const Operation& operation = process_.operation(id);
  Step step{id, &operation.kind};
  for (const ValueId operand : operands(operation.kind))
    step.operands[step.operand_count++] = words_of(operand);
  step.words = words_of(id);
  step.low = operation.range.low;
  step.high = operation.range.high;
  step.grid = operation.range.is_constant() ? 0 : (Word64{1} << operation.range.zeros) - 1;
  set_role(step);
  return step;
}

void Machine::set_role(Step& step) {
  const auto access = [&](Role role, std::int32_t store) {
    step.role = role;
    step.store = static_cast<std::size_t>(store);
  };
  if (const auto* state = std::get_if<ReadState>(step.kind)) {
    access(Role::ReadState, state->state.index);
  } else if (const auto* memory = std::get_if<ReadMemory>(step.kind)) {
    access(Role::ReadMemory, memory->memory.index);
    step.address = words_of(memory->address);
  } else if (const auto* to_state = std::get_if<WriteState>(step.kind)) {
    access(Role::Write, to_state->state.index);
    step.written = words_of(to_state->a);
    step.enable = words_or_none(to_state->enable);
  } else if (const auto* to_memory = std::get_if<WriteMemory>(step.kind)) {
    access(Role::Write, to_memory->memory.index);
    step.written = words_of(to_memory->a);
    step.address = words_of(to_memory->address);
    step.enable = words_or_none(to_memory->enable);
  }
}

Word64* Machine::words_of(ValueId id) {
  return words_.data() + static_cast<std::size_t>(id.index) * block;
}

std::int64_t Machine::fire() {
  std::int64_t fired = 0;
  while (left_ > 0 && !interrupted()) {
    steps_ = ready_steps();
    if (steps_ == 0) break;
    for (const Step& step : before_) evaluate(step);
    if (!serial_.empty() || !writes_.empty()) fire_serially();
    for (const Step& step : after_) evaluate(step);
    for (std::size_t t = 0; t < taken_.size(); ++t)
      queue_of(process_.takes[t].channel).take(taken_[t]);
    give();
    for (std::size_t i = 0; observer_ != nullptr && i < process_.body.size(); ++i) {
      const ValueId id{static_cast<std::int32_t>(i)};
      observer_->see(index_, id, {words_of(id), steps_});
    }
    left_ -= static_cast<Word64>(steps_);
    fired += static_cast<Word64>(steps_);
  }
  return fired;
}

/// The next steps whose beats are all there, at most one block.
std::size_t Machine::ready_steps() {
  std::ranges::fill(taken_, 0);
  for (auto& steps : give_steps_) steps.clear();
  const std::size_t most = std::min(block, static_cast<std::size_t>(left_));
  for (std::size_t lane = 0; lane < most; ++lane) {
    if (!beats_are_there()) return lane;
    record(lane);
    cursor_.next();
  }
  return most;
}

bool Machine::beats_are_there() {
  for (std::size_t t = 0; t < taken_.size(); ++t)
    if (cursor_.holds(take_whens_[t]) && queue_of(process_.takes[t].channel).beats() == taken_[t])
      return false;
  return true;
}

/// What the step takes, counts and gives.
void Machine::record(std::size_t lane) {
  for (std::size_t t = 0; t < taken_.size(); ++t)
    beats_[t][lane] = cursor_.holds(take_whens_[t]) ? static_cast<std::int32_t>(taken_[t]++) : -1;
  for (std::size_t loop = 0; loop < counts_.size(); ++loop)
    counts_[loop][lane] = cursor_.count(static_cast<int>(loop));
  for (std::size_t g = 0; g < give_steps_.size(); ++g)
    if (cursor_.holds(give_whens_[g])) give_steps_[g].push_back(static_cast<std::int32_t>(lane));
}

/// An operation at all steps.
void Machine::evaluate(const Step& step) {
  const std::span<Word64> result{step.words, steps_};
  if (const auto* k = std::get_if<Receive>(step.kind)) {
    receive(*k, step);
  } else if (const auto* counter = std::get_if<Counter>(step.kind)) {
    std::copy_n(counts_[static_cast<std::size_t>(counter->loop)].begin(), steps_, step.words);
  } else if (const auto* read = std::get_if<ReadMemory>(step.kind)) {
    const Word64* words = memories_[static_cast<std::size_t>(read->memory.index)].data();
    for (std::size_t i = 0; i < steps_; ++i) step.words[i] = words[step.operands[0][i]];
  } else {
    evaluate_operation(*step.kind, process_, {step.operands.data(), step.operand_count}, result);
  }
  check_range(design_, process_, step.id, result);
}

void Machine::receive(const Receive& receive, const Step& step) {
  const auto take = std::ranges::find(process_.takes, receive.channel, &Take::channel);
  const auto& beats = beats_[static_cast<std::size_t>(take - process_.takes.begin())];
  const BeatQueue& queue = queue_of(receive.channel);
  for (std::size_t i = 0; i < steps_; ++i)
    step.words[i] = beats[i] < 0 ? 0 : queue.beat(static_cast<std::size_t>(beats[i]))[receive.word];
}

void Machine::fire_serially() {
  for (std::size_t lane = 0; lane < steps_; ++lane) {
    for (const Step& step : serial_) {
      const Word64 word = word_at(step, lane);
      step.words[lane] = word;
      if (word < step.low || word > step.high || (word & step.grid) != 0)
        check_range(design_, process_, step.id, {&word, 1});
    }
    for (const Step& step : writes_) write(step, lane);
  }
}

Word64 Machine::word_at(const Step& step, std::size_t lane) const {
  switch (step.role) {
    case Role::ReadState:
      return states_[step.store];
    case Role::ReadMemory:
      return memories_[step.store][static_cast<std::size_t>(step.address[lane])];
    case Role::Write:
      return step.written[lane];
    case Role::Compute:
      break;
  }
  std::array<const Word64*, 3> operands{};
  for (std::size_t i = 0; i < step.operand_count; ++i) operands[i] = step.operands[i] + lane;
  Word64 result = 0;
  evaluate_operation(*step.kind, process_, {operands.data(), step.operand_count}, {&result, 1});
  return result;
}

void Machine::write(const Step& step, std::size_t lane) {
  if (step.enable != nullptr && step.enable[lane] == 0) return;
  if (step.address == nullptr)
    states_[step.store] = step.words[lane];
  else
    memories_[step.store][static_cast<std::size_t>(step.address[lane])] = step.words[lane];
}

void Machine::give() {
  for (std::size_t g = 0; g < give_steps_.size(); ++g) {
    const Give& give = process_.gives[g];
    BeatQueue& queue = queue_of(give.channel);
    for (const std::int32_t lane : give_steps_[g])
      for (const ValueId word : give.words) queue.push(words_of(word)[lane]);
  }
}

}  // namespace gatefold::hardware
