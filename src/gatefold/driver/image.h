#pragma once

#include <filesystem>
#include <string>

#include "gatefold/support/result.h"

namespace gatefold::driver {

/// What loads the weights of a model into the hardware of a project: a line of hexadecimal digits
/// for each address of its load port. WeightNotLoadable; ImageDiffers where the model is another
/// one in more than weights that are loaded; errors as of `compile` and `read_source`.
Result<std::string> make_image(const std::filesystem::path& model,
                               const std::filesystem::path& project);

}  // namespace gatefold::driver
