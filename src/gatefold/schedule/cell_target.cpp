#include "gatefold/schedule/cell_target.h"

#include <algorithm>
#include <cmath>
#include <fmt/core.h>

namespace gatefold::schedule {
namespace {

using cells::CellLibrary;
using cells::LibraryCell;
using cells::LibraryRegister;
using cells::TruthTable;

constexpr TruthTable not_of = 0b01, and_of = 0b1000, nand_of = 0b0111, xor_of = 0b0110;
constexpr TruthTable sum_of_three = 0b10010110, majority = 0b11101000, choice = 0b11001010;
constexpr double fan_out = 4;

/// Cells, one behind the other for the delay.
struct Gates {
  double area = 0, delay = 0;
  friend Gates operator+(const Gates& a, const Gates& b) {
    return {a.area + b.area, a.delay + b.delay};
  }
};

/// A full or half adder: its area, and delays to the sum and from carry to carry.
struct AdderGates {
  double area = 0, sum = 0, carry = 0;
};

/// The gates that a library has, or makes of its NAND gates.
class GateSet {
 public:
  GateSet(const CellLibrary& library, const LibraryCell& inverter, const LibraryCell& nand)
      : library_(library) {
    load_ = fan_out * inverter.capacitances.front();
    for (int i = 0; i < 20; ++i) transition_ = slowest_edge(inverter);
    not_ = of(inverter);
    nand_ = of(nand);
    and_ = cell_or(2, {and_of}, nand_ + not_);
    xor_ = cell_or(2, {xor_of}, {4 * nand_.area, 3 * nand_.delay});
    mux_ = cell_or(3, {choice}, {3 * nand_.area + not_.area, 2 * nand_.delay + not_.delay});
  }

  const Gates& inverter() const { return not_; }
  const Gates& nand() const { return nand_; }
  const Gates& conjunction() const { return and_; }
  const Gates& exclusive_or() const { return xor_; }
  const Gates& multiplexer() const { return mux_; }

  AdderGates half_adder() const {
    const AdderGates gates{xor_.area + and_.area, xor_.delay, and_.delay};
    return adder_or(2, {xor_of, and_of}, and_of, gates);
  }
  AdderGates full_adder() const {
    const AdderGates gates{2 * xor_.area + 3 * nand_.area, 2 * xor_.delay, 2 * nand_.delay};
    return adder_or(3, {sum_of_three, majority}, majority, gates);
  }
  /// The carry alone.
  double carry_area() const {
    return std::min(cell_or(3, {majority}, {4 * nand_.area, 0}).area, full_adder().area);
  }

  double clock_to_output(const LibraryRegister& flop) const {
    double most = 0;
    for (const auto& arc : flop.arcs) most = std::max(most, arc.delay(transition_, load_));
    return most;
  }
  double setup(const LibraryRegister& flop) const {
    double most = 0;
    for (const auto& table : flop.setups) most = std::max(most, table.at(transition_, transition_));
    return most;
  }

 private:
  double slowest_edge(const LibraryCell& inverter) const {
    double most = 0;
    for (const auto& arc : inverter.arcs) most = std::max(most, arc.transition(transition_, load_));
    return most;
  }

  Gates of(const LibraryCell& cell) const { return {cell.area, cell.delay(0, transition_, load_)}; }

  Gates cell_or(std::size_t inputs, std::vector<TruthTable> functions, const Gates& gates) const {
    const auto* cell = library_.smallest(inputs, std::move(functions));
    return cell != nullptr && cell->area < gates.area ? of(*cell) : gates;
  }

  AdderGates adder_or(std::size_t inputs, const std::vector<TruthTable>& functions,
                      TruthTable carry, const AdderGates& gates) const {
    const auto* cell = library_.smallest(inputs, functions);
    if (cell == nullptr || cell->area >= gates.area) return gates;
    const std::size_t carry_at = cell->functions[0] == carry ? 0 : 1;
    // the carry goes in where it is through first
    double fastest = HUGE_VAL;
    for (const std::string& input : cell->inputs)
      fastest = std::min(fastest, through(*cell, input, carry_at));
    return {cell->area, cell->delay(1 - carry_at, transition_, load_), fastest};
  }

  double through(const LibraryCell& cell, const std::string& input, std::size_t output) const {
    double most = 0;
    for (const auto& arc : cell.arcs)
      if (arc.input == input && arc.output == output)
        most = std::max(most, arc.delay(transition_, load_));
    return most;
  }

  const CellLibrary& library_;
  double load_ = 0, transition_ = 0;
  Gates not_, nand_, and_, xor_, mux_;
};

/// The line whose first bit takes `first`.
Line chain(double first, double per_bit) { return {std::max(first - per_bit, 0.0), per_bit}; }

/// Lines over the bits that cost.cpp counts, by CostClass. Of an adder's and a register's cells the
/// library says how many a bit takes; the rest is a round number.
std::array<Cost, 12> costs_of(const GateSet& gates) {
  const AdderGates full = gates.full_adder(), half = gates.half_adder();
  const Gates inverter = gates.inverter(), both = gates.conjunction();
  const Gates differ = gates.exclusive_or(), choose = gates.multiplexer();
  const Line sum = chain(full.sum, full.carry);
  const Line adder{half.area - full.area, full.area};
  const double tree = 5 * both.delay;  // over up to 32 bits
  std::array<Cost, 12> costs;
  const auto set = [&](CostClass which, Line delay, Line area) {
    costs[static_cast<std::size_t>(which)] = {delay, area, "liberty"};
  };
  const auto twice = [](const Line& line) { return Line{2 * line.base, 2 * line.per_bit}; };
  set(CostClass::Add, sum, adder);
  set(CostClass::Add3, twice(sum), twice(adder));
  set(CostClass::Negate, chain(inverter.delay + half.sum, half.carry),
      {0, inverter.area + half.area});
  set(CostClass::Compare, {inverter.delay, full.carry}, {0, inverter.area + gates.carry_area()});
  set(CostClass::Equal, {differ.delay + tree, 0}, {0, differ.area + both.area});
  set(CostClass::Logic, {differ.delay, 0}, {0, differ.area});
  set(CostClass::Select, {choose.delay, 0}, {0, choose.area});
  set(CostClass::Relu, {inverter.delay + both.delay, 0}, {inverter.area, both.area});
  set(CostClass::Clamp, {tree + 2 * both.delay, 0}, {0, 3 * both.area});
  set(CostClass::Multiply, {both.delay, full.sum}, {0, full.area + both.area});
  set(CostClass::Table, {4 * gates.nand().delay, choose.delay}, {0, 8 * gates.nand().area});
  return costs;
}

/// As data/targets: the least multiple of 5 ns that holds what is never split.
double clock_for(const Target& target) {
  double longest = target.cost(CostClass::Table).delay_ns.at(14 - target.lut_inputs);
  for (const CostClass which :
       {CostClass::Add, CostClass::Compare, CostClass::Equal, CostClass::Clamp})
    longest = std::max(longest, target.cost(which).delay_ns.at(32));
  return 5 * std::ceil((longest + target.register_ns) / 5);
}

}  // namespace

bool is_liberty(const std::string& target) { return target.ends_with(".lib"); }

Result<Target> cell_target(const CellLibrary& library, const std::string& path) {
  const auto lacks = [&](const char* cell) {
    return diagnose(DiagnosticId::LibertyLacksCell, "", path, cell);
  };
  const auto* inverter = library.smallest(1, {not_of});
  const auto* nand = library.smallest(2, {nand_of});
  const auto* flop = library.smallest_register();
  if (inverter == nullptr) return lacks("inverter");
  if (nand == nullptr) return lacks("NAND gate of two inputs");
  if (flop == nullptr) return lacks("flip-flop");
  const GateSet gates(library, *inverter, *nand);
  Target target;
  target.name = path;
  target.title = fmt::format("Cells of {}", library.name);
  target.lut_inputs = 4;  // up to so many inputs, a table is one handful of gates
  target.costs = costs_of(gates);
  target.register_ns = gates.clock_to_output(*flop) + gates.setup(*flop);
  target.clock_ns = clock_for(target);
  target.adder_cells =
      AdderCells{gates.full_adder().area, gates.half_adder().area, gates.inverter().area};
  target.register_area = flop->area + gates.multiplexer().area;
  target.area_unit = "um2";
  return target;
}

Result<Target> read_cell_target(const std::filesystem::path& path) {
  GATEFOLD_TRY(const CellLibrary library, cells::read_liberty(path));
  return cell_target(library, path.string());
}

}  // namespace gatefold::schedule
