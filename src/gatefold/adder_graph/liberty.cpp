#include "gatefold/adder_graph/liberty.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <map>
#include <optional>

namespace gatefold::adder_graph {

namespace {

struct Group {
  std::string type, name;
  std::map<std::string, std::string> attributes;  // `name : value;`
  std::vector<Group> groups;
};

// What says a cell's function and area; the rest is timing and power, most of the file.
constexpr std::array<std::string_view, 7> kept_types = {"library", "cell",    "pin",       "ff",
                                                        "latch",   "ff_bank", "latch_bank"};
bool is_kept(const Group& group) {
  return std::find(kept_types.begin(), kept_types.end(), group.type) != kept_types.end();
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  /// The file's outermost group; `problem` says what is wrong otherwise.
  std::optional<Group> whole() {
    Group root;
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

  void statement(Group& parent) {
    Group group;
    group.type = word();
    if (group.type.empty()) return fail("a name is missing");
    if (take(':')) {
      parent.attributes[group.type] = value();
    } else {
      expect('(');
      group.name = peek() == ')' ? "" : word();
      while (more() && !take(')')) {
        if (!take(',') && word().empty()) return fail("')' is missing");
      }
      if (take('{')) body(group, parent);
    }
    while (take(';')) continue;
  }

  void body(Group& group, Group& parent) {
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

std::string attribute(const Group& group, const std::string& name) {
  const auto found = group.attributes.find(name);
  return found == group.attributes.end() ? std::string() : found->second;
}

std::optional<double> number(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value)
                                                                  : std::nullopt;
}

/// Empty for a cell that holds a state, drives a bus or may not be used.
std::optional<LibraryCell> combinational(const Group& cell) {
  LibraryCell result;
  result.name = cell.name;
  const auto area = number(attribute(cell, "area"));
  if (!area || attribute(cell, "dont_use") == "true") return std::nullopt;
  result.area = *area;
  for (const Group& pin : cell.groups) {
    if (pin.type != "pin") return std::nullopt;
    if (attribute(pin, "direction") == "input") result.inputs.push_back(pin.name);
  }
  for (const Group& pin : cell.groups) {
    if (attribute(pin, "direction") == "input") continue;
    const auto table = truth_table(attribute(pin, "function"), result.inputs);
    if (!table || pin.attributes.contains("three_state")) return std::nullopt;
    result.functions.push_back(*table);
  }
  return result.functions.empty() ? std::nullopt : std::optional(std::move(result));
}

}  // namespace

Result<std::vector<LibraryCell>> read_liberty(std::string_view text, const std::string& path) {
  Parser parser(text);
  const auto library = parser.whole();
  if (!library) return diagnose(DiagnosticId::LibertyMalformed, "", path, parser.problem());
  std::vector<LibraryCell> cells;
  for (const Group& group : library->groups) {
    if (group.type != "cell") continue;
    if (auto cell = combinational(group)) cells.push_back(std::move(*cell));
  }
  return cells;
}

}  // namespace gatefold::adder_graph
