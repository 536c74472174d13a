#include "gatefold/adder_graph/partial_tables.h"

namespace gatefold::adder_graph {

namespace {

std::size_t index(int i) { return static_cast<std::size_t>(i); }

class TablesChecker {
 public:
  TablesChecker(const Tabulated& tabulated, const Problem& problem)
      : tabulated_(tabulated), problem_(problem), sums_(tabulated.sums) {}

  bool run() const {
    const std::size_t words = tabulated_.rest.size() + tabulated_.tables.size();
    if (index(sums_.inputs) != words || sums_.outputs != problem_.outputs) return false;
    for (std::size_t r = 0; r < tabulated_.rest.size(); ++r)
      if (sums_.ranges[r] != range(tabulated_.rest[r])) return false;
    for (std::size_t t = 0; t < tabulated_.tables.size(); ++t)
      if (!is_linear(tabulated_.tables[t], word_of(t))) return false;
    for (int j = 0; j < problem_.outputs; ++j)
      if (!matches(j)) return false;
    return true;
  }

 private:
  const numeric::Interval& range(int input) const { return problem_.ranges[index(input)]; }
  const numeric::Interval& word_of(std::size_t table) const {
    return sums_.ranges[tabulated_.rest.size() + table];
  }
  static std::int64_t weight(const Problem& problem, std::size_t input, int output) {
    return problem.weights[input * index(problem.outputs) + index(output)];
  }

  /// What the entry of one bit adds to that of none.
  static std::int64_t step_of_bit(const PartialTable& table, std::size_t bit) {
    return table.entries[std::size_t{1} << bit] - table.entries[0];
  }

  bool is_linear(const PartialTable& table, const numeric::Interval& word) const {
    if (table.entries.size() != std::size_t{1} << table.inputs.size()) return false;
    for (const int input : table.inputs)
      if (!is_one_bit(range(input))) return false;
    for (std::size_t address = 0; address < table.entries.size(); ++address) {
      std::int64_t sum = table.entries[0];
      for (std::size_t bit = 0; bit < table.inputs.size(); ++bit)
        if ((address >> bit & 1) != 0) sum += step_of_bit(table, bit);
      if (sum != table.entries[address] || !word.contains(sum)) return false;
    }
    return true;
  }

  /// What the matrix adds with each input, less what tables and sums do, is nothing; the tables'
  /// constants are those of constant inputs.
  bool matches(int output) const {
    std::vector<std::int64_t> left;  // by input, of its weight
    for (std::size_t i = 0; i < index(problem_.inputs); ++i)
      left.push_back(weight(problem_, i, output));
    std::int64_t constant = 0;
    for (std::size_t r = 0; r < tabulated_.rest.size(); ++r)
      left[index(tabulated_.rest[r])] -= weight(sums_, r, output);
    for (std::size_t t = 0; t < tabulated_.tables.size(); ++t) {
      const auto factor = weight(sums_, tabulated_.rest.size() + t, output);
      if (factor != 0 && !take(tabulated_.tables[t], factor, left)) return false;
      constant += factor * tabulated_.tables[t].entries[0];
    }
    for (std::size_t i = 0; i < left.size(); ++i) {
      const numeric::Interval& of = problem_.ranges[i];
      if (of.is_constant())
        constant -= left[i] * of.low;
      else if (left[i] != 0)
        return false;
    }
    return constant == 0;
  }

  bool take(const PartialTable& table, std::int64_t factor, std::vector<std::int64_t>& left) const {
    for (std::size_t bit = 0; bit < table.inputs.size(); ++bit) {
      const auto step = step_of(range(table.inputs[bit]));
      const auto added = factor * step_of_bit(table, bit);
      if (added % step != 0) return false;
      left[index(table.inputs[bit])] -= added / step;
    }
    return true;
  }

  const Tabulated& tabulated_;
  const Problem& problem_;
  const Problem& sums_;
};

}  // namespace

bool equals(const Tabulated& tabulated, const Problem& problem) {
  return TablesChecker(tabulated, problem).run();
}

}  // namespace gatefold::adder_graph
