#include "gatefold/adder_graph/network.h"

#include <algorithm>

#include "gatefold/adder_graph/pair_counts.h"

namespace gatefold::adder_graph {

namespace {

Digit moved(Digit digit, int shift, int sign) {
  digit.shift = static_cast<std::int16_t>(digit.shift + shift);
  digit.sign = static_cast<std::int16_t>(digit.sign * sign);
  return digit;
}

}  // namespace

int level_of(double kraft) {
  int level = 0;
  while (power_of_two(level) < kraft) ++level;
  return level;
}

Network::Network(const Problem& problem, const std::vector<std::vector<Digit>>& outputs,
                 int depth_limit)
    : problem_(&problem),
      inputs_(problem.inputs),
      outputs_(static_cast<int>(outputs.size())),
      depth_limit_(depth_limit) {
  for (int i = 0; i < inputs_; ++i) {
    const auto& range = problem.ranges[index(i)];
    const int level = problem.depths.empty() ? 0 : problem.depths[index(i)];
    nodes_.push_back({{{i, 1}}, range, top_of(range), level, {}, true});
  }
  columns_.resize(outputs.size());
  for (int j = 0; j < outputs_; ++j) {
    for (const auto& digit : outputs[index(j)]) add(j, digit);
  }
}

Digit Network::add_pair(const Digit& a, const Digit& b) {
  Digit first = a, second = b;
  const auto base = std::min(a.shift, b.shift);
  first.shift = static_cast<std::int16_t>(first.shift - base);
  second.shift = static_cast<std::int16_t>(second.shift - base);
  const auto cost = [&](int flip) -> std::int64_t {
    const auto x = shifted(at(a.node).range, first), y = shifted(at(b.node).range, second);
    if (first.sign == second.sign) return first.sign * flip > 0 ? 0 : 1;
    const bool x_positive = first.sign * flip > 0;
    return problem_->model.of_adder(x_positive ? x : y, x_positive ? y : x, true,
                                    {x.low + y.low, x.high + y.high, 0});
  };
  std::int16_t sign = 1;
  if (cost(-1) < cost(1)) {
    sign = -1;
    first = negated(first);
    second = negated(second);
  }
  const Digit terms[] = {first, second};
  const Digit made = append(terms, sum_of_forms(at(a.node).form, first, at(b.node).form, second));
  return {made.node, base, sign};
}

Digit Network::append(std::span<const Digit> terms, Form form) {
  const int made = new_node();
  Node& node = nodes_[index(made)];
  double kraft = 0;
  for (const auto& term : terms) kraft += power_of_two(at(term.node).level);
  node.level = level_of(kraft);
  node.form = std::move(form);
  node.range = range_of(node.form, *problem_);
  node.top = top_of(node.range);
  note({Change::Kind::Made, made, {}, 0});
  for (const auto& term : terms) insert(column_of(made), term);
  return {made, 0, 1};
}

int Network::new_node() {
  if (unused_.empty()) {
    nodes_.emplace_back().alive = false;
    columns_.emplace_back();
    unused_.push_back(size() - 1);
  }
  const int node = unused_.back();
  unused_.pop_back();
  set_alive(node, true);
  return node;
}

void Network::set_alive(int node, bool alive) {
  nodes_[index(node)].alive = alive;
  shared_ += alive ? 1 : -1;
}

Digit Network::add_sum(const std::vector<Digit>& terms) {
  if (terms.size() == 1) return terms.front();
  Form form;
  for (const auto& term : terms) form = sum_of_forms(form, {}, at(term.node).form, term);
  return append(terms, std::move(form));
}

void Network::touch(int column) {
  auto& touched = columns_[index(column)];
  if (touched.touched) return;
  touched.touched = true;
  touched_.push_back({column, touched.cost});
  cost_ -= touched.cost;
}

void Network::insert(int column, const Digit& digit) {
  auto& target = columns_[index(column)];
  if (counts_ != nullptr) counts_->added(target.digits, digit);
  target.digits.push_back(digit);
  auto& node = nodes_[index(digit.node)];
  target.kraft += power_of_two(node.level);
  const Use use{column, digit.shift, digit.sign};
  node.uses.insert(std::lower_bound(node.uses.begin(), node.uses.end(), use), use);
  touch(column);
  note({Change::Kind::Added, column, digit, 0});
}

void Network::erase(int column, const Digit& digit) {
  auto& target = columns_[index(column)];
  const auto at = std::find(target.digits.begin(), target.digits.end(), digit);
  *at = target.digits.back();
  target.digits.pop_back();
  if (counts_ != nullptr) counts_->removed(target.digits, digit);
  auto& node = nodes_[index(digit.node)];
  target.kraft -= power_of_two(node.level);
  const Use use{column, digit.shift, digit.sign};
  node.uses.erase(std::lower_bound(node.uses.begin(), node.uses.end(), use));
  touch(column);
  note({Change::Kind::Removed, column, digit, 0});
  if (node.uses.size() < 2 && digit.node >= inputs_) suspect_.push_back(digit.node);
  if (target.digits.size() < 2 && column >= outputs_) suspect_.push_back(owner_of(column));
}

void Network::add(int column, Digit digit) {
  const auto& digits = columns_[index(column)].digits;
  while (true) {
    const auto same = std::find_if(digits.begin(), digits.end(), [&](const Digit& other) {
      return other.node == digit.node && other.shift == digit.shift;
    });
    if (same == digits.end()) return insert(column, digit);
    const bool cancels = same->sign != digit.sign;
    erase(column, Digit(*same));
    if (cancels) return;
    ++digit.shift;
  }
}

void Network::dissolve(int node) {
  const std::vector<Use> uses = at(node).uses;
  const std::vector<Digit> terms = column(column_of(node)).digits;
  for (const auto& use : uses) {
    erase(use.column, {node, use.shift, use.sign});
    for (const auto& term : terms) add(use.column, moved(term, use.shift, use.sign));
  }
  kill(node);
}

void Network::kill(int node) {
  const int c = column_of(node);
  while (!column(c).digits.empty()) erase(c, Digit(column(c).digits.back()));
  set_alive(node, false);
  note({Change::Kind::Killed, node, {}, 0});
  if (!journaling_) unused_.push_back(node);
}

bool Network::needless(int node) const {
  return at(node).alive && (at(node).uses.size() < 2 || column(column_of(node)).digits.size() < 2);
}

void Network::tidy() {
  std::size_t checked = 0;
  while (true) {
    while (!suspect_.empty()) {
      const int node = suspect_.back();
      suspect_.pop_back();
      if (needless(node)) dissolve(node);
    }
    if (checked == touched_.size()) break;
    write_canonically(touched_[checked].column);
    ++checked;
  }
  for (std::size_t i = 0; i < touched_.size(); ++i) lower_level(touched_[i].column);
}

void Network::lower_level(int column) {
  if (column < outputs_ || !at(owner_of(column)).alive) return;
  const int level = level_of(columns_[index(column)].kraft);
  if (level < at(owner_of(column)).level) set_level(owner_of(column), level);
}

void Network::set_level(int node, int level) {
  auto& changed = nodes_[index(node)];
  note({Change::Kind::Level, node, {}, changed.level});
  const double more = power_of_two(level) - power_of_two(changed.level);
  changed.level = level;
  touch(column_of(node));
  for (const auto& use : changed.uses) {
    columns_[index(use.column)].kraft += more;
    touch(use.column);
  }
}

void Network::begin() { journaling_ = true; }

void Network::commit() {
  for (const auto& [column, old] : touched_) {
    cost_ += columns_[index(column)].cost;
    columns_[index(column)].touched = false;
  }
  touched_.clear();
  for (const auto& change : journal_) {
    if (change.kind == Change::Kind::Killed) unused_.push_back(change.at);
  }
  journal_.clear();
  journaling_ = false;
}

void Network::rollback() {
  journaling_ = false;
  for (auto change = journal_.rbegin(); change != journal_.rend(); ++change) undo(*change);
  for (const auto& [column, cost] : touched_) {
    columns_[index(column)].cost = cost;
    cost_ += cost;
    columns_[index(column)].touched = false;
  }
  touched_.clear();
  journal_.clear();
  suspect_.clear();
}

void Network::undo(const Change& change) {
  switch (change.kind) {
    case Change::Kind::Added:
      return erase(change.at, change.digit);
    case Change::Kind::Removed:
      return insert(change.at, change.digit);
    case Change::Kind::Made:
      set_alive(change.at, false);
      return unused_.push_back(change.at);
    case Change::Kind::Killed:
      return set_alive(change.at, true);
    case Change::Kind::Level:
      return set_level(change.at, change.level);
  }
}

}  // namespace gatefold::adder_graph
