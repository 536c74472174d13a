#pragma once

#include <fmt/core.h>
#include <string>
#include <string_view>
#include <vector>

namespace gatefold {

/// Identifiers of every message to the user (support/diagnostics.def).
enum class DiagnosticId {
#define DIAGNOSTIC(id, text, remedy) id,
#include "gatefold/support/diagnostics.def"
#undef DIAGNOSTIC
};

std::string_view name_of(DiagnosticId id);
std::string_view text_of(DiagnosticId id);
std::string_view remedy_of(DiagnosticId id);

/// One mistake of the user's: where (the trained layer's name, or empty), what, and the way out.
struct Diagnostic {
  DiagnosticId id;
  std::string layer;
  std::string text;
  std::string remedy;

  /// `error[Id]: layer 'fc1': text` and, on a second line, `  remedy: …`.
  std::string to_string() const;

  friend bool operator==(const Diagnostic&, const Diagnostic&) = default;
};

using Diagnostics = std::vector<Diagnostic>;

/// One diagnostic a line, in order.
std::string to_string(const Diagnostics& diagnostics);

/// Builds a diagnostic; `args` fill the placeholders of the identifier's text.
template <typename... Args>
Diagnostic diagnose(DiagnosticId id, std::string layer, const Args&... args) {
  return {id, std::move(layer), fmt::format(fmt::runtime(text_of(id)), args...),
          std::string(remedy_of(id))};
}

}  // namespace gatefold
