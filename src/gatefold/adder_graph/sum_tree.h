#pragma once

#include <array>
#include <span>
#include <vector>

#include "gatefold/adder_graph/builder.h"

namespace gatefold::adder_graph {

/// A term as a tree sees it: the range of its signed value, its arrival, and its sign.
struct Leaf {
  numeric::Interval range;
  int depth = 0;
  bool negative = false;
};

/// How to add up terms cheaply by a cost model, ready at level `depth_limit` or before (Kraft's
/// inequality must hold: sum over terms of 2^depth <= 2^depth_limit). The bits below each adder's
/// coarser operand add up to the same total in every tree, so only the tops of the partial sums
/// count: small terms are added first, as in a Huffman code, as far as the levels allow. Where the
/// model has rows of three operands, trees of pairs and of triples are tried; which adders share a
/// row is chosen with the signs; a row is longer than a level, and taken where that is in time.
class SumPlan {
 public:
  /// A sum is built with the other sign than the one wanted only where no tree gives that: it is
  /// negative when all terms are, and the reverse.
  enum class Sign { Cheaper, Positive, Negative };

  /// Which of several heuristic trees: a number that `trial` gave, or the cheapest of all.
  static constexpr int cheapest = -1;

  /// Of no terms.
  SumPlan() = default;
  /// Plans another sum; the memory of the one before is used again.
  void plan(const CostModel& model, std::span<const Leaf> leaves, int depth_limit, Sign sign,
            int trial = cheapest);

  std::int64_t cost() const { return cost_; }
  int trial() const { return trial_; }
  /// Adds the digits of the leaves. Returns the digit of their sum: sign 0 for no terms.
  Digit build(Builder& builder, std::span<const Digit> digits) const;

 private:
  struct Node {
    int left = -1, right = -1;
    numeric::Interval range;      // of the signed value
    std::array<Word, 2> words{};  // of the value, and of its negation
    int depth = 0;
    double span = 0;   // how many values
    int deadline = 0;  // latest level
  };
  /// A node and the sign that it is computed with.
  struct Signed {
    int node = -1;
    bool negative = false;
  };
  /// How a node is computed: as the sum of its children, or in one row with the children of one.
  struct Choice {
    std::int64_t cost = 0;
    int tenths = 0;  // of levels, when it is ready
    bool left_negative = false, right_negative = false;
    int inner = -1;  // the child that shares the row, -1: none
    bool inner_left_negative = false, inner_right_negative = false;
  };
  /// The terms still to be added, by level, each level by falling size.
  class Pool {
   public:
    void reset(int depth_limit);
    void insert(int node, int depth, double span);
    /// Takes out the two whose sum is smallest, a use of slack priced in bits.
    std::pair<int, int> take(double slack_price);
    /// Takes out the one whose sum with a node of this depth, which is not in the pool, is
    /// smallest; -1 where the levels allow none.
    int take_partner(int depth, double slack_price);

   private:
    struct Entry {
      double span = 0;
      int node = -1;
    };

    int remove(std::size_t level);
    /// How many levels may join with `level`, counted from 0.
    std::size_t reach(std::size_t level) const {
      const double most = slack_ + power_of_two(static_cast<int>(level));
      return std::min(used_, static_cast<std::size_t>(log_2_of(most)) + 1);
    }
    void note_smallest(std::size_t level);

    std::vector<std::vector<Entry>> levels_;
    std::size_t used_ = 0;          // levels
    std::vector<double> smallest_;  // by level, infinite where it is empty
    double slack_ = 0;
  };

  void make(std::span<const Leaf> leaves, int depth_limit, Sign sign, int trial);
  void make_tree(std::span<const Leaf> leaves, int depth_limit, double slack_price, bool triples);
  void append(int left, int right, const numeric::Interval& range, int depth);
  int join(int left, int right);
  void set_deadlines(int depth_limit);

  void choose_signs(std::span<const Leaf> leaves, Sign sign);
  Choice choose(int node, bool negative) const;
  void consider_pair(Signed sum, Signed left, Signed right, Choice& best) const;
  void consider_rows(Signed sum, int inner, int other, Choice& best) const;
  void consider_row(Signed sum, Signed inner, Signed x, Signed y, Signed other, Choice& best) const;

  Digit build(Builder& builder, std::span<const Digit> digits, Signed sum) const;
  Digit add(Builder& builder, const Digit& a, const Digit& b, Signed sum) const;
  void use_up(Builder& builder, int node, const Digit& digit) const;

  const Node& at(int node) const { return nodes_[static_cast<std::size_t>(node)]; }
  bool is_leaf(int node) const { return static_cast<std::size_t>(node) < leaves_; }
  const Choice& choice_of(Signed sum) const {
    return choices_[static_cast<std::size_t>(sum.node)][sum.negative ? 1 : 0];
  }
  std::int64_t cost_of(Signed sum) const { return choice_of(sum).cost; }
  const Word& word_of(Signed sum) const { return at(sum.node).words[sum.negative ? 1 : 0]; }

  const CostModel* model_ = nullptr;
  std::size_t leaves_ = 0;
  std::vector<Node> nodes_;  // leaves, then inner nodes, children before parents
  std::vector<std::array<Choice, 2>> choices_;
  bool negative_ = false;
  std::int64_t cost_ = 0;
  int trial_ = 0;
  Pool pool_;
};

}  // namespace gatefold::adder_graph
