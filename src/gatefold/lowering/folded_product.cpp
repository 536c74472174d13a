#include "gatefold/lowering/folded_product.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "gatefold/lowering/folded_matrix.h"

namespace gatefold::lowering {
namespace {

using Order = FoldedProduct::Order;

bool is_full(const Layout& layout) {
  return std::ranges::none_of(
      layout.groups, [](const auto& group) { return std::ranges::find(group, -1) != group.end(); });
}

/// The rows as they come, or each as one beat.
Layout rows_of(const Factors& factors) {
  const ProductSizes& sizes = factors.sizes;
  const std::int64_t rows = sizes.batches * sizes.rows;
  const Layout& own = factors.first;
  if (own.axes == factors.axes && own.positions == rows && is_full(own)) return own;
  return chunked({factors.axes, rows, {}}, sizes.inner, static_cast<std::size_t>(sizes.inner));
}

/// The words of one step, in the order in which they come where no process brings them into
/// another: by column where whole columns come one after the other, else by inner element.
std::vector<std::int64_t> words_of_step(const FoldedProduct& product, const Factors& factors,
                                        std::int64_t beat, std::int64_t group) {
  const auto& inner = product.first.groups[static_cast<std::size_t>(beat)];
  const auto& columns = product.result.groups[static_cast<std::size_t>(group)];
  std::vector<std::int64_t> words(inner.size() * columns.size(), -1);
  for (std::size_t lane = 0; lane < columns.size(); ++lane)
    for (std::size_t bank = 0; bank < inner.size(); ++bank) {
      const std::int64_t k = inner[bank], j = columns[lane];
      if (j < 0) continue;
      words[product.word(lane, bank)] =
          factors.is_turned ? j * factors.sizes.inner + k : k * factors.sizes.columns + j;
    }
  return words;
}

Layout second_of(const FoldedProduct& product, const Factors& factors) {
  Layout layout{factors.axes - 1, factors.sizes.batches, {}};
  const bool by_columns = product.order == Order::Columns;
  const std::int64_t inner_trips = by_columns ? product.beats() : product.groups();
  for (std::int64_t step = 0; step < product.steps(); ++step) {
    const std::int64_t outer = step / inner_trips, inner = step % inner_trips;
    layout.groups.push_back(
        words_of_step(product, factors, by_columns ? inner : outer, by_columns ? outer : inner));
  }
  return layout;
}

/// The columns in order, and as they come where they do row by row in another one.
std::vector<std::vector<std::int64_t>> column_orders(const Factors& factors) {
  const Layout natural = chunked({}, factors.sizes.columns, 1);
  std::vector<std::vector<std::int64_t>> orders{elements_of(natural)};
  const bool by_rows = !factors.is_turned && factors.second.axes == factors.axes;
  if (by_rows && elements_of(factors.second) != orders.front())
    orders.push_back(elements_of(factors.second));
  return orders;
}

FoldedProduct folded(const Factors& factors, Order order, const Layout& first, std::size_t lanes,
                     const std::vector<std::int64_t>& columns) {
  FoldedProduct product{order, factors.sizes, first.lanes(), lanes, first, {}, {}};
  product.result = chunked({factors.axes, first.positions, {}}, factors.sizes.columns, lanes);
  for (auto& group : product.result.groups)
    for (auto& column : group)
      if (column >= 0) column = columns[static_cast<std::size_t>(column)];
  product.second = second_of(product, factors);
  return product;
}

}  // namespace

ProductSizes product_sizes(const graph::Graph& graph, const graph::Node& contract) {
  const graph::Shape& first = graph.type(contract.inputs[0]).shape;
  const std::int64_t rows = first[first.size() - 2], inner = first.back();
  return {numeric::element_count(first) / (rows * inner), rows, inner,
          graph.type(contract.inputs[1]).shape.back()};
}

std::size_t FoldedProduct::word(std::size_t lane, std::size_t bank) const {
  return order == Order::Columns ? lane * banks + bank : bank * lanes + lane;
}

namespace {

/// The best of the folds that are offered.
class Chooser {
 public:
  explicit Chooser(const Factors& factors) : factors_(factors), orders_(column_orders(factors)) {}

  void consider(const Layout& first, std::size_t lanes) {
    if (best_ && first.lanes() * lanes > std::get<0>(rank_)) return;
    for (const Order order : {Order::Columns, Order::Rows})
      for (const auto& columns : orders_) offer(folded(factors_, order, first, lanes, columns));
  }

  FoldedProduct best() const { return best_.value(); }

 private:
  using Rank = std::tuple<std::size_t, int, std::int64_t, std::size_t>;

  void offer(FoldedProduct product) {
    const int changes = conversion_steps(factors_.first, product.first) +
                        conversion_steps(factors_.second, product.second);
    const Rank rank{product.banks * product.lanes, changes, product.steps(), product.lanes};
    if (best_ && rank_ <= rank) return;
    rank_ = rank;
    best_ = std::move(product);
  }

  const Factors& factors_;
  std::vector<std::vector<std::int64_t>> orders_;
  std::optional<FoldedProduct> best_;
  Rank rank_;
};

}  // namespace

FoldedProduct choose_product(const Factors& factors, std::int64_t reuse) {
  Chooser chooser(factors);
  const Layout rows = rows_of(factors);
  const std::int64_t columns = factors.sizes.columns;
  for (const std::size_t banks : reachable_lanes(rows)) {
    const Layout first = layout_for(rows, banks);
    const std::int64_t beats = std::ssize(first.groups);
    if (beats > reuse || !is_full(first)) continue;
    const std::int64_t groups = std::min(reuse / beats, columns);
    chooser.consider(first, static_cast<std::size_t>((columns + groups - 1) / groups));
  }
  return chooser.best();
}

}  // namespace gatefold::lowering
