#include "gatefold/emit/beats_ahead.h"

#include "gatefold/hardware/step_cursor.h"

namespace gatefold::emit {
namespace {

using namespace hardware;

/// A process that fires for one inference, while its beats are there.
class Firing {
 public:
  explicit Firing(const Process& process)
      : process_(&process), cursor_(process), left_(process.steps()) {
    for (const auto& take : process.takes) cursor_.watch(take.when);
    for (const auto& give : process.gives) cursor_.watch(give.when);
  }

  /// Fires all steps that can; true when there was one.
  bool run(std::vector<std::int64_t>& beats) {
    const auto before = left_;
    for (; left_ > 0 && ready(beats); --left_) {
      for (std::size_t t = 0; t < process_->takes.size(); ++t)
        at(beats, process_->takes[t].channel) -= cursor_.holds(t) ? 1 : 0;
      for (std::size_t g = 0; g < process_->gives.size(); ++g)
        at(beats, process_->gives[g].channel) += cursor_.holds(process_->takes.size() + g) ? 1 : 0;
      cursor_.next();
    }
    return left_ < before;
  }

 private:
  static std::int64_t& at(std::vector<std::int64_t>& beats, ChannelId id) {
    return beats[static_cast<std::size_t>(id.index)];
  }

  bool ready(std::vector<std::int64_t>& beats) const {
    for (std::size_t t = 0; t < process_->takes.size(); ++t)
      if (cursor_.holds(t) && at(beats, process_->takes[t].channel) == 0) return false;
    return true;
  }

  const Process* process_;
  StepCursor cursor_;
  std::int64_t left_;
};

}  // namespace

std::vector<std::int64_t> beats_ahead(const Design& design) {
  std::vector<std::int64_t> beats;
  for (const auto& channel : design.channels) beats.push_back(std::ssize(channel.initial));
  std::vector<Firing> firings;
  for (const auto& process : design.processes) firings.emplace_back(process);
  for (bool fired = true; fired;) {
    fired = false;
    for (auto& firing : firings) fired |= firing.run(beats);
  }
  std::vector<std::int64_t> ahead;
  for (const auto& port : design.outputs)
    ahead.push_back(beats[static_cast<std::size_t>(port.channel.index)]);
  return ahead;
}

}  // namespace gatefold::emit
