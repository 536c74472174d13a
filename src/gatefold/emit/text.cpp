#include "gatefold/emit/text.h"

#include <algorithm>
#include <bit>
#include <fmt/core.h>

#include "gatefold/support/assert.h"

namespace gatefold::emit {

std::string literal(std::int64_t value, int width, bool is_signed) {
  GATEFOLD_ASSERT(width >= 1 && width <= 64, "a literal has 1 to 64 bits");
  const auto mask = width == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1;
  const auto word = static_cast<std::uint64_t>(value) & mask;
  if (!is_signed) return fmt::format("{}'d{}", width, word);
  const auto sign = std::uint64_t{1} << (width - 1);
  // The most negative number has no positive counterpart of its width to negate.
  if (word == sign) return fmt::format("{}'sh{:x}", width, word);
  if (word & sign) return fmt::format("-{}'sd{}", width, (mask - word) + 1);
  return fmt::format("{}'sd{}", width, word);
}

std::string type_of(const hardware::Word& word) {
  return fmt::format("logic {}[{}:0]", word.is_signed ? "signed " : "",
                     word.width > 0 ? word.width - 1 : 0);
}

std::string cast(int width, std::string_view text) { return fmt::format("{}'({})", width, text); }

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string text;
  for (const auto& part : parts) {
    if (!text.empty()) text += separator;
    text += part;
  }
  return text;
}

std::string comment_safe(std::string_view text) {
  std::string safe;
  for (const char c : text) safe += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  // A backslash at the end of a line would draw the next one into the comment in some readers.
  while (!safe.empty() && safe.back() == '\\') safe.back() = '/';
  return safe;
}

std::string file_banner(std::string_view banner, std::string_view what) {
  return fmt::format("// {}\n// {}\n\n", comment_safe(what), banner);
}

std::string fill(std::string_view text, const TemplateFields& fields) {
  std::string filled;
  while (!text.empty()) {
    const auto at = text.find('@');
    filled += text.substr(0, at);
    if (at == std::string_view::npos) break;
    text.remove_prefix(at);
    const auto field = std::ranges::find_if(fields, [&](const auto& candidate) {
      return text.starts_with("@" + candidate.first + "@");
    });
    if (field == fields.end()) {
      filled += '@';
      text.remove_prefix(1);
    } else {
      filled += field->second;
      text.remove_prefix(field->first.size() + 2);
    }
  }
  return filled;
}

int count_width(std::int64_t values) {
  return values <= 2 ? 1 : static_cast<int>(std::bit_width(static_cast<std::uint64_t>(values - 1)));
}

std::string bits(std::int64_t high, std::int64_t low) { return fmt::format("[{}:{}]", high, low); }

}  // namespace gatefold::emit
