#include "gatefold/graph/text_reader.h"

#include <algorithm>
#include <charconv>
#include <fmt/core.h>

namespace gatefold::graph {
namespace {

constexpr std::string_view word_characters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
constexpr std::string_view number_characters = "-/0123456789";
constexpr std::size_t longest_number = 100000;

bool is_word_character(char c) { return word_characters.find(c) != std::string_view::npos; }

}  // namespace

void TextReader::fail(const std::string& reason) {
  if (reason_.empty()) reason_ = reason;
}

void TextReader::skip_blanks() {
  while (position_ < text_.size()) {
    const char c = text_[position_];
    if (c != ' ' && c != '\n' && c != '\t' && c != '\r') return;
    if (c == '\n') ++line_;
    ++position_;
  }
}

bool TextReader::at(std::string_view token) {
  if (failed()) return false;
  skip_blanks();
  if (!rest().starts_with(token)) return false;
  const bool is_word = is_word_character(token.back());
  const std::size_t end = position_ + token.size();
  return !is_word || end == text_.size() || !is_word_character(text_[end]);
}

bool TextReader::take(std::string_view token) {
  if (!at(token)) return false;
  position_ += token.size();
  return true;
}

void TextReader::expect(std::string_view token) {
  if (!take(token)) fail(fmt::format("'{}' is missing", token));
}

std::string TextReader::run_of(std::string_view characters) {
  if (failed()) return "";
  skip_blanks();
  const std::size_t count = std::min(rest().find_first_not_of(characters), rest().size());
  std::string run(rest().substr(0, count));
  position_ += count;
  return run;
}

std::string TextReader::word() {
  std::string result = run_of(word_characters);
  if (result.empty()) fail("a word is missing");
  return result;
}

std::int64_t TextReader::integer() {
  const std::string digits = run_of(number_characters);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size())
    fail(fmt::format("'{}' is not an integer of 64 bits", digits.substr(0, 40)));
  return failed() ? 0 : value;
}

int TextReader::small_integer() {
  const std::int64_t value = integer();
  if (value < -(1 << 16) || value > (1 << 16)) fail(fmt::format("{} is out of range", value));
  return failed() ? 0 : static_cast<int>(value);
}

numeric::Rational TextReader::rational() {
  const std::string digits = run_of(number_characters);
  const auto value =
      digits.size() > longest_number ? std::nullopt : numeric::parse_rational(digits);
  if (!value) fail(fmt::format("'{}' is not a rational", digits.substr(0, 40)));
  return value.value_or(0);
}

char TextReader::string_character() {
  const char c = text_[position_++];
  if (c == '\n') ++line_;
  if (c != '\\') return c;
  if (position_ < text_.size() && text_[position_] != 'x') return text_[position_++];
  unsigned value = 0;
  const std::string_view digits = rest().substr(0, 3);
  const bool ok =
      digits.size() == 3 &&
      std::from_chars(digits.data() + 1, digits.data() + 3, value, 16).ptr == digits.data() + 3;
  if (!ok) fail("a broken escape in a string");
  position_ += digits.size();
  return static_cast<char>(value);
}

std::string TextReader::string() {
  expect("\"");
  std::string result;
  while (!failed() && position_ < text_.size() && text_[position_] != '"')
    result += string_character();
  if (position_ >= text_.size()) fail("a string has no end");
  if (!failed()) ++position_;
  return result;
}

std::string TextReader::rest_of_line() {
  if (failed()) return "";
  const std::size_t count = std::min(rest().find('\n'), rest().size());
  std::string_view line = rest().substr(0, count);
  position_ += count;
  while (line.starts_with(' ')) line.remove_prefix(1);
  while (line.ends_with(' ') || line.ends_with('\r')) line.remove_suffix(1);
  return std::string(line);
}

bool TextReader::at_end() {
  skip_blanks();
  return position_ == text_.size();
}

}  // namespace gatefold::graph
