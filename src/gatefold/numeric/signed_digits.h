#pragma once

#include <cstdint>
#include <vector>

namespace gatefold::numeric {

/// Nonzero digits of the canonical signed-digit form: one more than the adders of a multiplication
/// by the constant.
int signed_digit_count(std::int64_t value);

/// The integers of [low, high] with the fewest nonzero signed digits, at most `limit` of them,
/// in no particular order. The interval is not empty and its ends lie within +-2^62.
std::vector<std::int64_t> fewest_digits_between(std::int64_t low, std::int64_t high,
                                                std::size_t limit = 64);

}  // namespace gatefold::numeric
