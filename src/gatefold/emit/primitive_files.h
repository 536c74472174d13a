#pragma once

#include <vector>

#include "gatefold/emit/file.h"
#include "gatefold/emit/network.h"

namespace gatefold::emit {

/// The files of the primitives that the design needs.
std::vector<File> primitive_files(const Network& network);

}  // namespace gatefold::emit
