#pragma once

#include <string>
#include <vector>

#include "gatefold/emit/file.h"

namespace gatefold::flows {

/// The files of `flows/` for an emitted project, by which `build.sh <flow>` works without Gatefold:
/// `yosys` for the target. None for a target that no flow knows (`unit`).
std::vector<emit::File> project_files(const std::string& target);

}  // namespace gatefold::flows
