#pragma once

#include <cstdint>
#include <span>

namespace gatefold::schedule {

/// About how many LUTs of `lut_inputs` (at most 6) a table of few address bits takes, seen as truth
/// tables: for each bit of its words the different functions of `lut_inputs` bits that the other
/// address bits choose from, and that choice; in the best split of the address.
int luts_of_entries(std::span<const std::int64_t> entries, int address_bits, int lut_inputs);

}  // namespace gatefold::schedule
