// quantize: whatever realises the exact step function on the reachable interval and is cheapest —
// nothing, a comparator, a small table, a multiplication by a constant with a shift, or a large
// table.
#include <algorithm>
#include <optional>

#include "gatefold/graph/quantize_step.h"
#include "gatefold/lowering/lowerer.h"
#include "gatefold/numeric/rescale.h"

namespace gatefold::lowering {
namespace {

/// A table of this many inputs bits costs one LUT6 per output bit.
constexpr int free_table_width = 6;
/// The widest input that a table may have.
constexpr int widest_table = 14;

using Entries = std::vector<std::int64_t>;

ValueId rescale(Lowerer& lowerer, ValueId x, const numeric::ShiftRescale& step,
                const Interval& bounds) {
  const ValueId product = lowerer.matrix({x}, {step.multiplier}, 1).front();
  const ValueId sum =
      step.addend == 0 ? product : lowerer.add(product, lowerer.constant(step.addend));
  return lowerer.clamp(lowerer.shift(sum, -step.shift), bounds);
}

bool is_pure_shift(const numeric::ShiftRescale& step) {
  return step.addend == 0 && step.multiplier > 0 && (step.multiplier & (step.multiplier - 1)) == 0;
}

/// Two reachable outputs of a monotone step: one comparison.
std::optional<ValueId> comparator(Lowerer& lowerer, ValueId x, const Entries& entries,
                                  std::int64_t first) {
  const auto change = std::adjacent_find(entries.begin(), entries.end(), std::not_equal_to<>());
  if (change == entries.end()) return lowerer.constant(entries.front());
  const bool once =
      std::adjacent_find(change + 1, entries.end(), std::not_equal_to<>()) == entries.end();
  if (!once) return std::nullopt;
  const std::int64_t last_low = first + (change - entries.begin());
  const ValueId is_low =
      lowerer.compare(hardware::Relation::LessEqual, x, lowerer.constant(last_low));
  if (entries.front() == 1 && entries.back() == 0) return is_low;
  return lowerer.select(is_low, lowerer.constant(entries.front()),
                        lowerer.constant(entries.back()));
}

Result<ValueId> realise(Lowerer& lowerer, const graph::Quantize& quantize,
                        const graph::TensorType& in, std::int64_t flat, ValueId x,
                        const std::string& layer) {
  const Interval& reach = in.range(flat);
  const int width = numeric::FixedType::holding(reach).width;
  const auto step = graph::affine_step(quantize, in, flat);
  std::optional<numeric::ShiftRescale> shift;
  if (step)
    shift = numeric::find_shift_rescale(step->factor, step->offset, step->rounding, reach,
                                        step->bounds);
  if (shift && is_pure_shift(*shift)) return rescale(lowerer, x, *shift, step->bounds);
  if (width <= widest_table) {
    const Entries entries = graph::quantize_table(quantize, in, flat);
    if (const auto compared = comparator(lowerer, x, entries, reach.low)) return *compared;
    if (!shift || width <= free_table_width) return lowerer.lookup(x, reach.low, entries);
  }
  if (shift) return rescale(lowerer, x, *shift, step->bounds);
  return diagnose(DiagnosticId::QuantizerTooWide, layer, width, widest_table);
}

}  // namespace

Result<Words> lower_quantize(Lowerer& lowerer, const graph::Quantize& quantize,
                             const graph::Node& node) {
  const graph::TensorType& in = lowerer.type(node.inputs.front());
  const Words x = lowerer.words(node.inputs.front());
  Words result;
  for (std::int64_t i = 0; i < in.size(); ++i) {
    GATEFOLD_TRY(const ValueId word,
                 realise(lowerer, quantize, in, i, x[static_cast<std::size_t>(i)], node.layer));
    result.push_back(word);
  }
  return result;
}

}  // namespace gatefold::lowering
