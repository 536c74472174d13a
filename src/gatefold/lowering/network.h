#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "gatefold/graph/graph.h"
#include "gatefold/lowering/folded_matrix.h"
#include "gatefold/lowering/folded_product.h"
#include "gatefold/lowering/layout.h"
#include "gatefold/lowering/lower.h"
#include "gatefold/lowering/streamed_window.h"

// What is settled before a network of processes is built: which nodes share a process, how its
// words come about, and in which layout each value goes from one process to another.
namespace gatefold::lowering {

/// The port of an input; `axes` as of hardware::Port.
struct PortFront {
  std::string name;
  graph::Shape shape;
  std::vector<int> axes;
};

/// One beat of each value that is taken, in every step.
struct TakeFront {};

/// Sliding windows over the positions that come in, row after row. Per spatial axis.
struct WindowFront {
  std::vector<std::int64_t> extents, kernel, strides, dilations, before, outputs;
  std::int64_t pad = 0;  // raw
};

/// The same windows word by word, for positions that come in so many beats: at each position, for
/// each beat, its words at all places of the kernel, or those reduced to one.
struct StreamedWindowFront {
  StreamedWindow window;
  std::int64_t pad = 0;  // raw
  std::optional<graph::ReduceKind> reduce = std::nullopt;
};

/// A matrix over time; `ranges` of the elements of a position that comes in.
struct FoldFront {
  FoldedMatrix matrix;
  Layout inputs;
  std::vector<numeric::Interval> ranges;
};

/// A product of two computed tensors over time: the rows of the first factor, then the second.
struct ProductFront {
  FoldedProduct product;
};

/// Beats of a position joined to fewer, or one beat cut into several.
struct ConvertFront {
  Layout from, to;
};

/// All positions reduced to one, beat by beat.
struct ReduceFront {
  graph::ReduceKind kind = graph::ReduceKind::Sum;
  std::int64_t positions = 1;
};

/// All elements of each position reduced to one, beat by beat.
struct ReduceElementsFront {
  graph::ReduceKind kind = graph::ReduceKind::Sum;
  Layout from;
};

/// The place of the first of the best elements of each position, beat by beat.
struct BestElementFront {
  bool largest = true;
  Layout from;
};

/// The one element of each position, given in as many beats as the layout has.
struct RepeatFront {};

/// The beats of several values one after the other, as many of each in a position.
struct ChainFront {
  std::vector<std::int64_t> beats;
};

/// The state of a recurrence at the beginning of each time step: first the constant, or what the
/// first channel brings where there are two, then what the last time step gave. A stateful one is
/// what the last time step gave, of the inference before too; the constant lies in the channel at
/// reset.
struct StateFront {
  std::vector<std::int64_t> initial;
  bool is_stateful = false;
};

/// A sequence kept and given again from its end.
struct ReverseFront {};

using Front = std::variant<PortFront, TakeFront, WindowFront, StreamedWindowFront, FoldFront,
                           ProductFront, ConvertFront, ReduceFront, ReduceElementsFront,
                           BestElementFront, RepeatFront, ChainFront, StateFront, ReverseFront>;

/// In which time steps of a recurrence a beat goes.
enum class Times { All, AllButLast, Last };

/// The beats of a position, and the lanes of a beat, that go through a channel; empty: all.
struct Part {
  std::vector<std::int64_t> groups;
  std::vector<std::size_t> lanes;
};

/// A value that comes or goes in the beats of a channel of the network.
struct Transfer {
  graph::Value value;
  std::size_t channel = 0;
  Times times = Times::All;
  Part part = {};
};

/// 1 of nothing.
inline std::int64_t product(const std::vector<std::int64_t>& factors) {
  std::int64_t result = 1;
  for (const std::int64_t factor : factors) result *= factor;
  return result;
}

/// One process. Behind its front stand nodes of the model: where a beat is a whole position, any
/// that do the same at each one; where it is a part of a position, such as work on each element
/// alone.
struct ProcessPlan {
  std::string layer, purpose;
  Front front;
  Layout layout;  // of the front's words
  std::vector<Transfer> takes, gives;
  std::vector<graph::Value> front_values;
  std::vector<graph::NodeId> nodes;
  const graph::Graph* graph = nullptr;  // of the values and nodes: the model's, or a scan's body
  std::vector<std::int64_t> times;      // time steps of the recurrences around it, outermost first

  bool holds_positions() const { return layout.is_wide(); }
  /// Time steps of the recurrences around it, all together, and of the innermost one.
  std::int64_t all_times() const { return product(times); }
  std::int64_t own_times() const { return times.empty() ? 1 : times.back(); }
  /// Of an inference; a front may take more of them than it gives beats.
  std::int64_t own_steps() const;
  /// Whether the front's words grow over several steps: what stands behind is a process of its own,
  /// so that it does nothing before they are whole.
  bool collects() const;
  /// Whether the value stands in the process.
  bool holds(graph::Value value) const;
};

/// A port of the model that takes a channel's beats.
struct OutputPlan {
  std::string name;
  graph::Shape shape;
  std::vector<int> axes;
  std::size_t channel = 0;
};

struct NetworkPlan {
  /// Each takes from earlier ones alone, but for the states of recurrences.
  std::vector<ProcessPlan> processes;
  std::vector<OutputPlan> outputs;
  std::size_t channels = 0;
};

/// Errors, of all nodes that do not depend on a refused one: NoHardware.
Result<NetworkPlan> plan_network(const graph::Graph& graph, const Folds& folds);

/// Errors as of `lower`, of all processes that do not depend on a refused one.
Result<hardware::Design> build_network(const graph::Graph& graph, const NetworkPlan& plan,
                                       const LoweringOptions& options,
                                       const std::map<std::string, DspFactors>& dsps);

}  // namespace gatefold::lowering
