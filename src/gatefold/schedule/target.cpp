#include "gatefold/schedule/target.h"

#include <algorithm>
#include <fmt/core.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <optional>

#include "gatefold/schedule/cell_target.h"
#include "gatefold/schedule/targets.h"

namespace gatefold::schedule {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 12> class_names = {"wire",    "add",   "add3",     "negate",
                                                          "compare", "equal", "logic",    "select",
                                                          "relu",    "clamp", "multiply", "table"};

Line twice(const Line& line) { return {2 * line.base, 2 * line.per_bit}; }
Cost twice(const Cost& cost) { return {twice(cost.delay_ns), twice(cost.luts), cost.source}; }

/// Reads a target's JSON; the first thing that is missing or wrong is kept in `error`.
class Reader {
 public:
  explicit Reader(const Json& root) : root_(root) {}

  Target read(const std::string& name) {
    Target target;
    target.name = name;
    target.title = text(root_, "title");
    target.lut_inputs = static_cast<int>(number(root_, "lut_inputs"));
    target.route_ns = sourced(root_, "route_ns");
    target.register_ns = sourced(root_, "register_ns");
    target.clock_ns = sourced(root_, "clock_ns");
    const Json& operations = member(root_, "operations");
    target.has_add3 = operations.contains("add3");
    for (std::size_t i = 1; i < class_names.size(); ++i) {
      const bool two_adders = class_names[i] == "add3" && !target.has_add3;
      target.costs[i] = two_adders ? twice(target.cost(CostClass::Add))
                                   : cost(member(operations, class_names[i]));
    }
    if (root_.contains("memory")) target.memory = memory(member(root_, "memory"));
    if (root_.contains("dsp")) target.dsp = dsp(member(root_, "dsp"));
    return target;
  }

  const std::string& error() const { return error_; }

 private:
  const Json& member(const Json& object, std::string_view key) {
    static const Json absent;
    const auto found = object.find(key);
    if (found != object.end()) return *found;
    fail(fmt::format("'{}' is missing", key));
    return absent;
  }

  std::string text(const Json& object, std::string_view key) {
    const Json& value = member(object, key);
    if (value.is_string()) return value.get<std::string>();
    fail(fmt::format("'{}' is no text", key));
    return {};
  }

  double number(const Json& object, std::string_view key) {
    const Json& value = member(object, key);
    if (value.is_number() && value.get<double>() >= 0) return value.get<double>();
    fail(fmt::format("'{}' is no number", key));
    return 0;
  }

  std::string source(const Json& object) {
    std::string name = text(object, "source");
    if (!member(root_, "sources").contains(name)) fail(fmt::format("no source '{}'", name));
    return name;
  }

  double sourced(const Json& object, std::string_view key) {
    const Json& value = member(object, key);
    source(value);
    return number(value, "value");
  }

  std::pair<double, double> two_numbers(const Json& object, std::string_view key) {
    const Json& value = member(object, key);
    const auto is_number = [](const Json& n) { return n.is_number() && n.get<double>() >= 0; };
    if (value.is_array() && value.size() == 2 && std::all_of(value.begin(), value.end(), is_number))
      return {value[0].get<double>(), value[1].get<double>()};
    fail(fmt::format("'{}' is no pair of numbers", key));
    return {};
  }

  Line line(const Json& object, std::string_view key) {
    const auto [base, per_bit] = two_numbers(object, key);
    return {base, per_bit};
  }

  Cost cost(const Json& object) {
    return {line(object, "delay_ns"), line(object, "luts"), source(object)};
  }

  MemoryCells memory(const Json& object) {
    source(object);
    const auto integer = [&](std::string_view key) {
      return static_cast<int>(number(object, key));
    };
    return {integer("lut_bits"),       integer("block_from_bits"), integer("table_block_from_bits"),
            integer("block_bits"),     integer("block_width"),     integer("block_luts"),
            number(object, "block_ns")};
  }

  DspCells dsp(const Json& object) {
    source(object);
    const auto [longer, shorter] = two_numbers(object, "factor_bits");
    return {static_cast<int>(longer), static_cast<int>(shorter), number(object, "delay_ns"),
            number(object, "luts")};
  }

  void fail(std::string error) {
    if (error_.empty()) error_ = std::move(error);
  }

  const Json& root_;
  std::string error_;
};

std::string name_of(const EmbeddedFile& file) {
  return std::string(file.name.substr(0, file.name.rfind('.')));
}

}  // namespace

std::vector<std::string> target_names() {
  std::vector<std::string> names;
  for (const EmbeddedFile& file : targets) names.push_back(name_of(file));
  return names;
}

Result<Target> parse_target(const std::string& name, std::string_view json) {
  const Json root = Json::parse(json, nullptr, false);
  if (root.is_discarded() || !root.is_object())
    return diagnose(DiagnosticId::TargetMalformed, "", name, "it is no JSON object");
  Reader reader(root);
  Target target = reader.read(name);
  if (!reader.error().empty())
    return diagnose(DiagnosticId::TargetMalformed, "", name, reader.error());
  return target;
}

Result<Target> load_target(const std::string& name) {
  if (is_liberty(name)) return read_cell_target(name);
  for (const EmbeddedFile& file : targets)
    if (name_of(file) == name) return parse_target(name, file.text);
  return diagnose(DiagnosticId::TargetUnknown, "", name, fmt::join(target_names(), ", "));
}

}  // namespace gatefold::schedule
