#include "gatefold/emit/clamp.h"

#include <bit>
#include <fmt/core.h>

#include "gatefold/emit/text.h"

namespace gatefold::emit {
namespace {

using numeric::Interval;

/// k where value is 2^k - 1, else -1.
int ones_of(std::int64_t value) {
  const auto next = static_cast<std::uint64_t>(value) + 1;
  return value >= 0 && std::has_single_bit(next) ? std::countr_zero(next) : -1;
}

std::string range_text(const std::string& name, int high, int low) {
  return fmt::format("{}[{}:{}]", name, high, low);
}

/// a < low, where a can be less.
std::string below(const Operand& a, std::int64_t low) {
  const int top = a.word.width - 1;
  if (a.word.is_signed) {
    if (low == 0) return range_text(a.text, top, top);
    const int k = ones_of(-(low + 1));  // low is -2^k
    if (low < 0 && k >= 0 && k < top) {
      return fmt::format("{} & ~(&{})", range_text(a.text, top, top),
                         range_text(a.text, top - 1, k));
    }
  }
  return fmt::format("{} < {}", a.text, literal(low, a.word.width, a.word.is_signed));
}

/// a > high, where a can be more.
std::string above(const Operand& a, std::int64_t high) {
  const int top = a.word.width - 1;
  const int k = ones_of(high);
  if (k >= 0 && a.word.is_signed && k < top) {
    return fmt::format("~{} & (|{})", range_text(a.text, top, top), range_text(a.text, top - 1, k));
  }
  if (k >= 0 && !a.word.is_signed) return fmt::format("|{}", range_text(a.text, top, k));
  return fmt::format("{} > {}", a.text, literal(high, a.word.width, a.word.is_signed));
}

}  // namespace

std::string clamp_text(const Operand& a, const Interval& range, const Interval& bounds,
                       const hardware::Word& word) {
  const auto bound = [&](std::int64_t value) { return literal(value, word.width, word.is_signed); };
  std::string text;
  if (range.low < bounds.low) {
    text += fmt::format("({}) ? {} : ", below(a, bounds.low), bound(bounds.low));
  }
  if (range.high > bounds.high) {
    text += fmt::format("({}) ? {} : ", above(a, bounds.high), bound(bounds.high));
  }
  return text + convert(a, word);
}

}  // namespace gatefold::emit
