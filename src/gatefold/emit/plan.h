#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gatefold/emit/beat_layout.h"
#include "gatefold/emit/names.h"
#include "gatefold/emit/options.h"
#include "gatefold/hardware/design.h"
#include "gatefold/schedule/schedule.h"

// What is settled of a process before a line is printed: which values live, who owns them, what
// crosses from one module to another in which stage, and every name.
namespace gatefold::emit {

using hardware::ValueId;

/// A value as it stands in a pipeline stage.
struct Source {
  ValueId value;
  int stage = 0;
  friend auto operator<=>(const Source&, const Source&) = default;
};

/// The holder of what stands in the process's own module.
inline constexpr int top_owner = -1;

struct ValuePlan {
  bool alive = false;  // printed: it reaches an output or a store, and is no constant
  std::optional<std::int64_t> constant;
  hardware::Word word;
  int birth = 0;                                     // the stage that computes it
  int first_read = std::numeric_limits<int>::max();  // the first stage that reads it
  int last = 0;                                      // the last one, or its birth
  bool at_top = false;   // a word of a port or the count of a loop: born in the process's module
  int joint_table = -1;  // of a lookup: the wide table that answers it
  std::size_t place_in_table = 0;
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

/// An input or output of a process: a port of the model or an end of a channel.
struct PortPlan : StreamPort {
  hardware::When when;         // the steps that move a beat
  std::vector<ValueId> words;  // of an input: invalid where nobody reads the word
  std::vector<bool> is_gated;  // of an input: whether a word must be 0 in the other steps
};

/// A state or memory and the layer whose module holds it; -1 when nothing reads it.
struct StorePlan {
  std::string name;
  int layer = -1;
  int array = -1;  // of a memory: its array and its lowest bit there
  int low = 0;
};

/// A port by which an array is read.
struct ArrayRead {
  Source address;
  ValueId first;           // of the values that it gives, the first in the body
  bool registered = true;  // its word is known in the next stage only: a block RAM can be the array
};

/// Memories whose words lie side by side.
struct ArrayPlan {
  std::string name;
  int layer = 0;
  std::size_t words = 0;
  int width = 0;                             // bits of a word
  std::vector<hardware::MemoryId> memories;  // the first in the low bits
  std::vector<ArrayRead> reads;
  bool reloadable = false;
  std::int64_t first_address = 0;  // of the load port, where it is reloadable
};

/// Tables that a layer looks up by one word in one stage, side by side.
struct JointTable {
  int layer = 0;
  std::vector<ValueId> lookups;
  hardware::Channel entries;  // packed as a beat: the first lookup in the low bits
};

struct Plan {
  const hardware::Design* design = nullptr;
  const hardware::Process* process = nullptr;
  std::vector<int> schedule;  // stage by ValueId
  int stages = 1;
  std::string module;  // the process's; those of its layers begin with its name
  std::string banner;  // version and hash, one line
  RegisterEnable register_enable = RegisterEnable::Valid;
  std::vector<ValuePlan> values;
  std::vector<ValueId> alias;  // the value that stands for each one
  std::vector<LayerPlan> layers;
  std::vector<PortPlan> inputs, outputs;
  std::vector<StorePlan> states, memories;
  std::vector<ArrayPlan> arrays;
  std::vector<JointTable> joint_tables;
  std::vector<std::string> loop_names, table_names;
  int load_address_width = 0;  // 0: nothing is reloadable

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
  /// Its name in the process's module.
  std::string top_name(const Source& source) const;
};

/// Plans a process of a design that verifies; its module is to have the name `module`, and its
/// layers' modules take names from `modules`.
Plan make_plan(const hardware::Design& design, const hardware::Process& process,
               const schedule::ProcessSchedule& schedule, const std::string& module,
               NameTable& modules);

/// The stages at whose ends a layer has data registers.
std::set<int> register_stages(const Plan& plan, int layer);

/// The layers that have a module, in order.
std::vector<int> printed_layers(const Plan& plan);

}  // namespace gatefold::emit
