#include <algorithm>

#include "gatefold/adder_graph/adder_graph.h"

namespace gatefold::adder_graph {

using numeric::Interval;

namespace {

// target += a * b; false on overflow.
bool multiply_add(std::int64_t a, std::int64_t b, std::int64_t& target) {
  std::int64_t product = 0;
  return !__builtin_mul_overflow(a, b, &product) &&
         !__builtin_add_overflow(target, product, &target);
}

/// Recomputes linear forms, dense by input, and checks what each adder claims.
class Checker {
 public:
  Checker(const AdderGraph& graph, const Problem& problem) : graph_(graph), problem_(problem) {
    const auto n = static_cast<std::size_t>(problem.inputs);
    forms_.resize(n);
    depths_ = problem.depths;
    depths_.resize(n);
    for (std::size_t i = 0; i < n; ++i) forms_[i] = {{i, 1}};
    uses_.resize(n + graph.adders.size());
    for (const auto& adder : graph.adders) count_use(adder.a), count_use(adder.b);
    for (const auto& output : graph.outputs) count_use(output.node);
  }

  bool run() {
    if (graph_.inputs != problem_.inputs) return false;
    if (graph_.outputs.size() != static_cast<std::size_t>(problem_.outputs)) return false;
    std::int64_t bits = 0;
    for (const auto& adder : graph_.adders) {
      if (!add(adder)) return false;
      bits += bits_of(adder);
    }
    if (bits != graph_.bits) return false;
    if (graph_.output_ranges.size() != graph_.outputs.size()) return false;
    int depth = 0;
    for (std::size_t j = 0; j < graph_.outputs.size(); ++j) {
      if (!matches(graph_.outputs[j], j)) return false;
      const int node = graph_.outputs[j].node;
      if (node >= 0) depth = std::max(depth, depths_[static_cast<std::size_t>(node)]);
    }
    return depth == graph_.depth && cost_of(graph_, problem_) == graph_.cost;
  }

 private:
  struct Factor {
    std::size_t input = 0;
    std::int64_t weight = 0;
  };
  using Form = std::vector<Factor>;

  bool known(int node) const { return node >= 0 && static_cast<std::size_t>(node) < forms_.size(); }
  const Form& form(int node) const { return forms_[static_cast<std::size_t>(node)]; }

  // Adds factor * source to a form; false on overflow.
  static bool accumulate(const Form& source, int shift, bool negate, Form& target) {
    const std::int64_t factor = (negate ? -1 : 1) * (std::int64_t{1} << shift);
    Form sum;
    std::size_t i = 0, j = 0;
    while (i < source.size() || j < target.size()) {
      const bool take_i =
          j == target.size() || (i < source.size() && source[i].input <= target[j].input);
      const bool take_j =
          i == source.size() || (j < target.size() && target[j].input <= source[i].input);
      const std::size_t input = take_i ? source[i].input : target[j].input;
      std::int64_t weight = take_j ? target[j++].weight : 0;
      if (take_i && !multiply_add(source[i++].weight, factor, weight)) return false;
      if (weight != 0) sum.push_back({input, weight});
    }
    target = std::move(sum);
    return true;
  }

  void count_use(int node) {
    if (node >= 0 && static_cast<std::size_t>(node) < uses_.size()) ++uses_[index(node)];
  }
  // Forms of large matrices take gigabytes if they are kept.
  void use(int node) {
    if (--uses_[index(node)] == 0) forms_[index(node)] = {};
  }
  static std::size_t index(int node) { return static_cast<std::size_t>(node); }

  static bool valid_shift(int shift) { return shift >= 0 && shift < numeric::max_word_width; }

  bool add(const Adder& adder) {
    if (!known(adder.a) || !known(adder.b)) return false;
    if (!valid_shift(adder.shift_a) || !valid_shift(adder.shift_b)) return false;
    if (std::min(adder.shift_a, adder.shift_b) != 0) return false;
    Form sum;
    if (!accumulate(form(adder.a), adder.shift_a, false, sum)) return false;
    if (!accumulate(form(adder.b), adder.shift_b, adder.subtract, sum)) return false;
    const int depth = std::max(depths_[static_cast<std::size_t>(adder.a)],
                               depths_[static_cast<std::size_t>(adder.b)]) +
                      1;
    if (depth != adder.depth || !holds(adder.range, sum)) return false;
    use(adder.a);
    use(adder.b);
    forms_.push_back(std::move(sum));
    depths_.push_back(depth);
    return true;
  }

  bool holds(const Interval& claimed, const Form& sum) const {
    std::int64_t low = 0, high = 0;
    for (const auto& [input, weight] : sum) {
      const auto& range = problem_.ranges[input];
      if (!multiply_add(weight > 0 ? range.low : range.high, weight, low)) return false;
      if (!multiply_add(weight > 0 ? range.high : range.low, weight, high)) return false;
      if (range.low == 0 && range.high == 0) continue;
      const auto zeros = __builtin_ctzll(static_cast<unsigned long long>(weight)) + range.zeros;
      if (zeros < claimed.zeros) return false;
    }
    return claimed.low <= low && high <= claimed.high;
  }

  Interval operand(int node, int shift) const {
    const Interval& range =
        node < problem_.inputs
            ? problem_.ranges[static_cast<std::size_t>(node)]
            : graph_.adders[static_cast<std::size_t>(node - problem_.inputs)].range;
    return {range.low << shift, range.high << shift, range.zeros + shift};
  }

  int bits_of(const Adder& adder) const {
    return bits_of_adder(operand(adder.a, adder.shift_a), operand(adder.b, adder.shift_b),
                         adder.subtract, adder.range)
        .chain();
  }

  bool matches(const Term& output, std::size_t column) {
    if (!valid_shift(output.shift) || (output.node != -1 && !known(output.node))) return false;
    Form sum;
    if (output.node >= 0 && !accumulate(form(output.node), output.shift, output.negate, sum)) {
      return false;
    }
    if (output.node >= 0) use(output.node);
    if (!holds(graph_.output_ranges[column], sum)) return false;
    std::size_t at = 0;
    for (std::size_t i = 0; i < static_cast<std::size_t>(problem_.inputs); ++i) {
      const bool present = at < sum.size() && sum[at].input == i;
      const std::int64_t computed = present ? sum[at++].weight : 0;
      if (problem_.ranges[i].low == 0 && problem_.ranges[i].high == 0) continue;
      if (computed != problem_.weights[i * static_cast<std::size_t>(problem_.outputs) + column]) {
        return false;
      }
    }
    return true;
  }

  const AdderGraph& graph_;
  const Problem& problem_;
  std::vector<Form> forms_;
  std::vector<int> depths_, uses_;
};

}  // namespace

bool equals(const AdderGraph& graph, const Problem& problem) {
  return Checker(graph, problem).run();
}

}  // namespace gatefold::adder_graph
