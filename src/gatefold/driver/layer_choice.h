#pragma once

#include <optional>
#include <string>

namespace gatefold::driver {

/// The layer that an option chooses: `*` of `kind`, `fc1` of `fc1=kind`; none of another text.
std::optional<std::string> layer_choice(const std::string& text, const std::string& kind);

/// The layer as messages name it; `*` is the model.
std::string name_of_choice(const std::string& layer);

}  // namespace gatefold::driver
