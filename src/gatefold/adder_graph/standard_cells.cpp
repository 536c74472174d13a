#include "gatefold/adder_graph/standard_cells.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "gatefold/cells/liberty.h"
#include "gatefold/support/files.h"

namespace gatefold::adder_graph {

namespace {

using cells::CellLibrary;
using cells::TruthTable;

constexpr double absent = std::numeric_limits<double>::infinity();
// All of these are the same for any order of their inputs.
constexpr TruthTable not_of = 0b01, and_of = 0b1000, nand_of = 0b0111, xor_of = 0b0110;
constexpr TruthTable sum_of_three = 0b10010110, majority = 0b11101000;

class Areas {
 public:
  explicit Areas(const CellLibrary& library) : library_(library) {}

  /// Of the smallest cell with exactly these outputs.
  double of(std::size_t inputs, std::vector<TruthTable> functions) const {
    const auto* cell = library_.smallest(inputs, std::move(functions));
    return cell == nullptr ? absent : cell->area;
  }

  double inverter() const { return of(1, {not_of}); }
  double nand() const { return of(2, {nand_of}); }
  double exclusive_or() const { return std::min(of(2, {xor_of}), 4 * nand()); }
  double half_adder() const {
    const double carry = std::min(of(2, {and_of}), nand() + inverter());
    return std::min(of(2, {xor_of, and_of}), exclusive_or() + carry);
  }
  double full_adder() const {
    const double of_gates = 2 * exclusive_or() + 3 * nand();
    const double of_two = of(3, {sum_of_three}) + of(3, {majority});
    return std::min({of(3, {sum_of_three, majority}), of_gates, of_two});
  }

 private:
  const CellLibrary& library_;
};

}  // namespace

Result<CostModel> standard_cells(std::string_view liberty, const std::string& path) {
  GATEFOLD_TRY(const CellLibrary library, cells::read_liberty(liberty, path));
  const Areas areas(library);
  if (areas.inverter() == absent)
    return diagnose(DiagnosticId::LibertyLacksCell, "", path, "inverter");
  if (areas.nand() == absent)
    return diagnose(DiagnosticId::LibertyLacksCell, "", path, "NAND gate of two inputs");
  CostModel model;
  model.per_unit = 1000;
  const auto cost = [&](double area) { return std::llround(area * model.per_unit); };
  model.full_adder = cost(areas.full_adder());
  model.half_adder = cost(areas.half_adder());
  model.inverter = cost(areas.inverter());
  model.chain = model.half_adder - model.full_adder;
  return model;
}

Result<CostModel> read_standard_cells(const std::filesystem::path& path) {
  GATEFOLD_TRY(const Bytes bytes, read_file(path));
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return standard_cells(text, path.string());
}

}  // namespace gatefold::adder_graph
