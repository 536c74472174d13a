#include <algorithm>
#include <functional>

#include "gatefold/schedule/execution.h"
#include "gatefold/schedule/network.h"
#include "gatefold/schedule/periodic.h"
#include "gatefold/support/interrupt.h"

namespace gatefold::schedule {
namespace {

using namespace hardware;
using Depths = std::vector<std::int64_t>;

/// Steps that the search for small depths may fire in all; then it is content with what it has.
constexpr std::int64_t most_work = 16'000'000;

std::int64_t bits_of(const Channel& channel) {
  std::int64_t bits = 0;
  for (const numeric::Interval& word : channel.words) bits += word_of(word).width;
  return bits;
}

class DepthSearch {
 public:
  DepthSearch(const Design& design, const std::vector<int>& stages, int most_wired)
      : design_(design),
        stages_(stages),
        most_wired_(most_wired),
        inferences_(inferences_to_run(design)),
        ends_(channel_ends(design)) {
    for (const Process& process : design.processes) steps_ += process.steps();
    for (std::size_t c = 0; c < ends_.size(); ++c)
      if (ends_[c].is_inner()) inner_.push_back(c);
    std::ranges::stable_sort(inner_, std::greater<>(),
                             [&](std::size_t c) { return bits_of(design.channels[c]); });
  }

  Depths run() {
    depths_.assign(ends_.size(), 0);
    if (inner_.empty()) return depths_;
    start();
    drop_unused_room();
    wire(wirable());
    drop_unused_room();
    for (bool lowered = true; lowered && !exhausted();) {
      lowered = false;
      for (const std::size_t c : inner_) lowered |= lower(c);
    }
    return depths_;
  }

 private:
  bool exhausted() const { return work_ > most_work || interrupted(); }

  /// Whether the network with these depths is as fast as it can be, and never stands still.
  bool keeps_interval(const Depths& depths) {
    work_ += (inferences_ + 1) * steps_;
    if (!never_deadlocks(design_, depths)) return false;
    const Execution execution = execute(design_, {stages_, depths, inferences_});
    return execution.deadlock.empty() && execution.times.interval(inferences_) <= interval_;
  }

  void start() {
    const PeriodicSchedule schedule = periodic_schedule(design_, stages_);
    work_ += 2 * inferences_ * steps_;
    interval_ = schedule.interval;
    if (interrupted()) return;
    depths_ = depths_of(design_, schedule, stages_, Room::AtOutput);
    if (keeps_interval(depths_)) return;
    depths_ = depths_of(design_, schedule, stages_, Room::AtStep);
    GATEFOLD_ASSERT(never_deadlocks(design_, depths_), "the periodic schedule is an order");
  }

  /// Beats of a FIFO that the execution has no use for: without them it is the same.
  void drop_unused_room() {
    ExecutionPlan plan{stages_, depths_, inferences_};
    plan.measures_peaks = true;
    const Execution execution = execute(design_, plan);
    Depths used = depths_;
    for (const std::size_t c : inner_)
      used[c] = depths_[c] == 0 ? 0 : std::max<std::int64_t>(execution.peaks[c], 1);
    if (keeps_interval(used)) depths_ = std::move(used);
  }

  /// Channels whose giver may be joined to the taker by a wire: no feedback, and no more processes
  /// in a row than one clock period carries handshakes through.
  std::vector<std::size_t> wirable() const {
    const auto reach = reaches(design_);
    std::vector<std::size_t> chosen;
    for (const std::size_t c : inner_) {
      const auto giver = static_cast<std::size_t>(ends_[c].giver);
      const auto taker = static_cast<std::size_t>(ends_[c].taker);
      if (!design_.channels[c].initial.empty() || reach[taker][giver]) continue;
      chosen.push_back(c);
      if (longest_row(chosen) > most_wired_) chosen.pop_back();
    }
    return chosen;
  }

  /// The most processes that these channels join in a row.
  int longest_row(const std::vector<std::size_t>& wires) const {
    std::vector<int> row(design_.processes.size(), 1);
    for (bool grown = true; grown;) {
      grown = false;
      for (const std::size_t c : wires) {
        int& giver = row[static_cast<std::size_t>(ends_[c].giver)];
        const int through = row[static_cast<std::size_t>(ends_[c].taker)] + 1;
        grown |= through > giver;
        giver = std::max(giver, through);
      }
    }
    return *std::ranges::max_element(row);
  }

  /// Makes wires of all of them, or of the halves that may be.
  void wire(const std::vector<std::size_t>& group) {
    if (group.empty() || exhausted()) return;
    Depths tried = depths_;
    for (const std::size_t c : group) tried[c] = 0;
    if (keeps_interval(tried)) {
      depths_ = std::move(tried);
      return;
    }
    if (group.size() == 1) return;
    const auto middle = group.begin() + static_cast<std::ptrdiff_t>(group.size() / 2);
    wire({group.begin(), middle});
    wire({middle, group.end()});
  }

  /// Bisects for the least depth of one channel; true when it is less than before.
  bool lower(std::size_t c) {
    const auto initial = static_cast<std::int64_t>(design_.channels[c].initial.size());
    std::int64_t low = std::max<std::int64_t>(initial, 1);
    const std::int64_t before = depths_[c];
    // One beat less first: most depths are the least already.
    for (std::int64_t next = before - 1; low < depths_[c] && !exhausted();
         next = (low + depths_[c]) / 2) {
      Depths tried = depths_;
      tried[c] = next;
      if (keeps_interval(tried))
        depths_[c] = next;
      else
        low = next + 1;
    }
    return depths_[c] < before;
  }

  const Design& design_;
  const std::vector<int>& stages_;
  int most_wired_;
  std::int64_t inferences_, steps_ = 0, work_ = 0, interval_ = 1;
  std::vector<Ends> ends_;
  std::vector<std::size_t> inner_;  // channels between processes, those of most bits first
  Depths depths_;
};

}  // namespace

NetworkSchedule schedule_network(const Design& design, const std::vector<int>& stages,
                                 int most_wired) {
  ExecutionPlan plan;
  plan.stages = stages;
  plan.depths = DepthSearch(design, stages, most_wired).run();
  plan.inferences = inferences_to_run(design);
  plan.measures_peaks = true;
  const Execution execution = execute(design, plan);
  NetworkSchedule schedule;
  for (std::size_t c = 0; c < plan.depths.size(); ++c) {
    const bool is_fifo = plan.depths[c] > 0;
    schedule.channels.push_back(
        {static_cast<int>(plan.depths[c]), is_fifo ? static_cast<int>(execution.peaks[c]) : 0});
  }
  schedule.latency = execution.times.latency(plan.inferences);
  schedule.interval = execution.times.interval(plan.inferences);
  return schedule;
}

}  // namespace gatefold::schedule
