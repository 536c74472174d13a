#pragma once

#include "gatefold/graph/graph.h"
#include "gatefold/lowering/layout.h"

namespace gatefold::lowering {

/// The sizes of a product of two computed tensors: [batches, rows, inner] x [batches, inner,
/// columns].
struct ProductSizes {
  std::int64_t batches = 1, rows = 1, inner = 1, columns = 1;

  std::int64_t terms() const { return inner * columns; }  // of a row
  friend bool operator==(const ProductSizes&, const ProductSizes&) = default;
};

ProductSizes product_sizes(const graph::Graph& graph, const graph::Node& contract);

/// A product over time, row by row: in every step each lane adds a product of each bank to the sum
/// of a column. The second factor comes in the steps of the first row and is kept for the others.
struct FoldedProduct {
  enum class Order {
    Columns,  // for each group of columns, all beats of the row, which are kept
    Rows,     // for each beat of the row, all groups of columns, whose sums are kept
  };
  Order order = Order::Columns;
  ProductSizes sizes;
  std::size_t banks = 1, lanes = 1;
  Layout first;   // of the first factor: beats of a row
  Layout second;  // of the second factor: the words of each step
  Layout result;  // of the product: groups of columns of a row

  std::int64_t beats() const { return static_cast<std::int64_t>(first.groups.size()); }
  std::int64_t groups() const { return static_cast<std::int64_t>(result.groups.size()); }
  std::int64_t steps() const { return beats() * groups(); }  // of a row
  /// The lane of a beat of the second factor that a multiplier reads.
  std::size_t word(std::size_t lane, std::size_t bank) const;
};

/// How the factors come. The elements of a turned second factor are [batches, columns, inner].
struct Factors {
  ProductSizes sizes;
  int axes = 1;  // of a row's position in the first factor
  Layout first, second;
  bool is_turned = false;
};

/// The fold with the fewest multipliers that takes at most `reuse` steps a row; of equal ones that
/// for which the factors need the fewest processes that bring them into other beats. More reuse
/// never takes more multipliers, and there is a fold for every reuse of at least 1.
FoldedProduct choose_product(const Factors& factors, std::int64_t reuse);

}  // namespace gatefold::lowering
