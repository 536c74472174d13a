#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "gatefold/schedule/narrow_cuts.h"

namespace gatefold::schedule {

/// A word as a table of other words.
struct ConeTable {
  std::vector<hardware::ValueId> leaves;
  /// By address: the leaves' varying bits side by side, the first leaf's lowest.
  std::vector<std::int64_t> entries;
  numeric::Interval range;  // of the entries
};

/// The word by the values of a cut's leaves, computed by the operations between them. Addresses at
/// which a leaf or an operation would leave its range never occur: they hold the lowest word that
/// occurs. Empty where more than `most_operations` stand between.
std::optional<ConeTable> cone_table(const hardware::Process& process, hardware::ValueId id,
                                    const Cut& cut, std::size_t most_operations);

}  // namespace gatefold::schedule
