#include "gatefold/hardware/machine.h"

#include <algorithm>

#include "gatefold/hardware/evaluate.h"
#include "gatefold/support/interrupt.h"

namespace gatefold::hardware {
namespace {

using Word64 = std::int64_t;

constexpr std::size_t block = 128;  // steps evaluated at once
/// From an operation's words to the next one's: the words of one step are not all in one cache set.
constexpr std::size_t stride = block + 8;

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
      words_(process_.body.size() * stride),
      stores_(design, process_),
      taken_(process_.takes.size()),
      beats_(process_.takes.size(), std::vector<std::int32_t>(block)),
      counts_(process_.loops.size(), std::vector<Word64>(block)),
      give_steps_(process_.gives.size()) {
  for (const Take& take : process_.takes) take_whens_.push_back(cursor_.watch(take.when));
  for (const Give& give : process_.gives) give_whens_.push_back(cursor_.watch(give.when));
  classify();
}

void Machine::classify() {
  const auto reads = reads_of_stores(process_);
  const auto dependent = dependent_on(reads, process_);
  const auto decides = deciding(reads, process_);
  const auto place = [](ValueId id) { return static_cast<Place>(id.index) * Place{stride}; };
  for (std::size_t i = 0; i < process_.body.size(); ++i) {
    const ValueId id{static_cast<std::int32_t>(i)};
    const Kind& kind = process_.body[i].kind;
    if (is_write(kind)) writes_.push_back(compile_write(kind, id, place, stores_));
    if (!dependent[i])
      before_.push_back(step_of(id));
    else if (decides[i] || reads[i] || is_write(kind))
      serial_.push_back(compile_operation(process_, id, place, stores_));
    else
      after_.push_back(step_of(id));
  }
}

Machine::Step Machine::step_of(ValueId id) {
  Step step{id, &process_.operation(id).kind};
  for (const ValueId operand : operands(*step.kind))
    step.operands[step.operand_count++] = words_of(operand);
  step.words = words_of(id);
  return step;
}

Word64* Machine::words_of(ValueId id) {
  return words_.data() + static_cast<std::size_t>(id.index) * stride;
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
    const Word64* words = stores_.memories[static_cast<std::size_t>(read->memory.index)].data();
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
    Word64* words = words_.data() + lane;
    run_step(serial_, design_, process_, words);
    for (const StepWrite& write : writes_)
      if (Word64* word = write.target(words)) *word = words[write.word];
  }
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
