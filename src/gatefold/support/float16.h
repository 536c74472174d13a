#pragma once

#include <cstdint>

namespace gatefold {

/// The value of an IEEE 754 binary16 bit pattern (infinities and NaN included), exactly.
double half_to_double(std::uint16_t bits);

/// The value of a bfloat16 bit pattern (the upper half of a binary32), exactly.
double bfloat16_to_double(std::uint16_t bits);

}  // namespace gatefold
