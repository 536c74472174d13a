#include "gatefold/driver/layer_choice.h"

#include <fmt/format.h>

namespace gatefold::driver {

std::optional<std::string> layer_choice(const std::string& text, const std::string& kind) {
  if (text == kind) return "*";
  const std::size_t equals = text.rfind('=');
  if (equals == std::string::npos || equals == 0 || text.substr(equals + 1) != kind)
    return std::nullopt;
  return text.substr(0, equals);
}

std::string name_of_choice(const std::string& layer) {
  return layer == "*" ? "the model" : fmt::format("layer '{}'", layer);
}

}  // namespace gatefold::driver
