#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gatefold/numeric/interval.h"
#include "gatefold/numeric/tensor.h"
#include "gatefold/support/ids.h"

namespace gatefold::hardware {

/// The words of one line of the text form, read from the left. The first wrong one sets `error`,
/// after which everything reads as zero.
class Tokens {
 public:
  explicit Tokens(std::string_view line);

  bool ok() const { return error_.empty(); }
  const std::string& error() const { return error_; }
  bool done() const { return !ok() || next_ == tokens_.size(); }
  /// Whether the next token is this one, or starts with this character.
  bool at(std::string_view token) const { return !done() && tokens_[next_] == token; }
  bool at(char first) const { return !done() && tokens_[next_].front() == first; }

  std::string word();
  std::string quoted();
  std::int64_t number();
  int small();
  void expect(std::string_view token);
  numeric::Interval interval();
  numeric::Shape shape();
  std::vector<std::int64_t> numbers();  // as many as follow
  /// `%12`, `c3`, …
  template <typename Id>
  Id id(char letter) {
    return Id{prefixed(letter)};
  }
  void fail(std::string error);

 private:
  int prefixed(char letter);

  std::vector<std::string> tokens_;
  std::size_t next_ = 0;
  std::string error_;
};

/// The whole text as a number.
std::optional<std::int64_t> parse_number(std::string_view text);

}  // namespace gatefold::hardware
