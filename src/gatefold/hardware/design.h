#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "gatefold/hardware/operation.h"
#include "gatefold/numeric/tensor.h"
#include "gatefold/support/result.h"

// A design is a set of processes joined by channels. A process is a counter over a loop nest and a
// pure body that fires once per step. docs/architecture.md, "The process", gives the whole meaning.
namespace gatefold::hardware {

/// A ROM: entries[i] answers the word `first + i`.
struct LookupTable {
  std::string name;
  std::int64_t first = 0;
  std::vector<std::int64_t> entries;
};

/// A RAM (or a ROM where nothing writes it) of `initial.size()` words. Other words of the range may
/// be loaded into a reloadable one between inferences.
struct Memory {
  std::string name;
  numeric::Interval range;
  std::vector<std::int64_t> initial;
  bool reloadable = false;
};

/// A register that outlives a step.
struct State {
  std::string name;
  numeric::Interval range;
  std::int64_t initial = 0;
};

/// A loop of the nest, outermost first.
struct Loop {
  std::string name;
  std::int64_t trips = 1;
};

/// True at the counts where `first <= count < end` and `(count - first) % stride == 0`; where
/// `counts` (ascending) is not empty, at these instead.
struct CountRange {
  int loop = 0;
  std::int64_t first = 0, end = 0, stride = 1;
  std::vector<std::int64_t> counts = {};

  bool holds(std::int64_t count) const;
};
/// All of them; empty is every step.
using When = std::vector<CountRange>;

/// The step takes one beat from the channel.
struct Take {
  ChannelId channel;
  When when;
};
/// The step gives one beat: the words, in order.
struct Give {
  ChannelId channel;
  std::vector<ValueId> words;
  When when;
};

struct Process {
  std::string name;
  std::vector<Loop> loops;      // empty: one step per inference
  int interval = 1;             // cycles per step (a recurrence may need more than one)
  std::vector<Operation> body;  // each operation after its operands
  std::vector<LookupTable> tables;
  std::vector<Memory> memories;
  std::vector<State> states;
  std::vector<Take> takes;
  std::vector<Give> gives;

  ValueId add(Kind kind, numeric::Interval range, int layer);
  const Operation& operation(ValueId id) const { return body[static_cast<std::size_t>(id.index)]; }
  std::int64_t steps() const;  // product of the trips
  /// One step per inference that keeps nothing: the whole process is one pipeline.
  bool is_parallel() const;
  /// The steps of one inference at which `when` holds.
  std::int64_t beats(const When& when) const;
  /// Whether `when` holds at a step (0 <= step < steps()).
  bool holds(const When& when, std::int64_t step) const;
  /// The count of a loop at a step.
  std::int64_t count_at(int loop, std::int64_t step) const;
};

/// A stream of beats, each the same list of words. `initial` beats lie in it at reset.
struct Channel {
  std::string name;
  std::vector<numeric::Interval> words;
  std::vector<std::vector<std::int64_t>> initial;
};

/// A port of the model: its tensor, transposed by `axes` (empty: as it is), is the words of the
/// beats of one inference, row-major.
struct Port {
  std::string name;  // the model's name of the tensor
  ChannelId channel;
  numeric::Shape shape;
  std::vector<int> axes = {};  // axis i of what the beats carry is axis axes[i] of the tensor
};

/// The flat index in the port's tensor of each word of the beats of one inference, in order.
std::vector<std::int64_t> elements_of_beats(const Port& port);

/// A layer of the trained model, for names of modules and rows of reports.
struct Layer {
  std::string name;
  std::string kind;  // `linear`, `quantize`, …: the ops made of it, joined by '+'
};

struct Design {
  std::string name;
  std::vector<Layer> layers;
  std::vector<Channel> channels;
  std::vector<Process> processes;
  std::vector<Port> inputs, outputs;
};

/// The first broken invariant as text (operand order, indices, words of at most 62 bits, tables and
/// memories that cover their addresses, one giver and one taker a channel, equal rates), empty when
/// there is none. A range holds what interval arithmetic gives, or is a narrower proved claim.
std::string verify(const Design& design);

/// The text form; parse(print(d)) prints the same.
std::string print(const Design& design);
Result<Design> parse(const std::string& text);

/// The design with nothing loaded: what does not depend on the words of its reloadable memories,
/// which are all 0 (or the nearest word of their range).
Design unloaded(Design design);

/// Tensors by port name, one row a sample: [samples, elements].
using Batch = std::map<std::string, numeric::IntTensor>;

/// The meaning of a design without time: processes fire as soon as their beats are there, each
/// steps() times a sample. Every value is checked against its range. An interrupt ends it early,
/// with an empty batch.
Batch run_design(const Design& design, const Batch& inputs);

}  // namespace gatefold::hardware
