#pragma once

#include "gatefold/layers/importer.h"

namespace gatefold::layers {

/// Whether an input is a list of extents with the open batch in it.
bool reads_extents(const Importer& importer, const ForeignNode& node);

/// A node that moves such extents about on their way from Shape to Reshape: Gather, Unsqueeze,
/// Squeeze, Concat, Cast, Identity. UnsupportedForm for arithmetic with the size of the batch.
Status import_extents(Importer& importer, const ForeignNode& node);

/// What an input lists as extents; empty where the batch stands. NeedsConstant.
Result<std::vector<std::optional<std::int64_t>>> extents_at(const Importer& importer,
                                                            const ForeignNode& node,
                                                            std::size_t index,
                                                            const std::string& what);

}  // namespace gatefold::layers
