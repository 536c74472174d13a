#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "gatefold/hardware/design.h"
#include "gatefold/hardware/step_code.h"
#include "gatefold/hardware/step_cursor.h"

// One process of the interpreter of designs.
namespace gatefold::hardware {

/// A channel's beats, end to end; those that were taken are gone.
class BeatQueue {
 public:
  explicit BeatQueue(std::size_t width) : width_(width) {}

  std::size_t beats() const { return words_.size() / width_ - taken_; }
  const std::int64_t* beat(std::size_t i) const { return words_.data() + (taken_ + i) * width_; }
  void push(std::int64_t word) { words_.push_back(word); }
  void take(std::size_t beats);
  std::vector<std::int64_t>& words() { return words_; }

 private:
  std::size_t width_;
  std::vector<std::int64_t> words_;
  std::size_t taken_ = 0;
};

/// Sees the words of every step, in order, some steps at a time.
class StepObserver {
 public:
  virtual ~StepObserver() = default;
  /// `words` has the words of an operation at consecutive steps of a process.
  virtual void see(std::size_t process, ValueId id, std::span<const std::int64_t> words) = 0;
};

/// As the run_design of design.h; the observer sees every word of every step.
Batch run_design(const Design& design, const Batch& inputs, StepObserver& observer);

/// A process that fires as soon as its beats are there. It evaluates an operation at many steps at
/// once; only what decides a store's words from words that it held goes step by step.
class Machine {
 public:
  Machine(const Design& design, std::size_t process, std::vector<BeatQueue>& queues,
          StepObserver* observer);

  /// Lets it fire so many more inferences.
  void allow(std::int64_t inferences) { left_ += inferences * process_.steps(); }
  bool finished() const { return left_ == 0; }
  /// Fires as many steps as the beats allow; their number.
  std::int64_t fire();

 private:
  /// An operation on the words of all steps at once.
  struct Step {
    ValueId id;
    const Kind* kind = nullptr;
    std::array<const std::int64_t*, 3> operands{};
    std::size_t operand_count = 0;
    std::int64_t* words = nullptr;
  };

  void classify();
  Step step_of(ValueId id);
  std::size_t ready_steps();
  bool beats_are_there();
  void record(std::size_t lane);
  void evaluate(const Step& step);
  void receive(const Receive& receive, const Step& step);
  void fire_serially();
  void give();

  std::int64_t* words_of(ValueId id);
  BeatQueue& queue_of(ChannelId id) { return queues_[static_cast<std::size_t>(id.index)]; }

  const Design& design_;
  std::size_t index_;
  const Process& process_;
  std::vector<BeatQueue>& queues_;
  StepObserver* observer_;
  StepCursor cursor_;
  std::int64_t left_ = 0;
  std::size_t steps_ = 0;            // of this firing
  std::vector<std::int64_t> words_;  // by operation, then by step
  StepStores stores_;
  std::vector<Step> before_, after_;   // what does not depend on stores; what does not decide them
  std::vector<StepOperation> serial_;  // what decides them
  std::vector<StepWrite> writes_;
  std::vector<std::size_t> take_whens_, give_whens_;
  std::vector<std::size_t> taken_;                     // beats of this firing, by take
  std::vector<std::vector<std::int32_t>> beats_;       // by take, by step: which beat, or -1
  std::vector<std::vector<std::int64_t>> counts_;      // by loop, by step
  std::vector<std::vector<std::int32_t>> give_steps_;  // by give: the steps that give
};

}  // namespace gatefold::hardware
