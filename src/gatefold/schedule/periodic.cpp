#include "gatefold/schedule/periodic.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "gatefold/hardware/step_cursor.h"
#include "gatefold/schedule/execution.h"
#include "gatefold/support/interrupt.h"

namespace gatefold::schedule {
namespace {

using namespace hardware;
using Cycle = std::int64_t;
using Cycles = std::vector<Cycle>;

ExecutionPlan unbounded_plan(const Design& design, const std::vector<int>& stages) {
  ExecutionPlan plan;
  plan.stages = stages;
  plan.depths.assign(design.channels.size(), unbounded);
  plan.inferences = inferences_to_run(design);
  plan.records_steps = true;
  return plan;
}

/// The slowest process's cycles an inference when nothing holds it up.
std::int64_t least_interval(const Design& design) {
  std::int64_t interval = 1;
  for (const Process& process : design.processes)
    interval = std::max(interval, process.steps() * process.interval);
  return interval;
}

/// The same when processes wait for one another's beats.
std::int64_t best_interval(const Design& design, const ExecutionPlan& plan) {
  const Execution execution = execute(design, plan);
  const std::int64_t window = plan.inferences / 2;
  std::int64_t interval = 1;
  for (const Cycles& steps : execution.steps) {
    const auto count = static_cast<std::int64_t>(steps.size()) / plan.inferences;
    if (count == 0) continue;  // interrupted
    const Cycle before = steps[static_cast<std::size_t>((plan.inferences - window) * count - 1)];
    interval = std::max(interval, (steps.back() - before + window - 1) / window);
  }
  return interval;
}

struct SpacedSteps {
  std::vector<Cycles> steps;  // of the last inference, by process
  bool periodic = true;       // they are `interval` later than those of the inference before
};

/// Each inference begins `interval` after the one before.
SpacedSteps spaced_steps(const Design& design, ExecutionPlan plan, std::int64_t interval) {
  plan.spacing = interval;
  Execution execution = execute(design, plan);
  GATEFOLD_ASSERT(execution.deadlock.empty(), execution.deadlock);
  SpacedSteps spaced;
  for (Cycles& steps : execution.steps) {
    const auto last = steps.end() - static_cast<std::ptrdiff_t>(steps.size()) / plan.inferences;
    const auto before = last - (steps.end() - last);
    spaced.periodic &= std::equal(before, last, last, [&](Cycle earlier, Cycle later) {
      return later - earlier == interval;
    });
    steps.erase(steps.begin(), last);
    spaced.steps.push_back(std::move(steps));
  }
  return spaced;
}

/// A cursor at the first step of a process that takes or gives.
StepCursor first_move(const Process& process) {
  StepCursor cursor(process);
  for (const Take& take : process.takes) cursor.watch(take.when);
  for (const Give& give : process.gives) cursor.watch(give.when);
  cursor.skip();
  return cursor;
}

/// Goes to the next one, in the next inference after the last; the steps between the two.
std::int64_t next_move(StepCursor& cursor) {
  cursor.next();
  std::int64_t steps = 1;
  while (!cursor.any()) steps += cursor.skip();
  return steps;
}

/// The cycles of the steps at which the condition holds; `moves` are those that take or give.
Cycles cycles_where(const Process& process, const When& when, const Cycles& moves) {
  StepCursor cursor = first_move(process);
  const std::size_t watched = cursor.watch(when);
  Cycles cycles;
  for (const Cycle cycle : moves) {
    if (cursor.holds(watched)) cycles.push_back(cycle);
    next_move(cursor);
  }
  return cycles;
}

template <typename Move>
const Move& move_of(const std::vector<Move>& moves, ChannelId channel) {
  return *std::ranges::find(moves, channel, &Move::channel);
}

/// When the beats of a channel are taken: those of one inference, and by the interval all others.
struct Taken {
  Cycles cycles;
  std::int64_t interval = 1;

  std::int64_t beats() const { return static_cast<std::int64_t>(cycles.size()); }
  Cycle operator[](std::int64_t beat) const {
    const std::int64_t inference = beat >= 0 ? beat / beats() : -((-beat - 1) / beats()) - 1;
    return cycles[static_cast<std::size_t>(beat - inference * beats())] + inference * interval;
  }
};

Taken taken_of(const Design& design, const PeriodicSchedule& schedule, int taker, ChannelId id) {
  const Process& process = design.processes[static_cast<std::size_t>(taker)];
  return {cycles_where(process, move_of(process.takes, id).when,
                       schedule.steps[static_cast<std::size_t>(taker)]),
          schedule.interval};
}

/// Moves each process's steps to the latest cycles that serve its takers, takers first.
class Delay {
 public:
  Delay(const Design& design, const std::vector<int>& stages, PeriodicSchedule& schedule)
      : design_(design),
        stages_(stages),
        schedule_(schedule),
        ends_(channel_ends(design)),
        reaches_(reaches(design)),
        done_(design.processes.size(), 0) {}

  void run(std::size_t p) {
    if (std::exchange(done_[p], 1)) return;
    bool movable = !reaches_[p][p] && !schedule_.steps[p].empty();
    for (const Give& give : design_.processes[p].gives) {
      const int taker = ends_[static_cast<std::size_t>(give.channel.index)].taker;
      if (taker < 0)
        movable = false;
      else
        run(static_cast<std::size_t>(taker));
    }
    if (movable) delay(p);
  }

 private:
  void delay(std::size_t p) {
    const Process& process = design_.processes[p];
    Cycles& steps = schedule_.steps[p];
    Cycles latest = needed(p);
    std::vector<std::int64_t> gaps;  // in steps, to the next one
    StepCursor cursor = first_move(process);
    while (gaps.size() < steps.size()) gaps.push_back(next_move(cursor));
    Cycle next = steps.front() + schedule_.interval;  // the first step of the next inference
    for (std::size_t k = steps.size(); k-- > 0;) {
      steps[k] = std::max(steps[k], std::min(latest[k], next - gaps[k] * process.interval));
      next = steps[k];
    }
  }

  /// By step, the last cycle at which its takers are served.
  Cycles needed(std::size_t p) {
    const Process& process = design_.processes[p];
    Cycles latest(schedule_.steps[p].size(), std::numeric_limits<Cycle>::max());
    for (const Give& give : process.gives) {
      const auto c = static_cast<std::size_t>(give.channel.index);
      const Taken taken = taken_of(design_, schedule_, ends_[c].taker, give.channel);
      auto beat = static_cast<std::int64_t>(design_.channels[c].initial.size());
      StepCursor cursor = first_move(process);
      const std::size_t watched = cursor.watch(give.when);
      for (Cycle& cycle : latest) {
        if (cursor.holds(watched)) cycle = std::min(cycle, taken[beat++] - stages_[p] - 1);
        next_move(cursor);
      }
    }
    return latest;
  }

  const Design& design_;
  const std::vector<int>& stages_;
  PeriodicSchedule& schedule_;
  std::vector<Ends> ends_;
  std::vector<std::vector<char>> reaches_;
  std::vector<char> done_;
};

/// Beats between a give and the takes before it.
std::int64_t depth_of(const Cycles& given, std::int64_t initial, const Taken& taken) {
  std::int64_t depth = std::max<std::int64_t>(initial, 1);
  if (given.empty()) return depth;
  std::int64_t waits = initial;  // the first beat that is not taken before the give
  while (taken[waits - 1] >= given.front()) --waits;
  for (std::size_t j = 0; j < given.size(); ++j) {
    while (taken[waits] < given[j]) ++waits;
    depth = std::max(depth, initial + static_cast<std::int64_t>(j) + 1 - waits);
  }
  return depth;
}

}  // namespace

std::vector<Ends> channel_ends(const Design& design) {
  std::vector<Ends> ends(design.channels.size());
  for (std::size_t p = 0; p < design.processes.size(); ++p) {
    for (const Take& take : design.processes[p].takes)
      ends[static_cast<std::size_t>(take.channel.index)].taker = static_cast<int>(p);
    for (const Give& give : design.processes[p].gives)
      ends[static_cast<std::size_t>(give.channel.index)].giver = static_cast<int>(p);
  }
  return ends;
}

std::vector<std::vector<char>> reaches(const Design& design) {
  const std::size_t n = design.processes.size();
  std::vector<std::vector<char>> reach(n, std::vector<char>(n, 0));
  for (const Ends& ends : channel_ends(design))
    if (ends.is_inner())
      reach[static_cast<std::size_t>(ends.giver)][static_cast<std::size_t>(ends.taker)] = 1;
  for (std::size_t via = 0; via < n; ++via)
    for (std::size_t from = 0; from < n; ++from)
      for (std::size_t to = 0; reach[from][via] && to < n; ++to) reach[from][to] |= reach[via][to];
  return reach;
}

PeriodicSchedule periodic_schedule(const Design& design, const std::vector<int>& stages) {
  const ExecutionPlan plan = unbounded_plan(design, stages);
  PeriodicSchedule schedule;
  schedule.interval = least_interval(design);
  SpacedSteps spaced = spaced_steps(design, plan, schedule.interval);
  if (!spaced.periodic) {
    schedule.interval = best_interval(design, plan);
    spaced = spaced_steps(design, plan, schedule.interval);
  }
  schedule.steps = std::move(spaced.steps);
  if (interrupted()) return schedule;
  Delay delay(design, stages, schedule);
  for (std::size_t p = 0; p < design.processes.size(); ++p) delay.run(p);
  return schedule;
}

std::vector<std::int64_t> depths_of(const Design& design, const PeriodicSchedule& schedule,
                                    const std::vector<int>& stages, Room room) {
  const std::vector<Ends> ends = channel_ends(design);
  std::vector<std::int64_t> depths(ends.size(), 0);
  for (std::size_t c = 0; c < ends.size(); ++c) {
    if (!ends[c].is_inner()) continue;
    const auto giver = static_cast<std::size_t>(ends[c].giver);
    const ChannelId id{static_cast<std::int32_t>(c)};
    const Process& process = design.processes[giver];
    Cycles given = cycles_where(process, move_of(process.gives, id).when, schedule.steps[giver]);
    for (Cycle& cycle : given) cycle += room == Room::AtOutput ? stages[giver] : 0;
    depths[c] = depth_of(given, static_cast<std::int64_t>(design.channels[c].initial.size()),
                         taken_of(design, schedule, ends[c].taker, id));
  }
  return depths;
}

std::int64_t most_moves(const Design& design) {
  std::int64_t moves = 1;
  for (const Process& process : design.processes) {
    std::int64_t beats = 0;
    for (const Take& take : process.takes) beats += process.beats(take.when);
    for (const Give& give : process.gives) beats += process.beats(give.when);
    moves += std::min(beats, process.steps());
  }
  return moves;
}

std::int64_t inferences_to_run(const Design& design) {
  constexpr std::int64_t work = 100000;  // steps that take or give
  return std::clamp<std::int64_t>(work / most_moves(design), 4, 40);
}

}  // namespace gatefold::schedule
