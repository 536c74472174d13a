#include "gatefold/adder_graph/partial_tables.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <utility>

#include "gatefold/adder_graph/form.h"
#include "gatefold/support/assert.h"

namespace gatefold::adder_graph {

using numeric::Interval;

namespace {

/// More weights of the sums than this are left to the adder graph, for memory.
constexpr std::size_t most_sums = std::size_t{1} << 24;

std::size_t index(int i) { return static_cast<std::size_t>(i); }

bool is_constant(const Interval& range) { return range.is_constant() && range.low != 0; }

std::int64_t weight(const Problem& problem, int input, int output) {
  return problem.weights[index(input) * index(problem.outputs) + index(output)];
}

int zeros_of(const std::vector<std::int64_t>& entries) {
  std::uint64_t bits = 0;
  for (const auto entry : entries) bits |= static_cast<std::uint64_t>(entry);
  return bits == 0 ? 0 : std::countr_zero(bits);
}

/// What the inputs add to the output, by address.
std::vector<std::int64_t> entries_of(const Problem& problem, const std::vector<int>& inputs,
                                     int output) {
  std::vector<std::int64_t> entries{0};
  for (const int input : inputs) {
    const auto step = step_of(problem.ranges[index(input)]) * weight(problem, input, output);
    const std::size_t half = entries.size();
    for (std::size_t address = 0; address < half; ++address)
      entries.push_back(entries[address] + step);
  }
  return entries;
}

void add_to(std::vector<std::int64_t>& entries, std::int64_t offset) {
  for (auto& entry : entries) entry += offset;
}

std::int64_t span_of(const std::vector<std::int64_t>& entries) {
  const auto [low, high] = std::ranges::minmax(entries);
  return high - low;
}

class Tabulation {
 public:
  explicit Tabulation(const Problem& problem) : problem_(problem), kept_(problem.weights) {}

  std::optional<Tabulated> run() {
    for (int j = 0; j < problem_.outputs; ++j) tabulate(j);
    if (result_.tables.empty()) return std::nullopt;
    const std::size_t inputs = index(problem_.inputs) + result_.tables.size();
    if (inputs * index(problem_.outputs) > most_sums) return std::nullopt;
    make_sums();
    return has_room() ? std::optional(std::move(result_)) : std::nullopt;
  }

 private:
  std::vector<int> inputs_of(int output, bool (*wanted)(const Interval&)) const {
    std::vector<int> inputs;
    for (int i = 0; i < problem_.inputs; ++i)
      if (wanted(problem_.ranges[index(i)]) && weight(problem_, i, output) != 0)
        inputs.push_back(i);
    return inputs;
  }

  void tabulate(int output) {
    std::vector<int> bits = inputs_of(output, is_one_bit);
    if (bits.size() < 2) return;
    // Small weights together make narrow words.
    std::ranges::stable_sort(bits, {}, [&](int i) {
      return std::abs(step_of(problem_.ranges[index(i)]) * weight(problem_, i, output));
    });
    std::vector<PartialTable> tables = groups_of(bits);
    for (auto& table : tables) table.entries = entries_of(problem_, table.inputs, output);
    std::vector<int> constants = inputs_of(output, is_constant);
    std::int64_t constant = 0;
    for (const int i : constants)
      constant += problem_.ranges[index(i)].low * weight(problem_, i, output);
    move_offsets(tables, constant);
    for (auto& table : tables) place(std::move(table), output);
    for (const int i : bits) kept(i, output) = 0;
    for (const int i : constants) kept(i, output) = 0;
  }

  /// As few groups as there can be, of nearly equal sizes.
  std::vector<PartialTable> groups_of(const std::vector<int>& inputs) const {
    const std::size_t most = index(problem_.model.table->inputs);
    const std::size_t count = (inputs.size() + most - 1) / most;
    std::vector<PartialTable> groups(count);
    for (std::size_t i = 0; i < inputs.size(); ++i)
      groups[i * count / inputs.size()].inputs.push_back(inputs[i]);
    return groups;
  }

  /// A word from 0 on needs no sign: one table takes the lowest values of all, and the constant.
  static void move_offsets(std::vector<PartialTable>& tables, std::int64_t constant) {
    const auto widest = std::ranges::max_element(
        tables, {}, [](const PartialTable& table) { return span_of(table.entries); });
    for (auto& table : tables) {
      if (&table == &*widest) continue;
      const auto low = std::ranges::min(table.entries);
      add_to(table.entries, -low);
      constant += low;
    }
    add_to(widest->entries, constant);
  }

  /// Equal tables are one.
  void place(PartialTable table, int output) {
    const int zeros = zeros_of(table.entries);
    for (auto& entry : table.entries) entry >>= zeros;
    const auto key = std::pair{table.inputs, table.entries};
    const auto [found, fresh] = known_.try_emplace(key, result_.tables.size());
    if (fresh) {
      result_.tables.push_back(std::move(table));
      readers_.emplace_back();
    }
    readers_[found->second].push_back({output, zeros});
  }

  void make_sums() {
    Problem& sums = result_.sums;
    sums = problem_;
    sums.inputs = 0;
    sums.weights.clear();
    sums.ranges.clear();
    sums.depths.clear();
    for (int i = 0; i < problem_.inputs; ++i) keep(i);
    for (std::size_t t = 0; t < result_.tables.size(); ++t) add_word(t);
    // Words of tables share nothing that a search could find.
    if (result_.rest.empty()) sums.effort = 0;
  }

  void keep(int input) {
    const auto row = kept_.begin() + static_cast<std::ptrdiff_t>(index(input) * outputs());
    const auto end = row + static_cast<std::ptrdiff_t>(outputs());
    if (std::all_of(row, end, [](std::int64_t w) { return w == 0; })) return;
    result_.rest.push_back(input);
    add_input({row, end}, problem_.ranges[index(input)], arrival(input));
  }

  void add_word(std::size_t t) {
    const PartialTable& table = result_.tables[t];
    std::vector<std::int64_t> row(outputs(), 0);
    for (const Reader& reader : readers_[t])
      row[index(reader.output)] = std::int64_t{1} << reader.zeros;
    int depth = 0;
    for (const int input : table.inputs) depth = std::max(depth, arrival(input));
    const auto [low, high] = std::ranges::minmax(table.entries);
    add_input(row, {low, high, 0}, depth + 1);
    result_.cost += problem_.model.table->bit * top_of({low, high, 0});
  }

  void add_input(const std::vector<std::int64_t>& row, const Interval& range, int depth) {
    Problem& sums = result_.sums;
    ++sums.inputs;
    sums.weights.insert(sums.weights.end(), row.begin(), row.end());
    sums.ranges.push_back(range);
    sums.depths.push_back(depth);
  }

  /// As solve() wants it, with offsets in the words.
  bool has_room() const {
    const Problem& sums = result_.sums;
    for (int j = 0; j < sums.outputs; ++j) {
      double sum = 0;
      for (int i = 0; i < sums.inputs; ++i) {
        const Interval& range = sums.ranges[index(i)];
        const auto most =
            std::max(-static_cast<double>(range.low), static_cast<double>(range.high));
        sum += 2 * most * std::abs(static_cast<double>(weight(sums, i, j)));
      }
      if (sum >= std::ldexp(1.0, numeric::max_word_width - 1)) return false;
    }
    return true;
  }

  std::size_t outputs() const { return index(problem_.outputs); }
  std::int64_t& kept(int input, int output) {
    return kept_[index(input) * outputs() + index(output)];
  }
  int arrival(int input) const {
    return problem_.depths.empty() ? 0 : problem_.depths[index(input)];
  }

  struct Reader {
    int output = 0, zeros = 0;
  };

  const Problem& problem_;
  std::vector<std::int64_t> kept_;  // the weights of what no table reads
  std::map<std::pair<std::vector<int>, std::vector<std::int64_t>>, std::size_t> known_;
  std::vector<std::vector<Reader>> readers_;  // of each table
  Tabulated result_;
};

}  // namespace

bool is_one_bit(const Interval& range) {
  const std::int64_t unit = std::int64_t{1} << range.zeros;
  return (range.low == 0 && range.high == unit) || (range.high == 0 && range.low == -unit);
}

std::int64_t step_of(const Interval& range) { return range.low + range.high; }

std::optional<Tabulated> tabulate(const Problem& problem) {
  if (!problem.model.table) return std::nullopt;
  auto tabulated = Tabulation(problem).run();
  GATEFOLD_ASSERT(!tabulated || equals(*tabulated, problem), "the tables compute their matrix");
  return tabulated;
}

std::optional<Tabulated> cheaper_tables(const Problem& problem, Cache& solved) {
  auto tabulated = tabulate(problem);
  if (!tabulated) return std::nullopt;
  const AdderGraph& graph = solved.solve(problem);
  const AdderGraph& sums = solved.solve(tabulated->sums);
  const bool cheaper = tabulated->cost + sums.cost < graph.cost;
  return cheaper && sums.depth <= depth_limit(problem) ? std::move(tabulated) : std::nullopt;
}

}  // namespace gatefold::adder_graph
