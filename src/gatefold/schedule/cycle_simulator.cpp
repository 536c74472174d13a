#include "gatefold/schedule/cycle_simulator.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "gatefold/hardware/machine.h"
#include "gatefold/schedule/process_pipeline.h"
#include "gatefold/support/interrupt.h"
#include "gatefold/support/progress.h"

namespace gatefold::schedule {
namespace {

using namespace hardware;
using Cycle = std::int64_t;
using Beat = std::vector<std::int64_t>;

/// Where a channel starts or ends: at a give or take of a process, or at a port.
struct End {
  std::optional<std::size_t> port;
  std::size_t process = 0, move = 0;
};

struct Wire {
  explicit Wire(const Channel& channel) : fifo(channel.words.size()) {
    for (const Beat& beat : channel.initial) push(beat);
  }
  void push(const Beat& beat) {
    for (const std::int64_t word : beat) fifo.push(word);
  }

  std::size_t depth = 0;
  End from, to;
  BeatQueue fifo;  // depth > 0; of an input: what is not taken yet
};

/// What a cycle has settled of a process, as far as it has been asked.
enum class Settled : char { NotYet, No, Yes };
Settled settled(bool yes) { return yes ? Settled::Yes : Settled::No; }

struct Output {
  std::vector<std::int64_t> elements;  // of the tensor, in the order of the words
  std::int64_t words = 0;              // that have left
};

class Network {
 public:
  Network(const Design& design, const Schedule& schedule, const Batch& inputs,
          const Traffic& traffic)
      : design_(design),
        traffic_(traffic),
        wires_(design.channels.begin(), design.channels.end()),
        fires_(design.processes.size()),
        advances_(design.processes.size()) {
    pipelines_.reserve(design.processes.size());
    for (std::size_t p = 0; p < design.processes.size(); ++p) add_process(p, schedule.processes[p]);
    for (std::size_t c = 0; c < schedule.channels.size(); ++c)
      wires_[c].depth = static_cast<std::size_t>(schedule.channels[c].depth);
    for (std::size_t i = 0; i < design.inputs.size(); ++i) feed(i, inputs);
    for (std::size_t i = 0; i < design.outputs.size(); ++i) open(i);
    trace_.times.inputs.resize(design.inputs.size());
    trace_.times.outputs.resize(design.outputs.size());
  }

  bool finished() const { return beats_left_ == 0; }

  /// One rising edge; false when no beat moved and no step started.
  bool clock(Cycle cycle) {
    cycle_ = cycle;
    std::ranges::fill(advances_, Settled::NotYet);
    std::ranges::fill(fires_, Settled::NotYet);
    for (std::size_t p = 0; p < pipelines_.size(); ++p) {
      if (fires(p)) take(p);
      find_leaving(p);
      advances(p);
    }
    const bool moves = !leaving_.empty() || std::ranges::find(fires_, Settled::Yes) != fires_.end();
    load();
    return moves;
  }

  CycleTrace trace() && { return std::move(trace_); }

 private:
  Wire& wire(ChannelId id) { return wires_[static_cast<std::size_t>(id.index)]; }
  const Wire& wire(ChannelId id) const { return wires_[static_cast<std::size_t>(id.index)]; }

  void add_process(std::size_t p, const ProcessSchedule& schedule) {
    const Process& process = design_.processes[p];
    pipelines_.emplace_back(design_, process, schedule);
    for (std::size_t t = 0; t < process.takes.size(); ++t)
      wire(process.takes[t].channel).to = {std::nullopt, p, t};
    for (std::size_t g = 0; g < process.gives.size(); ++g)
      wire(process.gives[g].channel).from = {std::nullopt, p, g};
  }

  void feed(std::size_t port, const Batch& inputs) {
    Wire& from = wire(design_.inputs[port].channel);
    from.from.port = port;
    const numeric::IntTensor& tensor = inputs.at(design_.inputs[port].name);
    samples_ = tensor.shape[0];
    const auto elements = elements_of_beats(design_.inputs[port]);
    for (std::int64_t sample = 0; sample < samples_; ++sample)
      for (const std::int64_t element : elements)
        from.fifo.push(tensor[sample * tensor.shape[1] + element]);
    beats_left_ += static_cast<std::int64_t>(from.fifo.beats());
  }

  void open(std::size_t port) {
    const Port& output = design_.outputs[port];
    wire(output.channel).to.port = port;
    const std::int64_t elements = numeric::element_count(output.shape);
    trace_.outputs[output.name] = numeric::IntTensor{
        {samples_, elements},
        std::vector<std::int64_t>(static_cast<std::size_t>(samples_ * elements))};
    outputs_.push_back({elements_of_beats(output), 0});
    const auto& words = design_.channels[static_cast<std::size_t>(output.channel.index)].words;
    beats_left_ += samples_ * elements / static_cast<std::int64_t>(words.size());
  }

  /// A beat is offered to the taker.
  bool is_valid(const Wire& at) const {
    if (at.from.port)
      return at.fifo.beats() > 0 && (!traffic_.offers || traffic_.offers(*at.from.port, cycle_));
    if (at.depth > 0) return at.fifo.beats() > 0;
    return pipelines_[at.from.process].offers(at.from.move);
  }

  /// The beat in the output register leaves in this cycle, if there is one.
  bool is_ready(const Wire& at) {
    if (at.to.port) return !traffic_.takes || traffic_.takes(*at.to.port, cycle_);
    if (at.depth > 0) return at.fifo.beats() < at.depth;
    return fires(at.to.process) && pipelines_[at.to.process].wants(at.to.move);
  }

  bool advances(std::size_t p) {
    if (advances_[p] == Settled::NotYet) advances_[p] = settled(is_free(p));
    return advances_[p] == Settled::Yes;
  }

  /// No beat in an output register has to wait.
  bool is_free(std::size_t p) {
    const auto& gives = design_.processes[p].gives;
    for (std::size_t g = 0; g < gives.size(); ++g)
      if (pipelines_[p].offers(g) && !is_ready(wire(gives[g].channel))) return false;
    return true;
  }

  bool fires(std::size_t p) {
    if (fires_[p] == Settled::NotYet) fires_[p] = settled(has_beats(p) && advances(p));
    return fires_[p] == Settled::Yes;
  }

  bool has_beats(std::size_t p) const {
    if (!pipelines_[p].may_start()) return false;
    const auto& takes = design_.processes[p].takes;
    for (std::size_t t = 0; t < takes.size(); ++t)
      if (pipelines_[p].wants(t) && !is_valid(wire(takes[t].channel))) return false;
    return true;
  }

  /// The beats of the step that starts.
  void take(std::size_t p) {
    const auto& takes = design_.processes[p].takes;
    for (std::size_t t = 0; t < takes.size(); ++t)
      if (pipelines_[p].wants(t)) take(takes[t].channel, pipelines_[p].taken(t));
  }

  void take(ChannelId channel, Beat& to) {
    const Wire& from = wire(channel);
    if (!from.from.port && from.depth == 0)
      return pipelines_[from.from.process].copy_beat(from.from.move, to);
    if (from.from.port) {
      trace_.times.inputs[*from.from.port].push_back(cycle_);
      --beats_left_;
    }
    popped_.push_back(static_cast<std::size_t>(channel.index));
    std::copy_n(from.fifo.beat(0), to.size(), to.begin());
  }

  void find_leaving(std::size_t p) {
    const auto& gives = design_.processes[p].gives;
    for (std::size_t g = 0; g < gives.size(); ++g)
      if (pipelines_[p].offers(g) && is_ready(wire(gives[g].channel))) leaving_.push_back({p, g});
  }

  /// What the cycle has settled happens.
  void load() {
    for (const std::size_t c : popped_) wires_[c].fifo.take(1);
    for (const auto& [p, g] : leaving_) {
      Wire& to = wire(design_.processes[p].gives[g].channel);
      if (to.to.port || to.depth > 0) pipelines_[p].copy_beat(g, beat_);
      if (to.to.port)
        leave(*to.to.port);
      else if (to.depth > 0)
        to.push(beat_);
      pipelines_[p].leave(g);
    }
    for (std::size_t p = 0; p < pipelines_.size(); ++p)
      if (advances(p)) pipelines_[p].advance(fires(p));
    popped_.clear();
    leaving_.clear();
  }

  void leave(std::size_t port) {
    Output& output = outputs_[port];
    numeric::IntTensor& tensor = trace_.outputs[design_.outputs[port].name];
    if (output.words == tensor.size()) return;  // of inferences that were not asked for
    const auto elements = static_cast<std::int64_t>(output.elements.size());
    for (const std::int64_t word : beat_) {
      const std::int64_t start = output.words / elements * elements;
      tensor[start + output.elements[static_cast<std::size_t>(output.words++ - start)]] = word;
    }
    trace_.times.outputs[port].push_back(cycle_);
    --beats_left_;
  }

  const Design& design_;
  const Traffic& traffic_;
  std::vector<Wire> wires_;  // by channel
  std::vector<ProcessPipeline> pipelines_;
  std::vector<Output> outputs_;
  // Of this cycle:
  std::vector<Settled> fires_, advances_;                     // by process
  std::vector<std::size_t> popped_;                           // channels
  std::vector<std::pair<std::size_t, std::size_t>> leaving_;  // process and give
  Beat beat_;                                                 // that leaves
  Cycle cycle_ = 0;
  std::int64_t samples_ = 0, beats_left_ = 0;
  CycleTrace trace_;
};

}  // namespace

CycleTrace simulate(const Design& design, const Schedule& schedule, const Batch& inputs,
                    const Traffic& traffic, std::int64_t patience) {
  Network network(design, schedule, inputs, traffic);
  std::int64_t idle = 0;
  Progress progress("simulate: cycles", 0, ProgressStyle::counted());
  for (Cycle cycle = 0; !network.finished() && !interrupted(); ++cycle) {
    progress.advance();
    idle = network.clock(cycle) ? 0 : idle + 1;
    GATEFOLD_ASSERT(idle <= patience, "the network stands still");
  }
  return std::move(network).trace();
}

}  // namespace gatefold::schedule
