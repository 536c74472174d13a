#include "gatefold/cells/liberty_text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

namespace gatefold::cells {

namespace {

constexpr std::array<std::string_view, 15> kept_types = {"library",
                                                         "cell",
                                                         "pin",
                                                         "ff",
                                                         "latch",
                                                         "ff_bank",
                                                         "latch_bank",
                                                         "timing",
                                                         "cell_rise",
                                                         "cell_fall",
                                                         "rise_transition",
                                                         "fall_transition",
                                                         "rise_constraint",
                                                         "fall_constraint",
                                                         "lu_table_template"};
bool is_kept(const LibertyGroup& group) {
  return std::find(kept_types.begin(), kept_types.end(), group.type) != kept_types.end();
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  /// The file's outermost group; `problem` says what is wrong otherwise.
  std::optional<LibertyGroup> whole() {
    LibertyGroup root;
    statement(root);
    if (problem_.empty() && root.groups.empty()) fail("it has no library group");
    if (!problem_.empty()) return std::nullopt;
    return std::move(root.groups.front());
  }
  std::string problem() const { return problem_; }

 private:
  bool more() const { return problem_.empty() && at_ < text_.size(); }
  bool starts(std::string_view with) const { return text_.substr(at_).starts_with(with); }

  void skip_space() {
    while (at_ < text_.size()) {
      if (starts("/*")) {
        const auto end = text_.find("*/", at_ + 2);
        at_ = end == std::string_view::npos ? text_.size() : end + 2;
      } else if (std::isspace(static_cast<unsigned char>(text_[at_])) || text_[at_] == '\\') {
        ++at_;
      } else {
        return;
      }
    }
  }
  char peek() {
    skip_space();
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!take(c)) fail(std::string("'") + c + "' is missing");
  }

  std::string word() {
    if (take('"')) {
      const auto end = std::min(text_.find('"', at_), text_.size());
      const std::string_view quoted = text_.substr(at_, end - at_);
      at_ = std::min(end + 1, text_.size());
      return std::string(quoted);
    }
    constexpr std::string_view ends = "(){}:;,\" \t\r\n\\";
    skip_space();
    const std::size_t begin = at_;
    at_ = std::min(text_.find_first_of(ends, at_), text_.size());
    return std::string(text_.substr(begin, at_ - begin));
  }

  /// Up to the end of the line or the semicolon: values may hold operators.
  std::string value() {
    if (peek() == '"') return word();
    const std::size_t begin = at_;
    at_ = std::min(text_.find_first_of(";\n}", at_), text_.size());
    std::string_view found = text_.substr(begin, at_ - begin);
    while (!found.empty() && std::isspace(static_cast<unsigned char>(found.back()))) {
      found.remove_suffix(1);
    }
    return std::string(found);
  }

  void statement(LibertyGroup& parent) {
    LibertyGroup group;
    group.type = word();
    if (group.type.empty()) return fail("a name is missing");
    if (take(':')) {
      parent.attributes[group.type] = value();
    } else {
      arguments(group);
      if (take('{')) {
        body(group, parent);
      } else {
        parent.attributes[group.type] = std::move(group.name);
      }
    }
    while (take(';')) continue;
  }

  /// In parentheses, into the group's name.
  void arguments(LibertyGroup& group) {
    expect('(');
    if (peek() != ')') group.name = word();
    while (more() && !take(')')) {
      if (take(',')) continue;
      const std::string next = word();
      if (next.empty()) return fail("')' is missing");
      group.name += ',' + next;
    }
  }

  void body(LibertyGroup& group, LibertyGroup& parent) {
    while (more() && !take('}')) {
      if (peek() == '\0') return fail("'}' is missing");
      statement(group);
    }
    if (is_kept(group)) parent.groups.push_back(std::move(group));
  }

  void fail(std::string what) {
    const auto seen = text_.substr(0, std::min(at_, text_.size()));
    const auto line = 1 + std::count(seen.begin(), seen.end(), '\n');
    if (problem_.empty()) problem_ = "line " + std::to_string(line) + ": " + std::move(what);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string problem_;
};

}  // namespace

std::string LibertyGroup::attribute(const std::string& key) const {
  const auto found = attributes.find(key);
  return found == attributes.end() ? std::string() : found->second;
}

Result<LibertyGroup> read_liberty_text(std::string_view text, const std::string& path) {
  Parser parser(text);
  auto library = parser.whole();
  if (!library) return diagnose(DiagnosticId::LibertyMalformed, "", path, parser.problem());
  return *std::move(library);
}

}  // namespace gatefold::cells
