// A product of two computed tensors over time.
#include "gatefold/lowering/fronts.h"

namespace gatefold::lowering {

using namespace hardware;

namespace {

class ProductBuilder {
 public:
  ProductBuilder(Lowerer& lowerer, const FoldedProduct& product)
      : lowerer_(lowerer), product_(product) {
    add_loop(lowerer_, "batch", product_.sizes.batches);
    row_loop_ = add_loop(lowerer_, "row", product_.sizes.rows);
    if (by_columns()) group_loop_ = add_loop(lowerer_, "outputs", product_.groups());
    beat_loop_ = add_loop(lowerer_, "inputs", product_.beats());
    if (!by_columns()) group_loop_ = add_loop(lowerer_, "outputs", product_.groups());
    beat_ = count_of(lowerer_, beat_loop_);
    group_ = count_of(lowerer_, group_loop_);
    first_beat_ = is_at(lowerer_, beat_loop_, 0);
  }

  FrontWords run(ChannelId first, ChannelId second) {
    const Words row = words_of_row(first), columns = words_of_step(second);
    const std::int64_t beats = product_.beats();
    FrontWords result{{{}},
                      {range_of_counts(beat_loop_, beats - 1, beats)},
                      product_.groups() > 1 ? group_ : ValueId{},
                      each_count(group_loop_, product_.result.groups.size())};
    for (std::size_t lane = 0; lane < product_.lanes; ++lane) {
      Words products;
      for (std::size_t bank = 0; bank < product_.banks; ++bank)
        products.push_back(lowerer_.multiply(row[bank], columns[product_.word(lane, bank)]));
      const std::vector<std::int64_t> ones(products.size(), 1);
      result.values.front().push_back(sum(lane, lowerer_.matrix(products, ones, 1).front()));
    }
    return result;
  }

 private:
  bool by_columns() const { return product_.order == FoldedProduct::Order::Columns; }

  Words words_of_row(ChannelId channel) {
    const Words received = receive(lowerer_, channel, {range_of_counts(group_loop_, 0, 1)});
    if (product_.groups() == 1) return received;
    const Place place{by_columns() ? beat_ : ValueId{}, by_columns() ? product_.beats() : 1};
    const ValueId fresh = is_at(lowerer_, group_loop_, 0);
    Words words;
    for (std::size_t bank = 0; bank < received.size(); ++bank)
      words.push_back(held(lowerer_, "row_" + std::to_string(bank), received[bank], fresh, place));
    return words;
  }

  Words words_of_step(ChannelId channel) {
    const Words received = receive(lowerer_, channel, {range_of_counts(row_loop_, 0, 1)});
    if (product_.sizes.rows == 1) return received;
    const std::int64_t steps = product_.steps(),
                       inner = by_columns() ? product_.beats() : product_.groups();
    const Words counts{by_columns() ? group_ : beat_, by_columns() ? beat_ : group_};
    const ValueId step = lowerer_.matrix(counts, {inner, 1}, 1).front();
    lowerer_.claim(step, {0, steps - 1, 0});
    const ValueId fresh = is_at(lowerer_, row_loop_, 0);
    Words words;
    for (std::size_t i = 0; i < received.size(); ++i)
      words.push_back(
          held(lowerer_, "column_" + std::to_string(i), received[i], fresh, {step, steps}));
    return words;
  }

  /// The sum of a lane's column, with the products of this step.
  ValueId sum(std::size_t lane, ValueId products) {
    if (product_.beats() == 1) return products;
    const std::string name = "sum_" + std::to_string(lane);
    const auto sums = graph::ReduceKind::Sum;
    const Interval range = reduced_range(sums, lowerer_.range(products), product_.beats());
    const Place place{by_columns() ? ValueId{} : group_, by_columns() ? 1 : product_.groups()};
    const Kept kept = keep(lowerer_, name, range, place);
    const ValueId next = reduced(lowerer_, sums, first_beat_, products, kept.now);
    write(lowerer_, kept, next);
    return next;
  }

  Lowerer& lowerer_;
  const FoldedProduct& product_;
  int row_loop_ = 0, group_loop_ = 0, beat_loop_ = 0;
  ValueId group_, beat_, first_beat_;
};

}  // namespace

FrontWords build(Lowerer& lowerer, const ProductFront& front, const std::vector<ChannelId>& takes) {
  return ProductBuilder(lowerer, front.product).run(takes[0], takes[1]);
}

}  // namespace gatefold::lowering
