#include "gatefold/adder_graph/network.h"

#include <algorithm>
#include <cmath>

#include "gatefold/adder_graph/signed_digits.h"
#include "gatefold/adder_graph/sum_tree.h"

namespace gatefold::adder_graph {

namespace {

std::size_t index(int node) { return static_cast<std::size_t>(node); }

bool before(const Digit& a, const Digit& b) {
  return a.node != b.node ? a.node < b.node : a.shift < b.shift;
}

/// One digit per node and shift; canonical digits where that takes fewer.
void normalize(std::vector<Digit>& terms) {
  std::sort(terms.begin(), terms.end(), before);
  std::vector<Digit> result;
  for (std::size_t i = 0; i < terms.size();) {
    const std::size_t begin = i;
    std::int64_t weight = 0;
    bool repeated = false;
    for (; i < terms.size() && terms[i].node == terms[begin].node; ++i) {
      weight += terms[i].sign * (std::int64_t{1} << terms[i].shift);
      repeated |= i > begin && terms[i].shift == terms[i - 1].shift;
    }
    if (repeated || static_cast<int>(i - begin) > canonical_count(weight)) {
      append_canonical(terms[begin].node, weight, result);
    } else {
      result.insert(result.end(), terms.begin() + static_cast<std::ptrdiff_t>(begin),
                    terms.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
  terms = std::move(result);
}

}  // namespace

Network::Network(const Problem& problem, std::vector<std::vector<Digit>> outputs, int depth_limit)
    : problem_(&problem),
      inputs_(problem.inputs),
      depth_limit_(depth_limit),
      outputs_(std::move(outputs)) {
  for (int i = 0; i < inputs_; ++i) {
    const auto& range = problem.ranges[index(i)];
    const int level = problem.depths.empty() ? 0 : problem.depths[index(i)];
    nodes_.push_back({{}, {{i, 1}}, range, top_of(range), level, 0, false});
  }
  output_bits_.assign(outputs_.size(), unknown);
  output_fresh_.assign(outputs_.size(), true);
}

Digit Network::add_pair(const Digit& a, const Digit& b) {
  Digit first = a, second = b;
  Digit made{size(), std::min(a.shift, b.shift), 1};
  first.shift = static_cast<std::int16_t>(first.shift - made.shift);
  second.shift = static_cast<std::int16_t>(second.shift - made.shift);
  const auto bits = [&](int flip) {
    const auto x = shifted(at(a.node).range, first), y = shifted(at(b.node).range, second);
    if (first.sign == second.sign) return first.sign * flip > 0 ? 0 : 1 << 20;
    const bool x_positive = first.sign * flip > 0;
    return adder_bits(x_positive ? x : y, x_positive ? y : x, true,
                      {x.low + y.low, x.high + y.high, 0});
  };
  if (bits(-1) < bits(1)) {
    made.sign = -1;
    first.sign = static_cast<std::int16_t>(-first.sign);
    second.sign = static_cast<std::int16_t>(-second.sign);
  }
  append({first, second}, sum_of_forms(at(a.node).form, first, at(b.node).form, second));
  return made;
}

Digit Network::append(std::vector<Digit> terms, Form form) {
  Node node;
  node.level = level_of(terms);
  node.terms = std::move(terms);
  node.form = std::move(form);
  node.range = range_of(node.form, *problem_);
  node.top = top_of(node.range);
  nodes_.push_back(std::move(node));
  return {size() - 1, 0, 1};
}

Digit Network::add_sum(const std::vector<Digit>& terms) {
  if (terms.size() == 1) return terms.front();
  Form form;
  for (const auto& term : terms) form = sum_of_forms(form, {}, at(term.node).form, term);
  return append(terms, std::move(form));
}

void Network::set_output(std::size_t column, std::vector<Digit> terms) {
  normalize(terms);
  outputs_[column] = std::move(terms);
  output_bits_[column] = unknown;
  output_fresh_[column] = true;
}

std::vector<Column> Network::columns() const {
  std::vector<Column> result;
  for (int node = inputs_; node < size(); ++node) {
    result.push_back({at(node).terms, at(node).level, at(node).fresh});
  }
  for (std::size_t j = 0; j < outputs_.size(); ++j) {
    result.push_back({outputs_[j], depth_limit_, output_fresh_[j] != 0});
  }
  return result;
}

void Network::set_columns(std::vector<Column> columns) {
  const std::size_t shared = columns.size() - outputs_.size(), first = index(inputs_);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    auto& terms = i < shared ? nodes_[first + i].terms : outputs_[i - shared];
    auto& bits = i < shared ? nodes_[first + i].bits : output_bits_[i - shared];
    if (columns[i].digits.size() != terms.size()) bits = unknown;
    terms = std::move(columns[i].digits);
  }
  for (auto& node : nodes_) node.fresh = false;
  output_fresh_.assign(outputs_.size(), false);
}

std::vector<int> Network::order() const {
  std::vector<int> result;
  std::vector<bool> seen(nodes_.size());
  std::vector<std::pair<int, std::size_t>> path;
  for (const auto& terms : outputs_) {
    for (const auto& term : terms) {
      if (!seen[index(term.node)]) {
        seen[index(term.node)] = true;
        path.push_back({term.node, 0});
      }
      while (!path.empty()) {
        auto& [node, next] = path.back();
        if (next == at(node).terms.size()) {
          if (node >= inputs_) result.push_back(node);
          path.pop_back();
          continue;
        }
        const int child = at(node).terms[next++].node;
        if (seen[index(child)]) continue;
        seen[index(child)] = true;
        path.push_back({child, 0});
      }
    }
  }
  return result;
}

int Network::level_of(const std::vector<Digit>& terms) const {
  double kraft = 0;
  for (const auto& term : terms) kraft += power_of_two(at(term.node).level);
  int level = 0;
  while (power_of_two(level) < kraft) ++level;
  return level;
}

/// Carries nodes over to the new numbering, replacing some by their terms.
struct Network::Rewrite {
  Network& target;
  std::vector<std::vector<Digit>> replacement;  // of each old node, in new nodes
  std::vector<bool> moved;                      // level changed, or replaced

  std::vector<Digit> apply(const std::vector<Digit>& terms, bool& changed) const {
    std::vector<Digit> result;
    changed = false;
    for (const auto& term : terms) {
      changed = changed || moved[index(term.node)];
      for (Digit digit : replacement[index(term.node)]) {
        digit.shift = static_cast<std::int16_t>(digit.shift + term.shift);
        digit.sign = static_cast<std::int16_t>(digit.sign * term.sign);
        result.push_back(digit);
      }
    }
    if (changed) normalize(result);
    return result;
  }
};

void Network::rewrite(const std::vector<bool>& chosen) {
  std::vector<Node> old;
  const std::vector<int> sequence = order();
  old.swap(nodes_);
  nodes_.reserve(old.size());
  Rewrite map{*this, std::vector<std::vector<Digit>>(old.size()), std::vector<bool>(old.size())};
  for (int i = 0; i < inputs_; ++i) {
    map.replacement[index(i)] = {{i, 0, 1}};
    nodes_.push_back(std::move(old[index(i)]));
  }
  for (const int node : sequence) {
    auto& source = old[index(node)];
    bool changed = false;
    source.terms = map.apply(source.terms, changed);
    if (source.terms.size() == 1 || chosen[index(node)]) {
      map.replacement[index(node)] = std::move(source.terms);
      map.moved[index(node)] = true;
      continue;
    }
    const int level = level_of(source.terms);
    map.moved[index(node)] = level != source.level;
    if (changed || level != source.level) source.bits = unknown;
    source.fresh = source.fresh || changed;
    source.level = level;
    map.replacement[index(node)] = {{size(), 0, 1}};
    nodes_.push_back(std::move(source));
  }
  for (std::size_t j = 0; j < outputs_.size(); ++j) {
    bool changed = false;
    outputs_[j] = map.apply(outputs_[j], changed);
    if (!changed) continue;
    output_bits_[j] = unknown;
    output_fresh_[j] = true;
  }
}

std::vector<bool> Network::used_once() const {
  std::vector<int> uses(nodes_.size());
  const auto count = [&](const std::vector<Digit>& terms) {
    for (const auto& term : terms) ++uses[index(term.node)];
  };
  for (const auto& node : nodes_) count(node.terms);
  for (const auto& terms : outputs_) count(terms);
  std::vector<bool> once(nodes_.size());
  for (int node = inputs_; node < size(); ++node) once[index(node)] = uses[index(node)] <= 1;
  return once;
}

void Network::dissolve(std::vector<bool> chosen) {
  chosen.resize(nodes_.size());
  rewrite(chosen);
  for (auto once = used_once(); std::find(once.begin(), once.end(), true) != once.end();
       once = used_once()) {
    rewrite(once);
  }
}

int Network::tree_bits(const std::vector<Digit>& terms, int limit, bool shared) const {
  std::vector<Leaf> leaves;
  for (const auto& term : terms) {
    leaves.push_back({shifted(at(term.node).range, term), at(term.node).level, term.sign < 0});
  }
  return SumPlan(leaves, limit, shared ? SumPlan::Sign::Cheaper : SumPlan::Sign::Positive).bits();
}

std::int64_t Network::bits() {
  std::int64_t sum = 0;
  for (auto& node : nodes_) {
    if (node.bits == unknown) node.bits = tree_bits(node.terms, node.level, true);
    sum += node.bits;
  }
  for (std::size_t j = 0; j < outputs_.size(); ++j) {
    if (output_bits_[j] == unknown) {
      output_bits_[j] = tree_bits(outputs_[j], depth_limit_, false);
    }
    sum += output_bits_[j];
  }
  return sum;
}

}  // namespace gatefold::adder_graph
