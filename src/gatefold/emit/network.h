#pragma once

#include <string>
#include <vector>

#include "gatefold/emit/plan.h"

// A design as modules: one of each process and, where there are several or channels between them,
// a top module that joins them.
namespace gatefold::emit {

/// A port of the top module.
struct NetworkPort : StreamPort {
  const hardware::Port* port = nullptr;
  std::int64_t beats = 1;  // of one inference
};

/// A channel between processes.
struct NetworkChannel : StreamPort {
  int depth = 0;  // 0: wires; else beats of its queue
};

/// The layers of channels in which beats lie at reset: states that inferences hand on.
std::vector<std::string> stateful_layers(const hardware::Design& design);

/// The port by which reloadable arrays are written; 0 words where there are none.
struct LoadPort {
  int address_width = 0, data_width = 0;
  std::int64_t words = 0;  // addresses from 0 on
};

struct Network {
  const hardware::Design* design = nullptr;
  std::string top;     // name of the top module
  std::string banner;  // version and hash, one line
  std::vector<Plan> processes;
  std::vector<std::string> process_stems;  // by process
  std::vector<NetworkPort> inputs, outputs;
  std::vector<NetworkChannel> channels;  // those that are no ports
  LoadPort load;

  /// The module of the only process is the top module.
  bool is_one_process() const { return processes.size() == 1 && channels.empty(); }
};

/// A module that holds a part of a trained layer.
struct LayerModule {
  std::size_t process = 0;
  const LayerPlan* plan = nullptr;
};

/// The design must verify, and the schedule belong to it.
Network make_network(const hardware::Design& design, const schedule::Schedule& schedule,
                     const EmitOptions& options);

/// The modules of a layer of the design, by process.
std::vector<LayerModule> modules_of(const Network& network, std::size_t layer);

/// The top module of a design that is not one process: the processes and the channels' queues.
std::string network_module(const Network& network);

}  // namespace gatefold::emit
