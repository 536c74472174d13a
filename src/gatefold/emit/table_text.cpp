#include "gatefold/emit/table_text.h"

#include <algorithm>
#include <fmt/core.h>

#include "gatefold/emit/expression.h"
#include "gatefold/emit/text.h"

namespace gatefold::emit {
namespace {

using namespace hardware;

constexpr std::size_t line_width = 92;

/// The arguments by the entry that answers them.
std::map<std::int64_t, std::vector<std::int64_t>> arguments_by_entry(
    const LookupTable& table, const numeric::Interval& domain) {
  std::map<std::int64_t, std::vector<std::int64_t>> arguments;
  for (auto word = domain.low; word <= domain.high; ++word) {
    arguments[table.entries[static_cast<std::size_t>(word - table.first)]].push_back(word);
  }
  return arguments;
}

/// `      8'd1, 8'd2:` broken into lines.
std::string labels(const std::vector<std::int64_t>& arguments, const Word& word) {
  std::string text, line = "     ";
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto label = literal(arguments[i], word.width, word.is_signed);
    if (line.size() + label.size() > line_width) {
      text += line + "\n";
      line = "     ";
    }
    line += " " + label + (i + 1 == arguments.size() ? ":" : ",");
  }
  return text + line;
}

std::string table_function_text(const Plan& plan, int layer, TableId id) {
  const auto& table = plan.process->tables[static_cast<std::size_t>(id.index)];
  const auto function = table_function(plan, layer, id);
  const auto result = word_of(function.range);
  CaseFunction text{function.name, type_of(result), word_of(function.domain), {}};
  for (auto& [entry, arguments] : arguments_by_entry(table, function.domain))
    text.entries.emplace_back(literal(entry, result.width, result.is_signed), arguments);
  return fmt::format("\n  // Table '{}'.\n", comment_safe(table.name)) + text_of(text);
}

}  // namespace

std::string text_of(const CaseFunction& function) {
  const auto& entries = function.entries;
  const auto rest =
      std::ranges::max_element(entries, {}, [](const auto& entry) { return entry.second.size(); });
  auto text = fmt::format("  function automatic {} {}(input {} word);\n    case (word)\n",
                          function.result, function.name, type_of(function.argument));
  for (const auto& [entry, arguments] : entries)
    if (entry != rest->first)
      text +=
          fmt::format("{} {} = {};\n", labels(arguments, function.argument), function.name, entry);
  return text + fmt::format("      default: {} = {};\n    endcase\n  endfunction\n", function.name,
                            rest->first);
}

std::string table_functions(const Plan& plan, int layer) {
  std::set<TableId> tables;
  for (const auto id : plan.layers[static_cast<std::size_t>(layer)].values) {
    const auto* lookup = std::get_if<Lookup>(&plan.operation(id).kind);
    if (lookup != nullptr && plan.value(id).joint_table < 0) tables.insert(lookup->table);
  }
  std::string text;
  for (const auto table : tables) text += table_function_text(plan, layer, table);
  return text;
}

}  // namespace gatefold::emit
