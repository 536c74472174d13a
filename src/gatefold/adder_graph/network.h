#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gatefold/adder_graph/form.h"

namespace gatefold::adder_graph {

/// A sum to be built: its digits, and the deepest level at which it may be ready.
struct Column {
  std::vector<Digit> digits;
  int depth_limit = 0;
  bool fresh = true;  // changed since the last elimination
};

/// Sums over inputs and other sums, before their trees are chosen. Node < inputs is an input; the
/// others are shared sums. What a shared sum computes never changes, its terms may. Its level is
/// the least at which it can be ready: Kraft's inequality over its terms' levels.
class Network {
 public:
  static constexpr int unknown = -1;

  Network(const Problem& problem, std::vector<std::vector<Digit>> outputs, int depth_limit);

  struct Node {
    std::vector<Digit> terms;  // empty for inputs
    Form form;
    numeric::Interval range;
    int top = 0;
    int level = 0;
    int bits = unknown;
    bool fresh = true;
  };

  int inputs() const { return inputs_; }
  int size() const { return static_cast<int>(nodes_.size()); }
  const Node& at(int node) const { return nodes_[static_cast<std::size_t>(node)]; }
  const std::vector<std::vector<Digit>>& outputs() const { return outputs_; }
  int depth_limit() const { return depth_limit_; }

  /// Appends the sum a + b, of the sign whose adder is cheaper, and returns its digit.
  Digit add_pair(const Digit& a, const Digit& b);
  /// Appends the sum of two or more digits; one digit stands for itself.
  Digit add_sum(const std::vector<Digit>& terms);
  void set_output(std::size_t column, std::vector<Digit> terms);
  /// Every sum, first the shared ones, and how to write them back.
  std::vector<Column> columns() const;
  void set_columns(std::vector<Column> columns);

  /// Writes the chosen sums' terms into their users; then drops what is not used and writes sums
  /// that are used once into their user. Renumbers: users come after their terms.
  void dissolve(std::vector<bool> chosen);
  /// Full adders of all sums' trees.
  std::int64_t bits();

 private:
  struct Rewrite;
  std::vector<int> order() const;
  void rewrite(const std::vector<bool>& chosen);
  std::vector<bool> used_once() const;
  Digit append(std::vector<Digit> terms, Form form);
  int level_of(const std::vector<Digit>& terms) const;
  int tree_bits(const std::vector<Digit>& terms, int limit, bool shared) const;

  const Problem* problem_;
  int inputs_ = 0;
  int depth_limit_ = 0;
  std::vector<Node> nodes_;
  std::vector<std::vector<Digit>> outputs_;
  std::vector<int> output_bits_;
  std::vector<char> output_fresh_;
};

}  // namespace gatefold::adder_graph
