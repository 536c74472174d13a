#include "gatefold/support/npy_header.h"

#include <charconv>
#include <fmt/format.h>
#include <optional>
#include <set>
#include <system_error>

namespace gatefold {
namespace {

/// Reads the few forms of a Python literal that numpy.save writes.
class HeaderParser {
 public:
  explicit HeaderParser(std::string_view text) : rest_(text) {}

  std::variant<NpyHeader, std::string> parse() {
    if (!take("{")) return bad();
    while (!take("}")) {
      const auto key = quoted();
      if (!key || !take(":")) return bad();
      if (!keys_.insert(*key).second) return fmt::format("its header has '{}' twice", *key);
      if (!value_of(*key)) return bad();
      if (!take(",") && !peek("}")) return bad();
    }
    skip_space();
    if (!rest_.empty() || keys_ != std::set<std::string>{"descr", "fortran_order", "shape"}) {
      return bad();
    }
    return header_;
  }

 private:
  std::string bad() const {
    return structured_ ? "its elements are structures" : "its header is not a plain dictionary";
  }

  bool value_of(const std::string& key) {
    if (key == "descr") return descr();
    if (key == "fortran_order") return order();
    return key == "shape" && shape();
  }

  bool descr() {
    structured_ = peek("[");
    const auto text = quoted();
    if (text) header_.descr = *text;
    return text.has_value();
  }

  bool order() {
    header_.fortran_order = take("True");
    return header_.fortran_order || take("False");
  }

  bool shape() {
    if (!take("(")) return false;
    while (!take(")")) {
      const auto extent = number();
      if (!extent) return false;
      header_.shape.push_back(*extent);
      if (!take(",") && !peek(")")) return false;
    }
    return true;
  }

  std::optional<std::int64_t> number() {
    skip_space();
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (error != std::errc() || value < 0) return std::nullopt;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return value;
  }

  std::optional<std::string> quoted() {
    skip_space();
    const char quote = rest_.empty() ? '\0' : rest_.front();
    if (quote != '\'' && quote != '"') return std::nullopt;
    const std::size_t end = rest_.find(quote, 1);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string text(rest_.substr(1, end - 1));
    rest_.remove_prefix(end + 1);
    return text;
  }

  bool peek(std::string_view word) {
    skip_space();
    return rest_.starts_with(word);
  }

  bool take(std::string_view word) {
    if (!peek(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  void skip_space() {
    const std::size_t start = rest_.find_first_not_of(" \t\n\r");
    rest_.remove_prefix(start == std::string_view::npos ? rest_.size() : start);
  }

  std::string_view rest_;
  NpyHeader header_;
  std::set<std::string> keys_;
  bool structured_ = false;
};

}  // namespace

std::variant<NpyHeader, std::string> parse_npy_header(std::string_view text) {
  return HeaderParser(text).parse();
}

}  // namespace gatefold
