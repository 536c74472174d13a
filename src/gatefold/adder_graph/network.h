#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gatefold/adder_graph/form.h"
#include "gatefold/adder_graph/sum_tree.h"

namespace gatefold::adder_graph {

class PairCounts;

/// A digit as its node sees it: `sign * (node << shift)` is a term of the column.
struct Use {
  std::int32_t column = 0;
  std::int16_t shift = 0;
  std::int16_t sign = 0;

  friend auto operator<=>(const Use&, const Use&) = default;
};

/// Sums over inputs and other sums, before their trees are chosen. Node < inputs is an input; the
/// others are shared sums. Column < outputs is an output, column outputs + k the terms of the
/// shared sum inputs + k. What a shared sum computes never changes, its terms may. Changes between
/// begin() and commit() can be taken back; each costs time in proportion to what it touches.
class Network {
 public:
  struct Node {
    Form form;
    numeric::Interval range;
    int top = 0;
    int level = 0;          // at which users may count on it
    std::vector<Use> uses;  // sorted
    bool alive = true;
  };
  struct Column {
    std::vector<Digit> digits;
    double kraft = 0;       // sum over digits of 2^level
    std::int64_t cost = 0;  // of its tree
    int trial = 0;          // which tree was cheapest
    bool touched = false;
  };

  Network(const Problem& problem, const std::vector<std::vector<Digit>>& outputs, int depth_limit);

  int inputs() const { return inputs_; }
  int outputs() const { return outputs_; }
  int size() const { return static_cast<int>(nodes_.size()); }
  int columns() const { return static_cast<int>(columns_.size()); }
  /// How many shared sums there are.
  int shared() const { return shared_; }
  const Node& at(int node) const { return nodes_[index(node)]; }
  const Column& column(int c) const { return columns_[index(c)]; }
  int column_of(int node) const { return outputs_ + node - inputs_; }
  /// The shared sum of a column, -1 for an output.
  int owner_of(int column) const { return column < outputs_ ? -1 : inputs_ + column - outputs_; }
  int limit_of(int column) const {
    return column < outputs_ ? depth_limit_ : at(owner_of(column)).level;
  }
  /// Shared sums, children first.
  std::vector<int> order() const;

  /// Counts pairs from now on (null: no longer); the caller counts those that are there.
  void count_pairs(PairCounts* counts) { counts_ = counts; }

  /// Appends the sum a + b, of the sign whose adder is cheaper, and returns its digit.
  Digit add_pair(const Digit& a, const Digit& b);
  /// Appends the sum of two or more digits; one digit stands for itself.
  Digit add_sum(const std::vector<Digit>& terms);
  void add(int column, Digit digit);
  void remove(int column, const Digit& digit) { erase(column, digit); }

  /// Writes a shared sum's terms into its users and drops it.
  void dissolve(int node);
  /// Drops or dissolves the sums that are used less than twice, writes repeated terms canonically,
  /// and lowers levels.
  void tidy();
  /// Of all sums' trees. Estimated: of the kind of tree that was cheapest last time.
  std::int64_t cost(bool estimated = false);
  const CostModel& model() const { return problem_->model; }

  void begin();
  void commit();
  void rollback();

 private:
  struct Change {
    enum class Kind : std::uint8_t { Added, Removed, Made, Killed, Level } kind;
    std::int32_t at = 0;  // column or node
    Digit digit;
    int level = 0;
  };
  struct Touched {
    int column = 0;
    std::int64_t cost = 0;
  };

  static std::size_t index(int i) { return static_cast<std::size_t>(i); }
  void insert(int column, const Digit& digit);
  void erase(int column, const Digit& digit);
  void touch(int column);
  void note(const Change& change) {
    if (journaling_) journal_.push_back(change);
  }
  Digit append(std::span<const Digit> terms, Form form);
  int new_node();
  void kill(int node);
  void set_alive(int node, bool alive);
  bool repeats_a_node(int column);
  void write_canonically(int column);
  void set_level(int node, int level);
  void lower_level(int column);
  bool needless(int node) const;
  void plan(int column, int trial);
  void undo(const Change& change);

  const Problem* problem_;
  int inputs_ = 0, outputs_ = 0;
  int depth_limit_ = 0;
  int shared_ = 0;
  std::vector<Node> nodes_;
  std::vector<Column> columns_;
  std::vector<int> unused_;   // nodes that may be made again
  std::vector<int> suspect_;  // nodes that lost a use or a term
  PairCounts* counts_ = nullptr;

  std::int64_t cost_ = 0;  // of columns that are not touched
  std::vector<Touched> touched_;
  bool journaling_ = false;
  std::vector<Change> journal_;
  std::vector<std::uint64_t> marks_;  // by node: `mark_` if the column asked about last holds it
  std::uint64_t mark_ = 0;
  SumPlan plan_;  // of the column that was planned last
  std::vector<Leaf> leaves_;
};

/// Least level at which terms of this Kraft sum can be added up.
int level_of(double kraft);

}  // namespace gatefold::adder_graph
