#include "gatefold/emit/joint_tables.h"

#include <algorithm>
#include <fmt/core.h>

#include "gatefold/emit/table_text.h"
#include "gatefold/emit/text.h"

namespace gatefold::emit {
namespace {

using namespace hardware;
using numeric::Interval;

/// Larger tables stay alone: their text has a line for each argument and each result.
constexpr int widest_argument = 8;
/// Wider words are split, as are numbers that tools read.
constexpr std::int64_t widest_word = 4096;

const Lookup& lookup_at(const Plan& plan, ValueId id) {
  return std::get<Lookup>(plan.operation(id).kind);
}

const Interval& domain_of(const Plan& plan, ValueId id) {
  return plan.operation(lookup_at(plan, id).a).range;
}

std::int64_t entry_at(const Plan& plan, ValueId id, std::int64_t word) {
  const auto& table =
      plan.process->tables[static_cast<std::size_t>(lookup_at(plan, id).table.index)];
  return table.entries[static_cast<std::size_t>(word - table.first)];
}

/// The range of the entries that the lookup can find.
Interval entries_of(const Plan& plan, ValueId id) {
  const Interval domain = domain_of(plan, id);
  Interval range = Interval::constant(entry_at(plan, id, domain.low));
  for (auto word = domain.low; word <= domain.high; ++word)
    range = numeric::hull(range, Interval::constant(entry_at(plan, id, word)));
  return range;
}

bool may_join(const Plan& plan, ValueId id) {
  const auto* lookup = std::get_if<Lookup>(&plan.operation(id).kind);
  return lookup != nullptr && word_of(domain_of(plan, id)).width <= widest_argument &&
         !plan.value(lookup->a).constant && !entries_of(plan, id).is_constant();
}

/// The lookups of a layer by the word that they look up, each list at most as wide as a word may
/// be.
std::vector<JointTable> candidates(const Plan& plan, int layer) {
  std::vector<JointTable> tables;
  std::map<Source, std::size_t> open;
  for (const ValueId id : plan.layers[static_cast<std::size_t>(layer)].values) {
    if (!may_join(plan, id)) continue;
    const Interval range = entries_of(plan, id);
    const Source word{plan.canonical(lookup_at(plan, id).a), plan.value(id).birth};
    const auto found = open.find(word);
    if (found == open.end() ||
        BeatLayout(tables[found->second].entries).width() + word_of(range).width > widest_word) {
      open.insert_or_assign(word, tables.size());
      tables.push_back({layer, {}, {}});
    }
    JointTable& table = tables[open.at(word)];
    table.lookups.push_back(id);
    table.entries.words.push_back(range);
  }
  return tables;
}

const JointTable& table_of(const Plan& plan, ValueId lookup) {
  return plan.joint_tables[static_cast<std::size_t>(plan.value(lookup).joint_table)];
}

std::string stem_of(const Plan& plan, const JointTable& table) {
  return plan.value(table.lookups.front()).name;
}

std::string function_of(const Plan& plan, const JointTable& table) {
  return "tables_" + stem_of(plan, table);
}

std::string function_text(const Plan& plan, const JointTable& table) {
  const BeatLayout layout(table.entries);
  const Interval domain = domain_of(plan, table.lookups.front());
  std::map<std::string, std::vector<std::int64_t>> arguments;
  for (auto word = domain.low; word <= domain.high; ++word) {
    std::vector<std::int64_t> entries;
    for (const ValueId id : table.lookups) entries.push_back(entry_at(plan, id, word));
    arguments[fmt::format("{}'h{}", layout.width(), layout.digits(entries.data()))].push_back(word);
  }
  CaseFunction function{function_of(plan, table),
                        fmt::format("logic {}", bits(layout.width() - 1, 0)),
                        word_of(domain),
                        {arguments.begin(), arguments.end()}};
  std::ranges::sort(function.entries, {}, [](const auto& entry) { return entry.second.front(); });
  return fmt::format("\n  // {} tables, the first in the low bits.\n", table.lookups.size()) +
         text_of(function);
}

}  // namespace

void plan_joint_tables(Plan& plan) {
  for (std::size_t layer = 0; layer < plan.layers.size(); ++layer)
    for (auto& table : candidates(plan, static_cast<int>(layer))) {
      if (table.lookups.size() < 2) continue;
      for (std::size_t k = 0; k < table.lookups.size(); ++k) {
        ValuePlan& value = plan.value(table.lookups[k]);
        value.joint_table = static_cast<int>(plan.joint_tables.size());
        value.place_in_table = k;
      }
      plan.joint_tables.push_back(std::move(table));
    }
}

bool opens_joint_table(const Plan& plan, ValueId lookup) {
  return plan.value(lookup).joint_table >= 0 && table_of(plan, lookup).lookups.front() == lookup;
}

std::string joint_table_declarations(const Plan& plan, ValueId lookup) {
  const JointTable& table = table_of(plan, lookup);
  const auto argument = operand_of(
      plan, table.layer, {plan.canonical(lookup_at(plan, lookup).a), plan.value(lookup).birth});
  const auto wire = stem_of(plan, table) + "_tables";
  return fmt::format("  logic {} {};\n  assign {} = {}({});\n",
                     bits(BeatLayout(table.entries).width() - 1, 0), wire, wire,
                     function_of(plan, table), convert(argument, word_of(domain_of(plan, lookup))));
}

Operand joint_table_entry(const Plan& plan, ValueId lookup) {
  const JointTable& table = table_of(plan, lookup);
  const BeatLayout layout(table.entries);
  const std::size_t k = plan.value(lookup).place_in_table;
  const auto word = layout.word(k);
  const auto text = stem_of(plan, table) + "_tables" +
                    bits(layout.offsets[k] + word.width - 1, layout.offsets[k]);
  return {word.is_signed ? fmt::format("$signed({})", text) : text, word, {}};
}

std::string joint_table_functions(const Plan& plan, int layer) {
  std::string text;
  for (const JointTable& table : plan.joint_tables)
    if (table.layer == layer) text += function_text(plan, table);
  return text;
}

}  // namespace gatefold::emit
