#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "gatefold/hardware/design.h"
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
  enum class Role { Compute, ReadState, ReadMemory, Write };
  struct Step {
    ValueId id;
    const Kind* kind = nullptr;
    Role role = Role::Compute;
    std::size_t store = 0;  // state or memory, of a read or write
    // By step: of a memory, of a write that has one, and what a write writes.
    const std::int64_t *address = nullptr, *enable = nullptr, *written = nullptr;
    std::array<const std::int64_t*, 3> operands{};
    std::size_t operand_count = 0;
    std::int64_t* words = nullptr;
    std::int64_t low = 0, high = 0, grid = 0;  // of the range
  };

  void classify();
  Step step_of(ValueId id);
  void set_role(Step& step);
  const std::int64_t* words_or_none(ValueId id) { return id.valid() ? words_of(id) : nullptr; }
  std::size_t ready_steps();
  bool beats_are_there();
  void record(std::size_t lane);
  void evaluate(const Step& step);
  void receive(const Receive& receive, const Step& step);
  void fire_serially();
  std::int64_t word_at(const Step& step, std::size_t lane) const;
  void write(const Step& step, std::size_t lane);
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
  std::size_t steps_ = 0;                      // of this firing
  std::vector<std::int64_t> words_;            // by operation, then by step
  std::vector<Step> before_, serial_, after_;  // what does not depend on stores; what decides them
  std::vector<Step> writes_;
  std::vector<std::int64_t> states_;
  std::vector<std::vector<std::int64_t>> memories_;
  std::vector<std::size_t> take_whens_, give_whens_;
  std::vector<std::size_t> taken_;                     // beats of this firing, by take
  std::vector<std::vector<std::int32_t>> beats_;       // by take, by step: which beat, or -1
  std::vector<std::vector<std::int64_t>> counts_;      // by loop, by step
  std::vector<std::vector<std::int32_t>> give_steps_;  // by give: the steps that give
};

}  // namespace gatefold::hardware
