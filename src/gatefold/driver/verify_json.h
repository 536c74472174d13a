#pragma once

#include <string>

#include "gatefold/driver/verify.h"

namespace gatefold::driver {

/// The counts, the levels with their differing bits and details, and `equal`.
std::string to_json(const Verification& verification);

}  // namespace gatefold::driver
