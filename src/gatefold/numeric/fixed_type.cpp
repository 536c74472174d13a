#include "gatefold/numeric/fixed_type.h"

#include <charconv>
#include <fmt/core.h>

#include "gatefold/support/assert.h"

namespace gatefold::numeric {
namespace {

bool skip(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

void skip_spaces(std::string_view& text) {
  while (skip(text, " ")) {
  }
}

std::optional<int> take_int(std::string_view& text) {
  skip_spaces(text);
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  skip_spaces(text);
  return value;
}

std::optional<FixedType> checked(int width, int fraction, bool is_signed) {
  constexpr int fraction_limit = 1 << 20;
  if (width < 0 || width > max_word_width) return std::nullopt;
  if (fraction < -fraction_limit || fraction > fraction_limit) return std::nullopt;
  return FixedType{width, fraction, is_signed};
}

// The inside of `fixed<W,I>` up to and with the closing bracket.
std::optional<FixedType> parse_arguments(std::string_view text, bool is_signed) {
  const auto width = take_int(text);
  if (!width || !skip(text, ",")) return std::nullopt;
  const auto integer = take_int(text);
  if (!integer || text != ">" || *integer < -(1 << 20) || *integer > 1 << 20) return std::nullopt;
  return checked(*width, *width - *integer, is_signed);
}

}  // namespace

FixedType FixedType::holding(const Interval& raw, int fraction) {
  return {width_of(raw), fraction, raw.low < 0};
}

std::optional<FixedType> FixedType::parse(std::string_view text) {
  std::string_view rest = text;
  skip(rest, "ap_");
  if (skip(rest, "fixed<")) return parse_arguments(rest, true);
  if (skip(rest, "ufixed<")) return parse_arguments(rest, false);
  const bool is_signed = text.starts_with("s");
  rest = text;
  if (!skip(rest, "s") && !skip(rest, "u")) return std::nullopt;
  const auto width = take_int(rest);
  if (!width || !skip(rest, "f")) return std::nullopt;
  const auto fraction = take_int(rest);
  if (!fraction || !rest.empty()) return std::nullopt;
  return checked(*width, *fraction, is_signed);
}

std::int64_t FixedType::min_raw() const {
  GATEFOLD_ASSERT(width >= 0 && width <= 63, "width of a fixed-point word");
  return is_signed && width > 0 ? -(std::int64_t{1} << (width - 1)) : 0;
}

std::int64_t FixedType::max_raw() const {
  GATEFOLD_ASSERT(width >= 0 && width <= 63, "width of a fixed-point word");
  const int magnitude_bits = is_signed && width > 0 ? width - 1 : width;
  return static_cast<std::int64_t>((std::uint64_t{1} << magnitude_bits) - 1);
}

std::string FixedType::to_string() const {
  return fmt::format("{}{}f{}", is_signed ? 's' : 'u', width, fraction);
}

}  // namespace gatefold::numeric
