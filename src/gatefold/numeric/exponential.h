#pragma once

#include "gatefold/numeric/functions.h"

namespace gatefold::numeric {

/// exp(x) for |x| <= 2^17 with a relative error of at most 2^-bits, and never 0.
Enclosure exponential(const Rational& x, int bits);

}  // namespace gatefold::numeric
