// multiply: one multiplier or DSP, or the sum of partial products where both are longer than the
// clock or too narrow.
#include <algorithm>

#include "gatefold/lowering/lowerer.h"

namespace gatefold::lowering {

ValueId Lowerer::multiply(ValueId a, ValueId b) {
  const auto width = [&](ValueId id) { return numeric::width_of(range(id)); };
  if (width(a) < width(b)) std::swap(a, b);
  const bool constant = range(a).is_constant() || range(b).is_constant();
  const int together = width(a) + width(b);
  const bool fits = together <= options_.product_bits;
  // The adder graph wants room for sums of one sign.
  const bool too_wide = together > numeric::max_word_width - 3;
  if (constant) return emit(hardware::Multiply{a, b}, range(a) * range(b));
  if (takes_dsp(a, b) || fits || too_wide) return product(a, b);
  const bool long_fits = signed_width(a) <= options_.dsp.long_bits;
  const int step =
      std::max({1, options_.product_bits - width(a), long_fits ? options_.dsp.short_bits - 1 : 0});
  Words products;
  std::vector<std::int64_t> weights;
  for (int low = 0; low < width(b); low += step) {
    const int bits = std::min(step, width(b) - low);
    const bool is_sign = bits == 1 && low == width(b) - 1 && range(b).low < 0;
    products.push_back(partial_product(a, shift(b, -low), bits, low + bits == width(b)));
    weights.push_back((is_sign ? -1 : 1) * (std::int64_t{1} << low));
  }
  const ValueId sum = matrix(products, weights, 1).front();
  claim(sum, range(a) * range(b));
  return sum;
}

/// a times the low `width` bits of `digits`, read with their sign at the top; a single bit counts
/// as positive.
ValueId Lowerer::partial_product(ValueId a, ValueId digits, int width, bool top) {
  if (width == 1) return select(wrap(digits, 1, false), a, constant(0));
  return product(a, top ? digits : wrap(digits, width, false));
}

ValueId Lowerer::product(ValueId a, ValueId b) {
  return emit(hardware::Multiply{a, b, takes_dsp(a, b)}, range(a) * range(b));
}

int Lowerer::signed_width(ValueId id) const {
  return numeric::width_of(range(id)) + (range(id).low >= 0 ? 1 : 0);
}

/// Whether a DSP takes both factors, and LUTs would be dearer or slower than the clock.
bool Lowerer::takes_dsp(ValueId a, ValueId b) const {
  const auto [shorter, longer] = std::minmax({signed_width(a), signed_width(b)});
  if (longer > options_.dsp.long_bits || shorter > options_.dsp.short_bits) return false;
  const int width_a = numeric::width_of(range(a)), width_b = numeric::width_of(range(b));
  return width_a * width_b >= options_.dsp.from_area || width_a + width_b > options_.product_bits;
}

}  // namespace gatefold::lowering
