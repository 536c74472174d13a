#include "gatefold/support/diagnostic.h"

#include <fmt/format.h>
#include <iterator>

namespace gatefold {
namespace {

struct Entry {
  std::string_view name, text, remedy;
};

constexpr Entry entries[] = {
#define DIAGNOSTIC(id, text, remedy) {#id, text, remedy},
#include "gatefold/support/diagnostics.def"
#undef DIAGNOSTIC
};

const Entry& entry(DiagnosticId id) { return entries[static_cast<std::size_t>(id)]; }

}  // namespace

std::string_view name_of(DiagnosticId id) { return entry(id).name; }
std::string_view text_of(DiagnosticId id) { return entry(id).text; }
std::string_view remedy_of(DiagnosticId id) { return entry(id).remedy; }

std::string Diagnostic::to_string() const {
  const std::string place = layer.empty() ? "" : fmt::format("layer '{}': ", layer);
  return fmt::format("error[{}]: {}{}\n  remedy: {}", name_of(id), place, text, remedy);
}

std::string to_string(const Diagnostics& diagnostics) {
  std::string text;
  for (const Diagnostic& d : diagnostics)
    fmt::format_to(std::back_inserter(text), "{}\n", d.to_string());
  return text;
}

}  // namespace gatefold
