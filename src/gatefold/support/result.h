#pragma once

#include <utility>
#include <variant>

#include "gatefold/support/assert.h"
#include "gatefold/support/diagnostic.h"

namespace gatefold {

/// A value, or every diagnostic that stood in its way (at least one).
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}
  Result(Diagnostic error) : state_(Diagnostics{std::move(error)}) {}
  Result(Diagnostics errors) : state_(std::move(errors)) {
    GATEFOLD_ASSERT(!std::get<Diagnostics>(state_).empty(), "an error result needs a diagnostic");
  }

  bool ok() const { return std::holds_alternative<T>(state_); }
  explicit operator bool() const { return ok(); }

  T& value() & {
    check();
    return std::get<T>(state_);
  }
  const T& value() const& {
    check();
    return std::get<T>(state_);
  }
  T&& value() && {
    check();
    return std::get<T>(std::move(state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Diagnostics& errors() const { return std::get<Diagnostics>(state_); }

 private:
  void check() const { GATEFOLD_ASSERT(ok(), to_string(std::get<Diagnostics>(state_))); }

  std::variant<T, Diagnostics> state_;
};

/// The result of a step that yields nothing but success.
using Status = Result<std::monostate>;
inline Status success() { return std::monostate{}; }

}  // namespace gatefold

#define GATEFOLD_CONCAT_(a, b) a##b
#define GATEFOLD_CONCAT(a, b) GATEFOLD_CONCAT_(a, b)

/// `GATEFOLD_TRY(const auto graph, import(model));` returns the diagnostics from the caller, if
/// any.
#define GATEFOLD_TRY(declaration, expression)                                    \
  auto GATEFOLD_CONCAT(result_, __LINE__) = (expression);                        \
  if (!GATEFOLD_CONCAT(result_, __LINE__).ok())                                  \
    return ::gatefold::Diagnostics(GATEFOLD_CONCAT(result_, __LINE__).errors()); \
  declaration = *std::move(GATEFOLD_CONCAT(result_, __LINE__))

/// Returns the diagnostics of a Status from the caller, if any.
#define GATEFOLD_CHECK(expression)                                  \
  do {                                                              \
    if (auto gatefold_status = (expression); !gatefold_status.ok()) \
      return ::gatefold::Diagnostics(gatefold_status.errors());     \
  } while (false)
