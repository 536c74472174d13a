#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gatefold/hardware/design.h"
#include "gatefold/hardware/step_code.h"
#include "gatefold/hardware/step_cursor.h"
#include "gatefold/schedule/schedule.h"

namespace gatefold::schedule {

/// The registers of one process as the emitted text has them. `wants` and `offers` say what
/// the process asks for and shows in a cycle; `leave` and `advance` are its rising edge.
class ProcessPipeline {
 public:
  /// Aborts when an operation reads a word that is computed in a later stage.
  ProcessPipeline(const hardware::Design& design, const hardware::Process& process,
                  const ProcessSchedule& schedule);

  /// Whether a step may start by its interval.
  bool may_start() const { return phase_ == 0; }
  /// Whether the next step takes a beat by this take.
  bool wants(std::size_t take) const { return cursor_.holds(take_whens_[take]); }
  /// Whether the output register of this give holds a beat.
  bool offers(std::size_t give) const { return offers_[give] != 0; }
  /// Copies the beat in the output register.
  void copy_beat(std::size_t give, std::vector<std::int64_t>& to) const;

  /// A beat leaves its output register in this cycle.
  void leave(std::size_t give) { offers_[give] = 0; }
  /// Where the beat goes that the next step takes, when it wants one.
  std::vector<std::int64_t>& taken(std::size_t take) { return stores_.beats[take]; }
  /// All registers load; a step starts or none does.
  void advance(bool starts);

 private:
  using Words = std::vector<std::int64_t>;
  struct Stage {
    std::vector<hardware::StepOperation> operations;
    std::vector<hardware::StepWrite> writes;
  };
  /// The registers behind a stage.
  struct Registers {
    bool valid = false;
    Words words;              // by ValueId
    std::vector<char> gives;  // by give
  };
  struct Write {
    std::int64_t* word;
    std::int64_t value;
  };

  void compile(const std::vector<int>& stage);
  void start();
  void load(std::size_t stage, bool starts);

  const hardware::Design& design_;
  const hardware::Process& process_;
  hardware::StepStores stores_;
  hardware::StepCursor cursor_;
  std::vector<std::size_t> take_whens_, give_whens_;
  int phase_ = 0;  // cycles until a step may start
  std::vector<Stage> stages_;
  std::vector<Registers> registers_;  // by stage
  std::vector<char> offers_;          // by give
  std::vector<Write> writes_;         // of this edge
};

}  // namespace gatefold::schedule
