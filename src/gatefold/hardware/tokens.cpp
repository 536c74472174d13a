#include "gatefold/hardware/tokens.h"

#include <bit>
#include <cctype>
#include <charconv>
#include <fmt/core.h>
#include <limits>

namespace gatefold::hardware {
namespace {

/// Reads a quoted name from `at` on (past the opening quote), leaving `at` past the closing one.
std::optional<std::string> unquote(std::string_view line, std::size_t& at) {
  std::string name = "\"";
  for (; at < line.size(); ++at) {
    if (line[at] == '"') {
      ++at;
      return name;
    }
    if (line[at] == '\\' && ++at == line.size()) return std::nullopt;
    const bool line_end = line[at] == 'n' && line[at - 1] == '\\';
    name += line_end ? '\n' : line[at];
  }
  return std::nullopt;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    parts.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

/// `[-8,7]` or, for multiples of 4, `[-8,8]/4`.
std::optional<numeric::Interval> parse_interval(std::string_view text) {
  const auto parts = split(text, '/');
  const std::string& bounds = parts[0];
  if (parts.size() > 2 || bounds.size() < 2 || bounds.front() != '[' || bounds.back() != ']')
    return std::nullopt;
  const auto ends = split(std::string_view(bounds).substr(1, bounds.size() - 2), ',');
  if (ends.size() != 2) return std::nullopt;
  const auto low = parse_number(ends[0]), high = parse_number(ends[1]);
  const auto step = parse_number(parts.size() == 2 ? parts[1] : "1");
  if (!low || !high || step.value_or(0) < 1) return std::nullopt;
  const auto unsigned_step = static_cast<std::uint64_t>(*step);
  if (!std::has_single_bit(unsigned_step)) return std::nullopt;
  if (*low == *high) return numeric::Interval::constant(*low);
  return numeric::Interval{*low, *high, std::countr_zero(unsigned_step)};
}

}  // namespace

std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Tokens::Tokens(std::string_view line) {
  const auto space = [&](std::size_t i) {
    return std::isspace(static_cast<unsigned char>(line[i]));
  };
  for (std::size_t at = 0; at < line.size();) {
    if (space(at)) {
      ++at;
    } else if (line[at] == '"') {
      const auto name = unquote(line, ++at);
      if (!name) fail("a quote is not closed");
      tokens_.push_back(name.value_or("\""));
    } else {
      const std::size_t begin = at;
      while (at < line.size() && !space(at)) ++at;
      tokens_.emplace_back(line.substr(begin, at - begin));
    }
  }
}

void Tokens::fail(std::string error) {
  if (error_.empty()) error_ = std::move(error);
}

std::string Tokens::word() {
  if (!done()) return tokens_[next_++];
  fail("the line ends too early");
  return {};
}

std::string Tokens::quoted() {
  const std::string token = word();
  if (ok() && token.front() != '"') fail(fmt::format("expected a quoted name, not {}", token));
  return ok() ? token.substr(1) : "";
}

std::int64_t Tokens::number() {
  const std::string token = word();
  const auto value = parse_number(token);
  if (!value) fail(fmt::format("expected a number, not {}", token));
  return value.value_or(0);
}

int Tokens::small() {
  const std::int64_t value = number();
  const bool fits = value == static_cast<std::int32_t>(value);
  if (!fits) fail(fmt::format("{} is too large here", value));
  return fits ? static_cast<int>(value) : 0;
}

void Tokens::expect(std::string_view token) {
  const std::string found = word();
  if (found != token) fail(fmt::format("expected {}, not {}", token, found));
}

int Tokens::prefixed(char letter) {
  const std::string token = word();
  const auto value = ok() && token.front() == letter
                         ? parse_number(std::string_view(token).substr(1))
                         : std::nullopt;
  if (value && *value >= 0 && *value <= std::numeric_limits<std::int32_t>::max())
    return static_cast<int>(*value);
  fail(fmt::format("expected {} and an index, not {}", letter, token));
  return 0;
}

numeric::Interval Tokens::interval() {
  const std::string token = word();
  if (const auto range = parse_interval(token)) return *range;
  fail(fmt::format("expected a range such as [-8,7], not {}", token));
  return {};
}

numeric::Shape Tokens::shape() {
  const std::string token = word();
  numeric::Shape shape;
  const bool brackets = token.size() >= 2 && token.front() == '[' && token.back() == ']';
  if (brackets && token == "[]") return shape;
  if (brackets)
    for (const auto& part : split(std::string_view(token).substr(1, token.size() - 2), ',')) {
      const auto extent = parse_number(part);
      if (extent && *extent > 0 && *extent <= std::numeric_limits<std::int32_t>::max())
        shape.push_back(*extent);
      else
        fail(fmt::format("expected an extent, not {}", part));
    }
  else
    fail(fmt::format("expected a shape such as [2,3], not {}", token));
  return shape;
}

std::vector<std::int64_t> Tokens::numbers() {
  std::vector<std::int64_t> values;
  while (!done() && parse_number(tokens_[next_])) values.push_back(number());
  return values;
}

}  // namespace gatefold::hardware
