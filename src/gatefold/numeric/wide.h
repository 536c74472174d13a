#pragma once

#include <cstdint>

namespace gatefold::numeric {

/// Holds every product of two 64-bit integers.
__extension__ typedef __int128 Wide;

inline bool fits_int64(Wide value) { return value >= INT64_MIN && value <= INT64_MAX; }

}  // namespace gatefold::numeric
