#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gatefold/hardware/design.h"
#include "gatefold/schedule/schedule.h"
#include "gatefold/support/result.h"

namespace gatefold::schedule {

/// Operations of one cost: a line over the width for the delay and one for the LUTs. Wires (shifts,
/// wraps, complements, constants) cost nothing.
enum class CostClass {
  Wire,
  Add,
  Add3,
  Negate,
  Compare,
  Equal,
  Logic,
  Select,
  Relu,
  Clamp,
  Multiply,
  Table
};

/// base + per_bit * size.
struct Line {
  double base = 0, per_bit = 0;
  double at(double size) const { return base + per_bit * size; }
};

struct Cost {
  Line delay_ns;  // size: see `size_of`
  Line luts;      // size: see `area_of`
  std::string source;
};

/// How a device family holds memories and long queues; the default: as registers.
struct MemoryCells {
  int lut_bits = 0;         // that one LUT holds as RAM with a write and a read port; 0: it cannot
  int block_from_bits = 0;  // memories from this size on are block RAMs; 0: there are none
  int table_block_from_bits = 0;  // the same of tables, filled up to all words of their addresses
  int block_bits = 0, block_width = 0;  // of one block RAM, and its widest word
  int block_luts = 0;                   // that the family's devices have for each of them
  double block_ns = 0;                  // from the clock to a word that is read
  bool has_blocks() const { return block_from_bits > 0; }
};

/// The multipliers of a device family beside its LUTs; the default: none.
struct DspCells {
  int long_bits = 0, short_bits = 0;  // signed factors that one multiplies
  double delay_ns = 0;                // from the factors to the product, no register between
  double luts = 0;                    // that the family's devices have for each of them
  bool exist() const { return long_bits > 0; }
};

/// Areas of a cell library's adders, in its unit.
struct AdderCells {
  double full_adder = 0, half_adder = 0, inverter = 0;
};

/// Delays and costs of a device family's operations, from data/targets/<name>.json, where every
/// number names its source.
struct Target {
  std::string name, title;
  int lut_inputs = 6;
  bool has_add3 = false;       // sums of three words in one carry chain; else they are two adders
  double route_ns = 0;         // added to every operation that is no wire
  double register_ns = 0;      // clock to output and setup, taken from every clock period
  double clock_ns = 5;         // where none is asked for
  std::array<Cost, 12> costs;  // by CostClass
  MemoryCells memory;
  DspCells dsp;
  /// Of a cell library (schedule/cell_target.h): costs are areas, and those of registers count too.
  std::optional<AdderCells> adder_cells;
  double register_area = 0;       // of a bit; FPGAs count registers apart from LUTs
  std::string area_unit = "LUT";  // what the costs count

  bool is_cell_library() const { return register_area > 0; }
  const Cost& cost(CostClass which) const { return costs[static_cast<std::size_t>(which)]; }
};

/// The targets that are built in, by name.
std::vector<std::string> target_names();
/// A built-in one, or cell_target.h's where the name is the path of a Liberty file (.lib).
/// TargetUnknown, TargetMalformed, what read_cell_target says.
Result<Target> load_target(const std::string& name);
/// From JSON text; `name` is for the messages.
Result<Target> parse_target(const std::string& name, std::string_view json);

CostClass class_of(const hardware::Kind& kind, const hardware::Process& process);

/// Bits of the carry chain of an addition, subtraction or negation.
int chain_width(const hardware::Process& process, hardware::ValueId id);

/// The lowest bit of an operand, shifted, that can be 1.
int lowest_bit(const hardware::Process& process, hardware::ValueId id, int shift);

/// The lowest bit of a sum that its carry chain computes: below it one operand alone stands, which
/// passes by unless it is negated.
int chain_start(const hardware::Process& process, const hardware::Add3& add);

/// Nanoseconds from the operands to the result, by the target's lines: the width of the carry chain
/// or of the result, the widths of both factors, or the address bits beyond one LUT. A
/// multiplication in a DSP takes that one's delay.
double delay_ns(const Target& target, const hardware::Process& process, hardware::ValueId id);
/// LUTs: by the width of the carry chain or of the result, the product of the factors' widths, or
/// the LUTs of a table's truth tables. None for a multiplication in a DSP.
double luts(const Target& target, const hardware::Process& process, hardware::ValueId id);

/// LUTs and delay of a table of words of `width` bits.
double table_luts(const Target& target, int address_bits, int width);
double table_delay_ns(const Target& target, int address_bits);

/// Most bits that two factors may have together for their multiplication in LUTs to fit a clock
/// period; 0 when none does.
int widest_product(const Target& target, double clock_ns);

/// The shortest clock period that holds a multiplication in a DSP of the target.
double dsp_clock_ns(const Target& target);

/// Whether the target has DSPs whose multiplication fits a clock period.
bool has_dsps(const Target& target, double clock_ns);

}  // namespace gatefold::schedule
