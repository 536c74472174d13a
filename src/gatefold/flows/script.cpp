#include "gatefold/flows/script.h"

#include <algorithm>

#include "gatefold/flows/scripts.h"
#include "gatefold/support/assert.h"

namespace gatefold::flows {

std::string_view script(std::string_view path) {
  const auto file = std::ranges::find(scripts, path, &EmbeddedFile::name);
  GATEFOLD_ASSERT(file != scripts.end(), "an embedded file: " + std::string(path));
  return file->text;
}

std::string fill(std::string text, const Fields& fields) {
  for (const auto& [key, value] : fields) {
    const auto placeholder = "@" + key + "@";
    std::size_t at = 0;
    while ((at = text.find(placeholder, at)) != std::string::npos) {
      text.replace(at, placeholder.size(), value);
      at += value.size();
    }
  }
  return text;
}

}  // namespace gatefold::flows
