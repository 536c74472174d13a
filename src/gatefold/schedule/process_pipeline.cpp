#include "gatefold/schedule/process_pipeline.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "gatefold/hardware/evaluate.h"
#include "gatefold/schedule/cut.h"

namespace gatefold::schedule {

using namespace hardware;

namespace {

/// By operation: one more than the operands that stand in its stage.
std::vector<int> levels_in_stage(const Process& process, const std::vector<int>& stage) {
  std::vector<int> levels(process.body.size(), 0);
  for (std::size_t i = 0; i < levels.size(); ++i)
    for (const ValueId id : operands(process.body[i].kind)) {
      const auto operand = static_cast<std::size_t>(id.index);
      if (is_free_constant(process.body[operand])) continue;
      GATEFOLD_ASSERT(stage[operand] <= stage[i], "a word is read where no register holds it");
      if (stage[operand] == stage[i]) levels[i] = std::max(levels[i], levels[operand] + 1);
    }
  return levels;
}

/// Operations behind their operands, and those of one kind in a row, which is faster to evaluate.
std::vector<std::size_t> order_of(const Process& process, const std::vector<int>& levels) {
  std::vector<std::size_t> order(process.body.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(
      order, {}, [&](std::size_t i) { return std::pair(levels[i], process.body[i].kind.index()); });
  return order;
}

}  // namespace

ProcessPipeline::ProcessPipeline(const Design& design, const Process& process,
                                 const ProcessSchedule& schedule)
    : design_(design),
      process_(process),
      stores_(design, process),
      cursor_(process),
      stages_(static_cast<std::size_t>(schedule.stages)),
      registers_(stages_.size(),
                 {false, Words(process.body.size()), std::vector<char>(process.gives.size())}),
      offers_(process.gives.size()) {
  for (const Take& take : process.takes) take_whens_.push_back(cursor_.watch(take.when));
  for (const Give& give : process.gives) give_whens_.push_back(cursor_.watch(give.when));
  compile(schedule.stage);
}

void ProcessPipeline::compile(const std::vector<int>& stage) {
  const auto place = [](ValueId id) { return static_cast<Place>(id.index); };
  for (const std::size_t i : order_of(process_, levels_in_stage(process_, stage))) {
    const Operation& operation = process_.body[i];
    if (is_free_constant(operation)) {  // a literal in every stage
      for (Registers& registers : registers_) registers.words[i] = operation.range.low;
      continue;
    }
    const ValueId id{static_cast<std::int32_t>(i)};
    Stage& at = stages_[static_cast<std::size_t>(stage[i])];
    at.operations.push_back(compile_operation(process_, id, place, stores_));
    if (is_write(operation.kind))
      at.writes.push_back(compile_write(operation.kind, id, place, stores_));
    const bool begins = std::holds_alternative<Receive>(operation.kind) ||
                        std::holds_alternative<Counter>(operation.kind);
    GATEFOLD_ASSERT(!begins || stage[i] == 0, "beats and counts are those of the first stage");
  }
}

void ProcessPipeline::copy_beat(std::size_t give, std::vector<std::int64_t>& to) const {
  const Words& words = registers_.back().words;
  const auto& given = process_.gives[give].words;
  to.resize(given.size());
  for (std::size_t i = 0; i < given.size(); ++i)
    to[i] = words[static_cast<std::size_t>(given[i].index)];
}

void ProcessPipeline::advance(bool starts) {
  if (starts) start();
  for (std::size_t stage = stages_.size(); stage-- > 0;) load(stage, starts);
  for (const Write& write : writes_) *write.word = write.value;
  writes_.clear();
  const Registers& last = registers_.back();
  for (std::size_t g = 0; g < offers_.size(); ++g) offers_[g] = last.valid && last.gives[g];
  if (phase_ > 0) --phase_;
  if (!starts) return;
  phase_ = process_.interval - 1;
  cursor_.next();
}

/// The counts and beats of the step: zeros where it takes none.
void ProcessPipeline::start() {
  for (std::size_t loop = 0; loop < stores_.counts.size(); ++loop)
    stores_.counts[loop] = cursor_.count(static_cast<int>(loop));
  for (std::size_t t = 0; t < take_whens_.size(); ++t)
    if (!wants(t)) std::ranges::fill(stores_.beats[t], 0);
}

/// The registers behind a stage take what it computes on those before it; the last stage comes
/// first, so each finds the old words.
void ProcessPipeline::load(std::size_t stage, bool starts) {
  Registers& registers = registers_[stage];
  registers.valid = stage == 0 ? starts : registers_[stage - 1].valid;
  if (!registers.valid) return;
  if (stage > 0) {
    std::swap(registers.words, registers_[stage - 1].words);
    registers.gives = registers_[stage - 1].gives;
  } else {
    for (std::size_t g = 0; g < give_whens_.size(); ++g)
      registers.gives[g] = cursor_.holds(give_whens_[g]);
  }
  std::int64_t* words = registers.words.data();
  run_step(stages_[stage].operations, design_, process_, words);
  for (const StepWrite& write : stages_[stage].writes)
    if (std::int64_t* word = write.target(words)) writes_.push_back({word, words[write.word]});
}

}  // namespace gatefold::schedule
