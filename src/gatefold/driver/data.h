#pragma once

#include <string>
#include <vector>

#include "gatefold/emulate/emulator.h"

namespace gatefold::driver {

/// Model inputs from NumPy files: `X.npy` for a model of one input, else `port=X.npy` each. The
/// first axis is the sample. Errors: DataPort, DataShape, DataRows, and what reading a file may
/// say.
Result<emulate::RealBatch> read_data(const graph::Graph& graph,
                                     const std::vector<std::string>& files);

/// The same for raw integers (files of an integer type; DataNotInteger).
Result<emulate::RawBatch> read_raw_data(const graph::Graph& graph,
                                        const std::vector<std::string>& files);

}  // namespace gatefold::driver
