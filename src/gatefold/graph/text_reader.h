#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gatefold/numeric/rational.h"

namespace gatefold::graph {

/// A cursor over the text form. The first error sticks; after it every read yields a default and
/// `at` is false, so that readers need no checks of their own.
class TextReader {
 public:
  explicit TextReader(std::string_view text) : text_(text) {}

  /// Skips blanks; true when the punctuation or word comes next.
  bool at(std::string_view token);
  /// Takes it when it comes next.
  bool take(std::string_view token);
  /// Takes it, or is an error.
  void expect(std::string_view token);

  std::string word();      // letters, digits, underscores
  std::int64_t integer();  // 64 bits
  int small_integer();     // 0 to 2^16, or a negative one
  numeric::Rational rational();
  std::string string();        // quoted
  std::string rest_of_line();  // without surrounding blanks
  bool at_end();

  void fail(const std::string& reason);
  bool failed() const { return !reason_.empty(); }
  const std::string& reason() const { return reason_; }
  int line() const { return line_; }

 private:
  void skip_blanks();
  std::string_view rest() const { return text_.substr(position_); }
  std::string run_of(std::string_view characters);
  char string_character();

  std::string_view text_;
  std::size_t position_ = 0;
  int line_ = 1;
  std::string reason_;
};

}  // namespace gatefold::graph
