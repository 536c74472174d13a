#include "gatefold/adder_graph/decomposition.h"

#include <algorithm>
#include <bit>

#include "gatefold/adder_graph/signed_digits.h"

namespace gatefold::adder_graph {

namespace {

std::size_t index(int i) { return static_cast<std::size_t>(i); }

int digits_in(const Weights& column) {
  int digits = 0;
  for (const auto weight : column) digits += canonical_count(weight);
  return digits;
}

/// Takes the common power of two out of a column.
int normalize(Weights& column) {
  std::uint64_t bits = 0;
  for (const auto weight : column) bits |= static_cast<std::uint64_t>(weight);
  if (bits == 0) return 0;
  const int shift = std::countr_zero(bits);
  for (auto& weight : column) weight >>= shift;
  return shift;
}

Weights difference(const Weights& a, const Weights& b, int sign) {
  Weights result(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) result[i] = a[i] - sign * b[i];
  return result;
}

/// Prim's algorithm from the zero column, for columns that fit the depth limit by themselves.
class SpanningTree {
 public:
  SpanningTree(const Problem& problem, int depth_limit, int longest_path)
      : problem_(problem), limit_(power_of_two(depth_limit)), longest_path_(longest_path) {
    for (auto& column : columns_of(problem)) {
      shifts_.push_back(normalize(column));
      columns_.push_back(std::move(column));
    }
    edges_.resize(columns_.size());
    paths_.resize(columns_.size());
    for (std::size_t j = 0; j < columns_.size(); ++j) edges_[j] = {-1, 1, digits_in(columns_[j])};
  }

  std::optional<Network> run(int depth_limit) {
    int alone = 0;
    for (const auto& edge : edges_) alone += edge.weight;
    Network network(problem_, std::vector<std::vector<Digit>>(columns_.size()), depth_limit);
    std::vector<bool> done(columns_.size());
    for (std::size_t count = 0; count < columns_.size(); ++count) {
      const int next = nearest(done);
      done[index(next)] = true;
      attach(network, next);
      relax(next, done);
    }
    int together = 0;
    for (const auto& edge : edges_) together += edge.weight;
    if (together * 10 > alone * 9) return std::nullopt;
    for (std::size_t j = 0; j < columns_.size(); ++j) write_output(network, j);
    network.tidy();
    return network;
  }

 private:
  struct Edge {
    int from = -1;  // -1: the zero column
    int sign = 1;
    int weight = 0;
  };
  struct Path {
    std::vector<Digit> sums;
    double kraft = 0;
  };

  int nearest(const std::vector<bool>& done) const {
    int best = -1;
    for (std::size_t j = 0; j < edges_.size(); ++j) {
      if (!done[j] && (best < 0 || edges_[j].weight < edges_[index(best)].weight)) {
        best = static_cast<int>(j);
      }
    }
    return best;
  }

  Weights step(int column) const {
    const auto& [from, sign, weight] = edges_[index(column)];
    return from < 0 ? columns_[index(column)]
                    : difference(columns_[index(column)], columns_[index(from)], sign);
  }

  void attach(Network& network, int column) {
    const auto& edge = edges_[index(column)];
    auto& path = paths_[index(column)];
    if (edge.from >= 0) {
      path = paths_[index(edge.from)];
      for (auto& digit : path.sums) digit.sign = static_cast<std::int16_t>(digit.sign * edge.sign);
    }
    const Weights delta = step(column);
    const auto digits = digits_of(delta);
    if (digits.empty()) return;
    path.kraft += power_of_two(level_of(kraft_of(delta, problem_)));
    path.sums.push_back(network.add_sum(digits));
  }

  void relax(int from, const std::vector<bool>& done) {
    const auto& path = paths_[index(from)];
    if (path.sums.empty() || static_cast<int>(path.sums.size()) >= longest_path_) return;
    for (std::size_t j = 0; j < columns_.size(); ++j) {
      if (done[j]) continue;
      for (const int sign : {1, -1}) {
        const Weights delta = difference(columns_[j], columns_[index(from)], sign);
        const int digits = digits_in(delta) + 1;
        if (digits >= edges_[j].weight) continue;
        const double kraft = path.kraft + power_of_two(level_of(kraft_of(delta, problem_)));
        if (kraft <= limit_) edges_[j] = {from, sign, digits};
      }
    }
  }

  void write_output(Network& network, std::size_t column) {
    for (Digit digit : paths_[column].sums) {
      digit.shift = static_cast<std::int16_t>(digit.shift + shifts_[column]);
      network.add(static_cast<int>(column), digit);
    }
  }

  const Problem& problem_;
  double limit_ = 0;
  int longest_path_ = 1;
  std::vector<Weights> columns_;
  std::vector<int> shifts_;
  std::vector<Edge> edges_;
  std::vector<Path> paths_;
};

Weights without(const Weights& column, std::int64_t offset, const std::vector<bool>& live) {
  Weights rest = column;
  for (std::size_t i = 0; i < rest.size(); ++i) rest[i] -= live[i] ? offset : 0;
  return rest;
}

/// The multiple of the inputs' sum that leaves the fewest digits, its own included: one of a few
/// digits near the middle of the weights.
std::int64_t best_offset(const Weights& column, const std::vector<bool>& live) {
  const auto [low, high] = std::minmax_element(column.begin(), column.end());
  std::int64_t best = 0;
  int fewest = digits_in(column);
  for (int shift = 0; shift < 62 && (std::int64_t{1} << shift) <= *high - *low; ++shift) {
    const std::int64_t step = std::int64_t{1} << shift;
    if ((*high - *low) / step > 16) continue;
    for (std::int64_t offset = *low / step * step; offset <= *high; offset += step) {
      const int digits = canonical_count(offset) + digits_in(without(column, offset, live));
      if (digits < fewest) fewest = digits, best = offset;
    }
  }
  return best;
}

}  // namespace

std::vector<Weights> columns_of(const Problem& problem) {
  std::vector<Weights> columns(index(problem.outputs), Weights(index(problem.inputs)));
  for (std::size_t i = 0; i < index(problem.inputs); ++i) {
    const auto& range = problem.ranges[i];
    if (range.low == 0 && range.high == 0) continue;
    for (std::size_t j = 0; j < columns.size(); ++j) {
      columns[j][i] = problem.weights[i * columns.size() + j];
    }
  }
  return columns;
}

std::vector<Digit> digits_of(const Weights& column, DigitForm form) {
  std::vector<Digit> digits;
  for (std::size_t i = 0; i < column.size(); ++i) {
    const auto append = form == DigitForm::Low ? append_low : append_canonical;
    append(static_cast<std::int32_t>(i), column[i], digits);
  }
  return digits;
}

double kraft_of(const Weights& column, const Problem& problem) {
  double kraft = 0;
  for (std::size_t i = 0; i < column.size(); ++i) {
    const int arrival = problem.depths.empty() ? 0 : problem.depths[i];
    kraft += canonical_count(column[i]) * power_of_two(arrival);
  }
  return kraft;
}

Network separate_columns(const Problem& problem, int depth_limit, DigitForm form) {
  std::vector<std::vector<Digit>> outputs;
  for (const auto& column : columns_of(problem)) outputs.push_back(digits_of(column, form));
  return Network(problem, outputs, depth_limit);
}

std::optional<Network> offset_columns(const Problem& problem, int depth_limit) {
  const std::vector<Weights> columns = columns_of(problem);
  std::vector<bool> live;
  std::vector<Digit> ones;
  for (int i = 0; i < problem.inputs; ++i) {
    const auto& range = problem.ranges[index(i)];
    live.push_back(range.low != 0 || range.high != 0);
    if (live.back()) ones.push_back({i, 0, 1});
  }
  if (ones.size() < 2) return std::nullopt;
  Network network(problem, std::vector<std::vector<Digit>>(columns.size()), depth_limit);
  const int sum = network.add_sum(ones).node;
  int alone = 0, together = static_cast<int>(ones.size());
  for (std::size_t j = 0; j < columns.size(); ++j) {
    const auto c = static_cast<int>(j);
    std::int64_t offset = best_offset(columns[j], live);
    const Weights rest = without(columns[j], offset, live);
    const double kraft =
        kraft_of(rest, problem) + canonical_count(offset) * power_of_two(network.at(sum).level);
    if (kraft > power_of_two(depth_limit)) offset = 0;
    std::vector<Digit> digits = digits_of(offset == 0 ? columns[j] : rest);
    append_canonical(sum, offset, digits);
    for (const auto& digit : digits) network.add(c, digit);
    alone += digits_in(columns[j]);
    together += static_cast<int>(digits.size());
  }
  if (together * 10 > alone * 9) return std::nullopt;
  network.tidy();
  return network;
}

std::optional<Network> decompose(const Problem& problem, int depth_limit, int longest_path) {
  return SpanningTree(problem, depth_limit, longest_path).run(depth_limit);
}

}  // namespace gatefold::adder_graph
