#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gatefold/hardware/design.h"
#include "gatefold/schedule/schedule.h"

// What is settled before a line is printed: which values live, who owns them, what crosses from
// one module to another in which stage, and every name.
namespace gatefold::emit {

using hardware::ValueId;

/// A value as it stands in a pipeline stage.
struct Source {
  ValueId value;
  int stage = 0;
  friend auto operator<=>(const Source&, const Source&) = default;
};

/// The holder of what stands in no layer's module.
inline constexpr int top_owner = -1;

struct ValuePlan {
  bool alive = false;  // printed: it reaches an output or a store, and is no constant
  std::optional<std::int64_t> constant;
  hardware::Word word;
  int birth = 0;           // the stage that computes it
  int last = 0;            // the last stage that reads it
  bool at_top = false;     // a word of a port or the count of a loop: born in the top module
  int layer = 0;           // its module holds the delay registers, and the value unless at_top
  std::string name;        // at birth
  std::string note;        // the port element that it becomes
  std::set<int> exported;  // stages in which other modules read it from its layer's module
};

struct LayerPlan {
  std::string stem;              // names of signals and of the instance
  std::string module;            // empty: nothing of the layer is left to print
  std::vector<ValueId> values;   // alive and computed here, in the order of the body
  std::vector<ValueId> delayed;  // alive, with registers here
  std::vector<ValueId> writes;   // of states and memories, in the order of the body
  std::set<Source> imports;
};

struct PortPlan {
  std::string name;  // legal stem
  const hardware::Port* port = nullptr;
  const hardware::Channel* channel = nullptr;
  hardware::When when;                // the steps that move a beat
  std::vector<ValueId> words;         // of an input: invalid where nobody reads the word
  std::vector<std::int64_t> offsets;  // of each word in the packed beat, and at last its width
  std::int64_t beats = 1;             // of one inference

  std::int64_t width() const { return offsets.back(); }
  /// Of the data port, which has one bit (0) where a beat has none.
  std::int64_t wire_width() const { return width() > 0 ? width() : 1; }
};

/// A state or memory and the layer whose module holds it; -1 when nothing reads it.
struct StorePlan {
  std::string name;
  int layer = -1;
};

struct Plan {
  const hardware::Design* design = nullptr;
  const hardware::Process* process = nullptr;
  std::vector<int> schedule;  // stage by ValueId
  int stages = 1;
  std::string top;     // name of the top module
  std::string banner;  // version and hash, one line
  std::vector<ValuePlan> values;
  std::vector<ValueId> alias;  // the value that stands for each one
  std::vector<LayerPlan> layers;
  std::vector<PortPlan> inputs, outputs;
  std::vector<StorePlan> states, memories;
  std::vector<std::string> loop_names, table_names;

  ValueId canonical(ValueId id) const { return alias[static_cast<std::size_t>(id.index)]; }
  /// Follows aliases.
  const ValuePlan& value(ValueId id) const;
  ValuePlan& value(ValueId id);
  const hardware::Operation& operation(ValueId id) const { return process->operation(id); }
  /// The stage of a write.
  int stage_of_write(ValueId id) const { return schedule[static_cast<std::size_t>(id.index)]; }
  /// The module (a layer's, or top_owner) that holds the value in this stage.
  int holder(const Source& source) const;
  /// Its name inside a layer's module.
  std::string local_name(int layer, const Source& source) const;
  /// Its name in the top module.
  std::string top_name(const Source& source) const;
};

/// The design must verify, and have one process.
Plan make_plan(const hardware::Design& design, const schedule::Schedule& schedule);

/// The layers that have a module, in order.
std::vector<int> printed_layers(const Plan& plan);

/// FNV-1a of the text, as 16 hexadecimal digits.
std::string hash_of(const std::string& text);

}  // namespace gatefold::emit
