#include "gatefold/frontends/link_model.h"

#include <algorithm>
#include <fmt/format.h>
#include <functional>
#include <queue>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace gatefold::frontends {
namespace {

constexpr int no_node = -1;

/// Who defines each value: a node's index, or no_node for a port or an array.
class Definitions {
 public:
  Definitions(const ForeignModel& model, Diagnostics& errors) : errors_(errors) {
    for (const ForeignPort& port : model.inputs) define(port.name, no_node, "an input");
    for (const auto& [name, array] : model.arrays) define(name, no_node, "an array");
    for (std::size_t i = 0; i < model.nodes.size(); ++i) {
      for (const std::string& output : model.nodes[i].outputs) {
        if (output.empty()) continue;
        define(output, static_cast<int>(i), fmt::format("node '{}'", model.nodes[i].name));
      }
    }
  }

  bool has(const std::string& value) const { return entries_.contains(value); }
  int node_of(const std::string& value) const { return entries_.at(value).node; }

 private:
  struct Entry {
    int node;
    std::string by;
  };

  void define(const std::string& value, int node, const std::string& by) {
    const auto [entry, fresh] = entries_.try_emplace(value, Entry{node, by});
    if (fresh) return;
    errors_.push_back(diagnose(DiagnosticId::ValueDefinedTwice, "", value, entry->second.by, by));
  }

  std::unordered_map<std::string, Entry> entries_;
  Diagnostics& errors_;
};

void check_uses(const ForeignModel& model, const Definitions& definitions, Diagnostics& errors) {
  for (const ForeignNode& node : model.nodes) {
    for (const std::string& input : node.inputs) {
      if (input.empty() || definitions.has(input)) continue;
      errors.push_back(diagnose(DiagnosticId::ValueUndefined, node.name, "input", input));
    }
  }
  for (const ForeignPort& port : model.outputs) {
    if (definitions.has(port.name)) continue;
    errors.push_back(diagnose(DiagnosticId::ValueUndefined, "", "output", port.name));
  }
}

void check_ports(const ForeignModel& model, Diagnostics& errors) {
  if (model.inputs.empty()) errors.push_back(diagnose(DiagnosticId::ModelNoPorts, "", "inputs"));
  if (model.outputs.empty()) errors.push_back(diagnose(DiagnosticId::ModelNoPorts, "", "outputs"));
  std::set<std::string> seen;
  for (const ForeignPort& port : model.outputs) {
    if (seen.insert(port.name).second) continue;
    errors.push_back(
        diagnose(DiagnosticId::ValueDefinedTwice, "", port.name, "an output", "another output"));
  }
}

/// Kahn's algorithm on the nodes' indices.
class NodeOrder {
 public:
  NodeOrder(const ForeignModel& model, const Definitions& definitions)
      : producers_(model.nodes.size()), users_(model.nodes.size()) {
    for (std::size_t i = 0; i < model.nodes.size(); ++i) {
      for (const std::string& input : model.nodes[i].inputs) {
        const int producer = input.empty() ? no_node : definitions.node_of(input);
        if (producer == no_node) continue;
        producers_[i].push_back(static_cast<std::size_t>(producer));
        users_[static_cast<std::size_t>(producer)].push_back(i);
      }
    }
    sort();
  }

  const std::vector<std::size_t>& order() const { return order_; }
  bool complete() const { return order_.size() == producers_.size(); }

  /// Nodes of one circle, each feeding the next; only when the order is not complete.
  std::vector<std::size_t> circle() const {
    std::size_t node = 0;
    while (waiting_[node] == 0) ++node;
    std::vector<std::size_t> path;
    std::vector<std::size_t> position(producers_.size(), 0);
    while (position[node] == 0) {
      path.push_back(node);
      position[node] = path.size();
      node = *std::find_if(producers_[node].begin(), producers_[node].end(),
                           [&](std::size_t p) { return waiting_[p] > 0; });
    }
    path.erase(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(position[node] - 1));
    std::reverse(path.begin(), path.end());
    return path;
  }

 private:
  void sort() {
    std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
    for (std::size_t i = 0; i < producers_.size(); ++i) {
      waiting_.push_back(producers_[i].size());
      if (waiting_[i] == 0) ready.push(i);
    }
    while (!ready.empty()) {
      const std::size_t node = ready.top();
      ready.pop();
      order_.push_back(node);
      for (const std::size_t user : users_[node]) {
        if (--waiting_[user] == 0) ready.push(user);
      }
    }
  }

  std::vector<std::vector<std::size_t>> producers_, users_;
  std::vector<std::size_t> waiting_;  // per node: inputs whose producer is not placed yet
  std::vector<std::size_t> order_;
};

Diagnostic cyclic(const ForeignModel& model, const std::vector<std::size_t>& circle) {
  constexpr std::size_t most_shown = 8;
  std::string text;
  for (std::size_t i = 0; i < std::min(circle.size(), most_shown); ++i) {
    text += fmt::format("'{}' -> ", model.nodes[circle[i]].name);
  }
  if (circle.size() > most_shown) text += fmt::format("{} more -> ", circle.size() - most_shown);
  const std::string& first = model.nodes[circle.front()].name;
  return diagnose(DiagnosticId::ModelCyclic, first, fmt::format("{}'{}'", text, first));
}

void reorder(std::vector<ForeignNode>& nodes, const std::vector<std::size_t>& order) {
  std::vector<ForeignNode> sorted;
  sorted.reserve(nodes.size());
  for (const std::size_t index : order) sorted.push_back(std::move(nodes[index]));
  nodes = std::move(sorted);
}

}  // namespace

std::vector<std::string> unique_node_names(std::span<const NodeLabel> labels) {
  std::unordered_set<std::string> taken;
  std::vector<std::string> names(labels.size());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const std::string& name = labels[i].name;
    if (!name.empty() && taken.insert(name).second) names[i] = name;
  }
  std::unordered_map<std::string, int> next;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (!names[i].empty()) continue;
    const bool nameless = labels[i].name.empty();
    const std::string& base = nameless ? labels[i].type : labels[i].name;
    int& number = next.try_emplace(base, nameless ? 0 : 1).first->second;
    do {
      names[i] = fmt::format("{}_{}", base, number++);
    } while (!taken.insert(names[i]).second);
  }
  return names;
}

Result<ForeignModel> link_model(ForeignModel model) {
  Diagnostics errors;
  check_ports(model, errors);
  const Definitions definitions(model, errors);
  check_uses(model, definitions, errors);
  if (!errors.empty()) return errors;
  const NodeOrder order(model, definitions);
  if (!order.complete()) return cyclic(model, order.circle());
  reorder(model.nodes, order.order());
  return model;
}

}  // namespace gatefold::frontends
