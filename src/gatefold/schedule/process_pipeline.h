#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "gatefold/hardware/design.h"
#include "gatefold/hardware/step_cursor.h"
#include "gatefold/schedule/schedule.h"

namespace gatefold::schedule {

/// The registers of one process as the emitted text has them. `wants` and `offers` say what
/// the process asks for and shows in a cycle; `leave` and `advance` are its rising edge.
class ProcessPipeline {
 public:
  using Beat = std::vector<std::int64_t>;

  ProcessPipeline(const hardware::Design& design, const hardware::Process& process,
                  const ProcessSchedule& schedule);

  const hardware::Process& process() const { return process_; }
  /// Whether a step may start by its interval.
  bool may_start() const { return phase_ == 0; }
  /// Whether the next step takes a beat by this take.
  bool wants(std::size_t take) const { return cursor_.holds(take_whens_[take]); }
  /// Whether the output register of this give holds a beat.
  bool offers(std::size_t give) const { return offers_[give] != 0; }
  Beat beat(std::size_t give) const;

  /// A beat leaves its output register in this cycle.
  void leave(std::size_t give) { offers_[give] = 0; }
  /// All registers load. `beats`, by take, belong to the step that starts; null: none does.
  void advance(const std::vector<Beat>* beats);

 private:
  using Words = std::vector<std::optional<std::int64_t>>;
  struct Write {
    std::int64_t* word;
    std::int64_t value;
  };

  void load(std::size_t stage, const std::vector<Beat>* beats);
  void compute(std::size_t stage, const std::vector<Beat>* beats);
  std::int64_t value(const Words& words, std::size_t i, const std::vector<Beat>* beats);
  std::int64_t pure_value(const Words& words, std::size_t i) const;
  std::int64_t received(const hardware::Receive& receive, const std::vector<Beat>& beats) const;
  std::int64_t read(const Words& words, hardware::ValueId id) const;
  void write(const Words& words, const hardware::Kind& kind);

  const hardware::Design& design_;
  const hardware::Process& process_;
  std::vector<std::vector<std::size_t>> computes_, ends_;  // by stage: values born, last read
  hardware::StepCursor cursor_;
  std::vector<std::size_t> take_whens_, give_whens_;
  int phase_ = 0;                         // cycles until a step may start
  std::vector<char> valid_;               // behind each stage
  std::vector<Words> registers_;          // behind each stage
  std::vector<std::vector<char>> gives_;  // behind each stage, by give
  std::vector<char> offers_;              // by give
  std::vector<std::int64_t> states_;
  std::vector<std::vector<std::int64_t>> memories_;
  std::vector<Write> writes_;  // of this edge
};

}  // namespace gatefold::schedule
