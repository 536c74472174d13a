#include "gatefold/schedule/execution.h"

#include <algorithm>
#include <fmt/core.h>
#include <optional>
#include <utility>

#include "gatefold/hardware/step_cursor.h"
#include "gatefold/schedule/time_ring.h"
#include "gatefold/support/interrupt.h"

namespace gatefold::schedule {
namespace {

using namespace hardware;
using Cycle = std::int64_t;

constexpr int outside = -1;         // the giver or taker of a port
constexpr Cycle patience = 100000;  // cycles without a willing outside

/// The room that a FIFO's beats take from cycle to cycle, as far as both its ends are known.
class Occupancy {
 public:
  explicit Occupancy(std::int64_t initial) : count_(initial), peak_(initial) {}

  void push(Cycle cycle) { pushes_.push(cycle), merge(); }
  void pop(Cycle cycle) { pops_.push(cycle), merge(); }
  std::int64_t peak() const { return std::max(peak_, count_ + pushes_.size()); }

 private:
  /// A beat that leaves makes no room for one that comes in the same cycle.
  void merge() {
    while (!pushes_.empty() && !pops_.empty()) {
      const bool leaves = pops_.front() < pushes_.front();
      count_ += leaves ? -1 : 1;
      (leaves ? pops_ : pushes_).pop();
      peak_ = std::max(peak_, count_);
    }
  }

  std::int64_t count_, peak_;
  TimeRing pushes_, pops_;
};

struct Link {
  std::int64_t depth = unbounded;
  int giver = outside, taker = outside;
  std::size_t port = 0;     // of an input or output
  std::int64_t pushed = 0;  // beats offered to the taker, with the initial ones
  TimeRing offered;         // the cycle from which each of them can be taken
  std::int64_t taken = 0;   // beats
  TimeRing takes;           // the cycles of the last takes
  std::optional<Occupancy> occupancy;

  void take(Cycle cycle) {
    takes.push(cycle);
    if (takes.size() > std::max<std::int64_t>(depth, 1)) takes.pop();
    ++taken;
    if (occupancy) occupancy->pop(cycle);
  }
};

/// The processes that may go on, each once.
class Agenda {
 public:
  explicit Agenda(std::size_t processes) : listed_(processes, 0) {}

  void add(int process) {
    if (process == outside || listed_[static_cast<std::size_t>(process)]) return;
    listed_[static_cast<std::size_t>(process)] = 1;
    open_.push_back(process);
  }
  std::vector<int> take() {
    std::ranges::fill(listed_, 0);
    return std::exchange(open_, {});
  }

 private:
  std::vector<int> open_;
  std::vector<char> listed_;
};

/// What a process is waiting for.
struct Wait {
  ChannelId channel;
  bool for_room = false;
};

/// One process. A step that fires in local cycle t has its beats in the output registers in local
/// cycle t + stages; local time stands still while a beat waits there.
class Worker {
 public:
  Worker(const Process& process, int stages, const ExecutionPlan& plan, std::vector<Link>& links,
         Agenda& agenda, Execution& result)
      : process_(process),
        stages_(stages),
        plan_(plan),
        links_(links),
        agenda_(agenda),
        result_(result),
        cursor_(process),
        steps_(process.steps()),
        left_(plan.inferences * steps_),
        ready_(-process.interval) {
    for (const Take& take : process.takes) take_whens_.push_back(cursor_.watch(take.when));
    for (const Give& give : process.gives) give_whens_.push_back(cursor_.watch(give.when));
    due_.resize(process.gives.size());
    leaves_.resize(process.gives.size());
    offers_.resize(process.gives.size());
    pass_silent_steps();
  }

  /// Goes on as far as what is known allows.
  void run(std::vector<Cycle>* fired) {
    while (fire(fired)) {
    }
    while (!pending_.empty() && leave()) {
    }
  }

  bool finished() const { return left_ == 0 && pending_.empty(); }
  std::optional<Wait> wait() const { return wait_; }

 private:
  Link& link(ChannelId id) { return links_[static_cast<std::size_t>(id.index)]; }
  bool wait_for(ChannelId channel, bool for_room) {
    wait_ = {channel, for_room};
    return false;
  }

  /// The first cycle at which every beat of the next step is offered, as far as that is known.
  std::optional<Cycle> beats_offered() {
    Cycle cycle = inference_ * plan_.spacing + step_ * process_.interval;
    for (std::size_t t = 0; t < take_whens_.size(); ++t) {
      if (!cursor_.holds(take_whens_[t])) continue;
      const Link& from = link(process_.takes[t].channel);
      if (from.giver == outside) continue;
      if (from.offered.empty()) {
        wait_for(process_.takes[t].channel, false);
        return std::nullopt;
      }
      cycle = std::max(cycle, from.offered.front());
    }
    return cycle;
  }

  bool inputs_willing(Cycle cycle) {
    if (plan_.traffic == nullptr || !plan_.traffic->offers) return true;
    for (std::size_t t = 0; t < take_whens_.size(); ++t) {
      const Link& from = link(process_.takes[t].channel);
      if (from.giver != outside || !cursor_.holds(take_whens_[t])) continue;
      if (!plan_.traffic->offers(from.port, cycle)) return false;
    }
    return true;
  }

  /// The next step, if its cycle is known.
  bool fire(std::vector<Cycle>* fired) {
    if (left_ == 0) return false;
    const auto offered = beats_offered();
    if (!offered) return false;
    earliest_ = std::max(earliest_, *offered);
    for (const Cycle start = earliest_;; ++earliest_) {
      if (!pass_stalls()) return false;
      if (inputs_willing(earliest_)) break;
      GATEFOLD_ASSERT(earliest_ - start < patience, "the outside offers no beat");
    }
    const Cycle cycle = earliest_;
    if (fired != nullptr) fired->push_back(cycle);
    fire_at(cycle);
    return true;
  }

  /// Moves the next step behind the stalls that come before it or hold it up, as far as those are
  /// known.
  bool pass_stalls() {
    for (;;) {
      earliest_ = std::max(earliest_, ready_ + process_.interval + passed_);
      if (!stalls_.empty() && stalls_.front() <= earliest_) {
        passed_ += stall_ends_.front() - stalls_.front();
        earliest_ = std::max(earliest_, stall_ends_.front());
        stalls_.pop();
        stall_ends_.pop();
      } else if (stalls_.empty() && !pending_.empty() && output_cycle() <= earliest_) {
        if (!leave()) return false;
      } else {
        return true;
      }
    }
  }

  void fire_at(Cycle cycle) {
    for (std::size_t t = 0; t < take_whens_.size(); ++t)
      if (cursor_.holds(take_whens_[t])) take(link(process_.takes[t].channel), cycle);
    ready_ = cycle - passed_;
    bool gives = false;
    for (std::size_t g = 0; g < give_whens_.size(); ++g) {
      if (!cursor_.holds(give_whens_[g])) continue;
      due_[g].push(ready_);
      gives = true;
    }
    if (gives) pending_.push(ready_);
    cursor_.next();
    count_steps(1);
    pass_silent_steps();
  }

  void count_steps(std::int64_t steps) {
    left_ -= steps;
    step_ += steps;
    if (step_ == steps_) step_ = 0, ++inference_;
  }

  /// Steps that neither take nor give follow one another in local time.
  void pass_silent_steps() {
    while (left_ > 0 && !cursor_.any()) {
      const std::int64_t steps = cursor_.skip();
      ready_ += steps * process_.interval;
      count_steps(steps);
    }
  }

  void take(Link& from, Cycle cycle) {
    if (from.giver == outside) {
      result_.times.inputs[from.port].push_back(cycle);
      return;
    }
    from.offered.pop();
    from.take(cycle);
    agenda_.add(from.giver);
  }

  /// The first cycle in which the oldest step's beats stand in the output registers.
  Cycle output_cycle() const { return pending_.front() + stages_ + stalled_; }

  /// The oldest step's beats leave the output registers, if it is known when.
  bool leave() {
    const Cycle reached = output_cycle();
    Cycle left = reached;
    bool known = true;
    for (std::size_t g = 0; g < due_.size(); ++g) {
      if (due_[g].empty() || due_[g].front() != pending_.front()) continue;
      if (!leaves_[g]) leaves_[g] = leave(g, reached);
      if (!leaves_[g]) known = wait_for(process_.gives[g].channel, true);
      left = std::max(left, leaves_[g].value_or(left));
    }
    if (!known) return false;
    for (std::size_t g = 0; g < due_.size(); ++g) {
      if (!leaves_[g]) continue;
      due_[g].pop();
      leaves_[g].reset();
      offers_[g] = false;
    }
    pending_.pop();
    if (left == reached) return true;
    stalled_ += left - reached;
    stalls_.push(reached);
    stall_ends_.push(left);
    return true;
  }

  /// The cycle in which the beat of a give leaves its output register.
  std::optional<Cycle> leave(std::size_t g, Cycle reached) {
    Link& to = link(process_.gives[g].channel);
    if (to.taker == outside) return leave_network(to, reached);
    if (to.depth == 0) return leave_by_wire(to, g, reached);
    Cycle cycle = reached;
    if (to.depth != unbounded && to.pushed >= to.depth) {
      const std::int64_t before = to.pushed - to.depth;
      if (before >= to.taken) return std::nullopt;
      cycle = std::max(cycle, to.takes[before] + 1);
    }
    offer(to, cycle + 1);
    if (to.occupancy) to.occupancy->push(cycle);
    return cycle;
  }

  void offer(Link& to, Cycle cycle) {
    to.offered.push(cycle);
    ++to.pushed;
    agenda_.add(to.taker);
  }

  std::optional<Cycle> leave_by_wire(Link& to, std::size_t g, Cycle reached) {
    if (!offers_[g]) offer(to, reached);
    offers_[g] = true;
    if (to.taken < to.pushed) return std::nullopt;
    return to.takes.back();
  }

  Cycle leave_network(Link& to, Cycle cycle) {
    if (plan_.traffic != nullptr && plan_.traffic->takes)
      for (const Cycle start = cycle; !plan_.traffic->takes(to.port, cycle); ++cycle)
        GATEFOLD_ASSERT(cycle - start < patience, "the outside takes no beat");
    result_.times.outputs[to.port].push_back(cycle);
    return cycle;
  }

  const Process& process_;
  int stages_;
  const ExecutionPlan& plan_;
  std::vector<Link>& links_;
  Agenda& agenda_;
  Execution& result_;
  StepCursor cursor_;
  std::int64_t steps_, left_;
  Cycle earliest_ = 0;                     // of the next step, as far as that is known
  Cycle ready_;                            // local cycle of the last step
  Cycle stalled_ = 0;                      // cycles without advance before the oldest step's end
  Cycle passed_ = 0;                       // the same before the next step's start
  TimeRing stalls_, stall_ends_;           // those between the two
  std::int64_t step_ = 0, inference_ = 0;  // the next
  std::vector<std::size_t> take_whens_, give_whens_;
  TimeRing pending_;                          // local cycles of the steps on their way that give
  std::vector<TimeRing> due_;                 // the same of each give
  std::vector<std::optional<Cycle>> leaves_;  // of the oldest step's beats
  std::vector<char> offers_;                  // by wire, of the oldest step
  std::optional<Wait> wait_;
};

std::vector<Link> links_of(const Design& design, const ExecutionPlan& plan) {
  std::vector<Link> links(design.channels.size());
  const auto at = [&](ChannelId id) -> Link& { return links[static_cast<std::size_t>(id.index)]; };
  for (std::size_t p = 0; p < design.processes.size(); ++p) {
    for (const Take& take : design.processes[p].takes) at(take.channel).taker = static_cast<int>(p);
    for (const Give& give : design.processes[p].gives) at(give.channel).giver = static_cast<int>(p);
  }
  for (std::size_t i = 0; i < design.inputs.size(); ++i) at(design.inputs[i].channel).port = i;
  for (std::size_t i = 0; i < design.outputs.size(); ++i) at(design.outputs[i].channel).port = i;
  for (std::size_t c = 0; c < links.size(); ++c) {
    links[c].depth = plan.depths[c];
    const auto initial = static_cast<std::int64_t>(design.channels[c].initial.size());
    if (plan.measures_peaks) links[c].occupancy.emplace(initial);
    for (; links[c].pushed < initial; ++links[c].pushed) links[c].offered.push(0);
  }
  return links;
}

std::string describe(const Design& design, const std::vector<Worker>& workers) {
  std::string text;
  for (std::size_t p = 0; p < workers.size(); ++p) {
    const auto wait = workers[p].wait();
    if (workers[p].finished() || !wait) continue;
    text += fmt::format("{}process '{}' waits for {} channel '{}'", text.empty() ? "" : "; ",
                        design.processes[p].name, wait->for_room ? "room in" : "a beat of",
                        design.channels[static_cast<std::size_t>(wait->channel.index)].name);
  }
  return text;
}

}  // namespace

Execution execute(const Design& design, const ExecutionPlan& plan) {
  Execution result;
  result.times.inputs.resize(design.inputs.size());
  result.times.outputs.resize(design.outputs.size());
  result.steps.resize(design.processes.size());
  std::vector<Link> links = links_of(design, plan);
  Agenda agenda(design.processes.size());
  std::vector<Worker> workers;
  for (std::size_t p = 0; p < design.processes.size(); ++p) {
    workers.emplace_back(design.processes[p], plan.stages[p], plan, links, agenda, result);
    agenda.add(static_cast<int>(p));
  }
  for (auto open = agenda.take(); !open.empty() && !interrupted(); open = agenda.take())
    for (const int p : open) {
      const auto at = static_cast<std::size_t>(p);
      workers[at].run(plan.records_steps ? &result.steps[at] : nullptr);
    }
  if (!interrupted()) result.deadlock = describe(design, workers);
  if (plan.measures_peaks)
    for (const Link& link : links) result.peaks.push_back(link.occupancy->peak());
  return result;
}

}  // namespace gatefold::schedule
