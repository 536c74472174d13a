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

/// Steps that take or give which the search for small depths may fire in all; then it is content
/// with what it has.
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
        moves_(most_moves(design)),
        ends_(channel_ends(design)) {
    for (std::size_t c = 0; c < ends_.size(); ++c)
      if (ends_[c].is_inner()) inner_.push_back(c);
    std::ranges::stable_sort(inner_, std::greater<>(),
                             [&](std::size_t c) { return bits_of(design.channels[c]); });
  }

  NetworkSchedule run() {
    depths_.assign(ends_.size(), 0);
    if (inner_.empty())
      accepted_ = execution_of(depths_);
    else
      search();
    NetworkSchedule schedule;
    for (std::size_t c = 0; c < depths_.size(); ++c) {
      const std::int64_t peak = depths_[c] == 0 ? 0 : accepted_.peaks[c];
      schedule.channels.push_back({static_cast<int>(depths_[c]), static_cast<int>(peak)});
    }
    schedule.latency = accepted_.times.latency(inferences_);
    schedule.interval = accepted_.times.interval(inferences_);
    return schedule;
  }

 private:
  bool exhausted() const { return work_ > most_work || interrupted(); }

  Execution execution_of(const Depths& depths) {
    work_ += inferences_ * moves_;
    ExecutionPlan plan{stages_, depths, inferences_};
    plan.measures_peaks = true;
    return execute(design_, plan);
  }

  void search() {
    start();
    drop_unused_room();
    wire(wirable());
    drop_unused_room();
    for (bool lowered = true; lowered && !exhausted();) {
      lowered = false;
      for (const std::size_t c : inner_) lowered |= lower(c);
    }
  }

  /// Takes these depths if the network stays as fast as it can be and never stands still.
  bool accept(const Depths& depths) {
    work_ += moves_;
    if (!never_deadlocks(design_, depths)) return false;
    Execution execution = execution_of(depths);
    if (!execution.deadlock.empty() || execution.times.interval(inferences_) > interval_)
      return false;
    depths_ = depths;
    accepted_ = std::move(execution);
    return true;
  }

  void start() {
    const PeriodicSchedule schedule = periodic_schedule(design_, stages_);
    work_ += inferences_ * moves_;
    interval_ = schedule.interval;
    if (interrupted() || accept(depths_of(design_, schedule, stages_, Room::AtOutput))) return;
    depths_ = depths_of(design_, schedule, stages_, Room::AtStep);
    GATEFOLD_ASSERT(never_deadlocks(design_, depths_), "the periodic schedule is an order");
    accepted_ = execution_of(depths_);
  }

  /// Beats of a FIFO that the execution has no use for: without them it is the same.
  void drop_unused_room() {
    if (interrupted()) return;
    Depths used = depths_;
    for (const std::size_t c : inner_)
      used[c] = depths_[c] == 0 ? 0 : std::max<std::int64_t>(accepted_.peaks[c], 1);
    work_ += moves_;
    if (never_deadlocks(design_, used)) depths_ = std::move(used);
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
    if (accept(tried) || group.size() == 1) return;
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
      if (!accept(tried)) low = next + 1;
    }
    return depths_[c] < before;
  }

  const Design& design_;
  const std::vector<int>& stages_;
  int most_wired_;
  std::int64_t inferences_, moves_, work_ = 0, interval_ = 1;
  std::vector<Ends> ends_;
  std::vector<std::size_t> inner_;  // channels between processes, those of most bits first
  Depths depths_;
  Execution accepted_;  // with these depths
};

}  // namespace

NetworkSchedule schedule_network(const Design& design, const std::vector<int>& stages,
                                 int most_wired) {
  return DepthSearch(design, stages, most_wired).run();
}

}  // namespace gatefold::schedule
