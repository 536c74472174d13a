#include "gatefold/schedule/network_timing.h"

namespace gatefold::schedule {

NetworkTiming time_network(const hardware::Design& design, const Schedule& schedule,
                           std::int64_t inferences, const Traffic& traffic) {
  ExecutionPlan plan;
  for (const ProcessSchedule& process : schedule.processes) plan.stages.push_back(process.stages);
  for (const ChannelSchedule& channel : schedule.channels) plan.depths.push_back(channel.depth);
  plan.inferences = inferences;
  plan.traffic = &traffic;
  GATEFOLD_ASSERT(plan.depths.size() == design.channels.size(), "every channel has its depth");
  Execution execution = execute(design, plan);
  return {std::move(execution.times), std::move(execution.deadlock)};
}

}  // namespace gatefold::schedule
