#include "gatefold/cells/liberty.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <optional>
#include <utility>

#include "gatefold/cells/liberty_text.h"
#include "gatefold/support/files.h"

namespace gatefold::cells {

namespace {

/// Larger numbers are no areas, times or loads.
constexpr double largest = 1e12;

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  return is_number && std::abs(value) <= largest ? std::optional(value) : std::nullopt;
}

std::vector<double> numbers(const std::string& text) {
  constexpr std::string_view between = ", \t\r\n\\";
  std::vector<double> result;
  for (std::size_t at = text.find_first_not_of(between); at != std::string::npos;) {
    const std::size_t end = std::min(text.find_first_of(between, at), text.size());
    result.push_back(number(std::string_view(text).substr(at, end - at)).value_or(0));
    at = text.find_first_not_of(between, end);
  }
  return result;
}

/// Nanoseconds of a time unit such as "1ns" or "10ps".
double nanoseconds(const std::string& unit) {
  const std::size_t end = std::min(unit.find_first_not_of("0123456789."), unit.size());
  const double count = number(std::string_view(unit).substr(0, end)).value_or(1);
  return unit.ends_with("ps") ? count / 1000 : count;
}

bool is_rising(const std::vector<double>& points) {
  return std::adjacent_find(points.begin(), points.end(), std::greater_equal<>()) == points.end();
}

/// A point's place among rising ones: the interval's first, and how far along it.
struct Place {
  std::size_t first = 0;
  double along = 0;
};

Place place(const std::vector<double>& points, double at) {
  if (points.size() < 2) return {};
  const auto above = std::upper_bound(points.begin() + 1, points.end() - 1, at);
  const auto i = static_cast<std::size_t>(above - points.begin()) - 1;
  return {i, (at - points[i]) / (points[i + 1] - points[i])};
}

double longest(const std::vector<TimingTable>& tables, double transition, double load) {
  double most = 0;
  for (const auto& table : tables) most = std::max(most, table.at(transition, load));
  return most;
}

class Reader {
 public:
  explicit Reader(const LibertyGroup& library)
      : library_(library), ns_(nanoseconds(library.attribute("time_unit"))) {}

  CellLibrary read() const {
    CellLibrary result;
    result.name = library_.name;
    for (const LibertyGroup& group : library_.groups) {
      if (group.type != "cell") continue;
      if (auto cell = combinational(group)) result.cells.push_back(std::move(*cell));
      if (auto flop = flip_flop(group)) result.registers.push_back(std::move(*flop));
    }
    return result;
  }

 private:
  const LibertyGroup* template_of(const std::string& name) const {
    for (const LibertyGroup& group : library_.groups)
      if (group.type == "lu_table_template" && group.name == name) return &group;
    return nullptr;
  }

  /// Points of an axis, from the table or else its template.
  static std::vector<double> points(const LibertyGroup& table, const LibertyGroup* shape,
                                    const std::string& index) {
    auto own = numbers(table.attribute(index));
    return own.empty() && shape != nullptr ? numbers(shape->attribute(index)) : own;
  }

  /// Empty where sizes do not agree or the points of an axis do not rise.
  std::optional<TimingTable> table(const LibertyGroup& group) const {
    const LibertyGroup* shape = template_of(group.name);
    TimingTable result{points(group, shape, "index_1"), points(group, shape, "index_2"),
                       numbers(group.attribute("values"))};
    const std::size_t rows = std::max<std::size_t>(result.transitions.size(), 1);
    const std::size_t columns = std::max<std::size_t>(result.loads.size(), 1);
    if (result.values.size() != rows * columns) return std::nullopt;
    if (!is_rising(result.transitions) || !is_rising(result.loads)) return std::nullopt;
    if (shape != nullptr && shape->attribute("variable_1") == "total_output_net_capacitance") {
      const std::vector<double> values = result.values;
      for (std::size_t i = 0; i < values.size(); ++i)
        result.values[i % columns * rows + i / columns] = values[i];
      std::swap(result.transitions, result.loads);
    }
    for (auto* times : {&result.transitions, &result.values})
      for (double& time : *times) time *= ns_;
    if (group.type.ends_with("_constraint"))  // of two inputs: no load
      for (double& time : result.loads) time *= ns_;
    return result;
  }

  std::vector<TimingTable> tables(const LibertyGroup& timing,
                                  std::initializer_list<std::string_view> types) const {
    std::vector<TimingTable> result;
    for (const LibertyGroup& group : timing.groups)
      if (std::find(types.begin(), types.end(), group.type) != types.end())
        if (auto read = table(group)) result.push_back(std::move(*read));
    return result;
  }

  /// The pin's arcs as the output of this number.
  void add_arcs(const LibertyGroup& pin, std::size_t output, std::vector<TimingArc>& arcs) const {
    for (const LibertyGroup& timing : pin.groups) {
      TimingArc arc{timing.attribute("related_pin"), output,
                    tables(timing, {"cell_rise", "cell_fall"}),
                    tables(timing, {"rise_transition", "fall_transition"})};
      if (!arc.delays.empty()) arcs.push_back(std::move(arc));
    }
  }

  static std::optional<double> area_of(const LibertyGroup& cell) {
    if (cell.attribute("dont_use") == "true") return std::nullopt;
    const auto area = number(cell.attribute("area"));
    return area && *area >= 0 ? area : std::nullopt;
  }

  /// Empty for a cell that holds a state, drives a bus or may not be used.
  std::optional<LibraryCell> combinational(const LibertyGroup& cell) const {
    LibraryCell result;
    result.name = cell.name;
    const auto area = area_of(cell);
    if (!area) return std::nullopt;
    result.area = *area;
    for (const LibertyGroup& pin : cell.groups) {
      if (pin.type != "pin") return std::nullopt;
      if (pin.attribute("direction") != "input") continue;
      result.inputs.push_back(pin.name);
      result.capacitances.push_back(number(pin.attribute("capacitance")).value_or(0));
    }
    for (const LibertyGroup& pin : cell.groups) {
      if (pin.attribute("direction") == "input") continue;
      const auto table = truth_table(pin.attribute("function"), result.inputs);
      if (!table || pin.attributes.contains("three_state")) return std::nullopt;
      add_arcs(pin, result.functions.size(), result.arcs);
      result.functions.push_back(*table);
      result.outputs.push_back(pin.name);
    }
    return result.functions.empty() ? std::nullopt : std::optional(std::move(result));
  }

  /// Empty for any other cell.
  std::optional<LibraryRegister> flip_flop(const LibertyGroup& cell) const {
    const auto area = area_of(cell);
    const auto ff = std::find_if(cell.groups.begin(), cell.groups.end(),
                                 [](const LibertyGroup& group) { return group.type == "ff"; });
    if (!area || ff == cell.groups.end()) return std::nullopt;
    LibraryRegister result{cell.name, *area, {}, {}};
    bool loads_one_input = false;
    for (const LibertyGroup& pin : cell.groups) {
      if (pin.name == ff->attribute("next_state")) {
        loads_one_input = true;
        for (const LibertyGroup& timing : pin.groups)
          if (timing.attribute("timing_type") == "setup_rising")
            result.setups = tables(timing, {"rise_constraint", "fall_constraint"});
      }
      if (pin.attribute("direction") == "output") add_arcs(pin, 0, result.arcs);
    }
    std::erase_if(result.arcs,
                  [&](const TimingArc& arc) { return arc.input != ff->attribute("clocked_on"); });
    return loads_one_input ? std::optional(std::move(result)) : std::nullopt;
  }

  const LibertyGroup& library_;
  double ns_;
};

/// The table of a function whose variable k is the given function's variable order[k].
TruthTable reordered(TruthTable table, const std::vector<std::size_t>& order) {
  TruthTable result = 0;
  for (std::size_t i = 0; i < std::size_t{1} << order.size(); ++i) {
    std::size_t from = 0;
    for (std::size_t k = 0; k < order.size(); ++k) from |= (i >> k & 1) << order[k];
    result |= (table >> from & 1) << i;
  }
  return result;
}

bool computes(const LibraryCell& cell, std::size_t inputs, std::vector<TruthTable> functions) {
  if (cell.inputs.size() != inputs || cell.functions.size() != functions.size()) return false;
  std::vector<std::size_t> order(inputs);
  for (std::size_t k = 0; k < inputs; ++k) order[k] = k;
  std::sort(functions.begin(), functions.end());
  do {
    std::vector<TruthTable> found;
    for (const TruthTable table : cell.functions) found.push_back(reordered(table, order));
    std::sort(found.begin(), found.end());
    if (found == functions) return true;
  } while (std::next_permutation(order.begin(), order.end()));
  return false;
}

}  // namespace

double TimingTable::at(double transition, double load) const {
  const Place row = place(transitions, transition), column = place(loads, load);
  const std::size_t columns = std::max<std::size_t>(loads.size(), 1);
  const auto in_row = [&](std::size_t i) {
    const double* const first = &values[i * columns + column.first];
    return column.along == 0 ? *first : *first + column.along * (first[1] - *first);
  };
  const double first = in_row(row.first);
  return row.along == 0 ? first : first + row.along * (in_row(row.first + 1) - first);
}

double TimingArc::delay(double transition, double load) const {
  return longest(delays, transition, load);
}

double TimingArc::transition(double transition, double load) const {
  return longest(transitions, transition, load);
}

double LibraryCell::delay(std::size_t output, double transition, double load) const {
  double most = 0;
  for (const TimingArc& arc : arcs)
    if (arc.output == output) most = std::max(most, arc.delay(transition, load));
  return most;
}

const LibraryCell* CellLibrary::smallest(std::size_t inputs,
                                         std::vector<TruthTable> functions) const {
  const LibraryCell* least = nullptr;
  for (const auto& cell : cells)
    if ((least == nullptr || cell.area < least->area) && computes(cell, inputs, functions))
      least = &cell;
  return least;
}

const LibraryRegister* CellLibrary::smallest_register() const {
  const auto least = std::min_element(
      registers.begin(), registers.end(),
      [](const LibraryRegister& a, const LibraryRegister& b) { return a.area < b.area; });
  return least == registers.end() ? nullptr : &*least;
}

Result<CellLibrary> read_liberty(std::string_view text, const std::string& path) {
  GATEFOLD_TRY(const LibertyGroup library, read_liberty_text(text, path));
  return Reader(library).read();
}

Result<CellLibrary> read_liberty(const std::filesystem::path& path) {
  GATEFOLD_TRY(const Bytes bytes, read_file(path));
  return read_liberty({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path.string());
}

}  // namespace gatefold::cells
