#include <algorithm>
#include <string>

#include "gatefold/numeric/quantizer.h"

namespace gatefold::numeric {
namespace {

template <typename T>
struct Named {
  std::string_view name;
  T value;
};

constexpr Named<Rounding> roundings[] = {
    {"TRN", Rounding::Floor},
    {"TRN_ZERO", Rounding::TowardZero},
    {"RND", Rounding::HalfUp},
    {"RND_ZERO", Rounding::HalfTowardZero},
    {"RND_INF", Rounding::HalfAwayFromZero},
    {"RND_MIN_INF", Rounding::HalfDown},
    {"RND_CONV", Rounding::HalfEven},
    {"CEIL", Rounding::Ceil},
    {"UP", Rounding::AwayFromZero},
};

constexpr Named<Rounding> qonnx_roundings[] = {
    {"ROUND", Rounding::HalfEven},
    {"HALF_EVEN", Rounding::HalfEven},
    {"HALF_UP", Rounding::HalfAwayFromZero},
    {"HALF_DOWN", Rounding::HalfTowardZero},
    {"FLOOR", Rounding::Floor},
    {"CEIL", Rounding::Ceil},
    {"UP", Rounding::AwayFromZero},
    {"DOWN", Rounding::TowardZero},
    {"ROUND_TO_ZERO", Rounding::TowardZero},
};

constexpr Named<Overflow> overflows[] = {
    {"WRAP", Overflow::Wrap},
    {"SAT", Overflow::Saturate},
    {"SAT_ZERO", Overflow::SaturateZero},
    {"SAT_SYM", Overflow::SaturateSymmetric},
    {"WRAP_SM", Overflow::WrapSignMagnitude},
};

std::string upper(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  });
  return result;
}

template <typename T>
std::optional<T> find(std::span<const Named<T>> table, std::string_view name) {
  const auto found = std::ranges::find(table, name, &Named<T>::name);
  return found == table.end() ? std::nullopt : std::optional(found->value);
}

std::string without_prefix(std::string_view name) {
  std::string result = upper(name);
  if (result.starts_with("AP_")) result.erase(0, 3);
  return result;
}

}  // namespace

std::string_view name_of(Rounding rounding) {
  return std::ranges::find(roundings, rounding, &Named<Rounding>::value)->name;
}

std::string_view name_of(Overflow overflow) {
  return std::ranges::find(overflows, overflow, &Named<Overflow>::value)->name;
}

std::optional<Rounding> parse_rounding(std::string_view name) {
  return find<Rounding>(roundings, without_prefix(name));
}

std::optional<Overflow> parse_overflow(std::string_view name) {
  return find<Overflow>(overflows, without_prefix(name));
}

std::optional<Rounding> parse_qonnx_rounding(std::string_view name) {
  return find<Rounding>(qonnx_roundings, upper(name));
}

}  // namespace gatefold::numeric
