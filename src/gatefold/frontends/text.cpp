#include "gatefold/frontends/text.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace gatefold::frontends {
namespace {

/// Number of bytes that follow a lead byte; -1 when it cannot lead.
int followers(unsigned char lead) {
  if (lead < 0x80) return 0;
  if (lead >= 0xc2 && lead < 0xe0) return 1;
  if (lead >= 0xe0 && lead < 0xf0) return 2;
  if (lead >= 0xf0 && lead < 0xf5) return 3;
  return -1;
}

bool is_code_point(std::uint32_t code, int followers) {
  constexpr std::uint32_t smallest[] = {0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code < 0xe000;
  return code >= smallest[followers] && code <= 0x10ffff && !surrogate;
}

}  // namespace

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i++]);
    const int count = followers(lead);
    if (count < 0 || text.size() - i < static_cast<std::size_t>(count)) return false;
    std::uint32_t code = count == 0 ? lead : lead & (0x3fU >> count);
    for (int k = 0; k < count; ++k, ++i) {
      const auto byte = static_cast<unsigned char>(text[i]);
      if ((byte & 0xc0) != 0x80) return false;
      code = code << 6 | (byte & 0x3fU);
    }
    if (!is_code_point(code, count)) return false;
  }
  return true;
}

bool is_readable_name(std::string_view text) {
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  return !text.empty() && std::none_of(text.begin(), text.end(), is_control) && is_utf8(text);
}

}  // namespace gatefold::frontends
