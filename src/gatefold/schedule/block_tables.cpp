#include "gatefold/schedule/block_tables.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "gatefold/hardware/evaluate.h"
#include "gatefold/hardware/simplify.h"

namespace gatefold::schedule {
namespace {

using namespace hardware;

/// The words of a table by the bits of a word in this range that looks them up; where there is
/// none, the first one.
std::vector<std::int64_t> words_by_bits(const LookupTable& table, const numeric::Interval& range) {
  const auto entry = [&](std::int64_t value) {
    return table.entries[static_cast<std::size_t>(value - table.first)];
  };
  std::vector<std::int64_t> words(std::size_t{1} << word_of(range).width, entry(range.low));
  for (std::int64_t value = range.low; value <= range.high; ++value)
    words[static_cast<std::uint64_t>(value) & (words.size() - 1)] = entry(value);
  return words;
}

bool is_store_read(const Kind& kind) {
  return std::holds_alternative<ReadState>(kind) || std::holds_alternative<ReadMemory>(kind);
}

/// By value, whether a word that was kept leads to it and it leads to one that is kept: a stage
/// more there is one more cycle between two steps.
std::vector<bool> in_loops(const std::vector<Operation>& body) {
  std::vector<bool> from_store(body.size()), to_store(body.size()), both(body.size());
  const auto at = [](auto& marks, ValueId id) { return marks[static_cast<std::size_t>(id.index)]; };
  for (std::size_t i = 0; i < body.size(); ++i) {
    from_store[i] = is_store_read(body[i].kind);
    for (const ValueId id : operands(body[i].kind))
      if (at(from_store, id)) from_store[i] = true;
  }
  for (std::size_t i = body.size(); i-- > 0;)
    if (to_store[i] || is_write(body[i].kind))
      for (const ValueId id : operands(body[i].kind)) at(to_store, id) = true;
  for (std::size_t i = 0; i < body.size(); ++i) both[i] = from_store[i] && to_store[i];
  return both;
}

class BlockTables {
 public:
  BlockTables(Process& process, const Target& target) : process_(process), target_(target) {}

  /// Whether there is a large table.
  bool run() {
    const std::vector<Operation> body = std::move(process_.body);
    const std::vector<bool> looped = in_loops(body);
    process_.body.clear();
    for (std::size_t i = 0; i < body.size(); ++i) {
      Operation operation = body[i];
      map_operands(operation.kind, [&](ValueId id) { return moved(id); });
      const auto* lookup = std::get_if<Lookup>(&operation.kind);
      if (lookup != nullptr && !looped[i] && is_large(*lookup))
        operation.kind = as_read(*lookup, operation.layer);
      moved_.push_back(next());
      process_.body.push_back(std::move(operation));
    }
    for (Give& give : process_.gives)
      for (ValueId& word : give.words) word = moved(word);
    drop_unused_tables(process_);
    return !memories_.empty();
  }

 private:
  ValueId moved(ValueId id) const { return moved_[static_cast<std::size_t>(id.index)]; }
  ValueId next() const { return {static_cast<std::int32_t>(process_.body.size())}; }

  const numeric::Interval& range(ValueId id) const { return process_.operation(id).range; }

  bool is_large(const Lookup& lookup) const {
    const LookupTable& table = process_.tables[static_cast<std::size_t>(lookup.table.index)];
    const auto [low, high] = std::ranges::minmax(table.entries);
    const std::int64_t entries = std::int64_t{1} << word_of(range(lookup.a)).width;
    return entries * word_of({low, high, 0}).width >= target_.memory.table_block_from_bits;
  }

  ReadMemory as_read(const Lookup& lookup, int layer) {
    const MemoryId memory = memory_of(lookup);
    const Word address = word_of(range(lookup.a));
    if (!address.is_signed) return {memory, lookup.a};
    const ValueId bits = next();
    const numeric::Interval all{0, (std::int64_t{1} << address.width) - 1, 0};
    process_.body.push_back({Wrap{lookup.a, address.width, false}, all, layer});
    return {memory, bits};
  }

  MemoryId memory_of(const Lookup& lookup) {
    const std::tuple key(lookup.table, range(lookup.a).low, range(lookup.a).high);
    const auto known = memories_.find(key);
    if (known != memories_.end()) return known->second;
    const LookupTable& table = process_.tables[static_cast<std::size_t>(lookup.table.index)];
    auto words = words_by_bits(table, range(lookup.a));
    const auto [least, most] = std::ranges::minmax(words);
    const MemoryId memory{static_cast<std::int32_t>(process_.memories.size())};
    process_.memories.push_back({table.name, {least, most, 0}, std::move(words)});
    return memories_[key] = memory;
  }

  Process& process_;
  const Target& target_;
  std::vector<ValueId> moved_;  // by value of the body before
  std::map<std::tuple<TableId, std::int64_t, std::int64_t>, MemoryId> memories_;  // by range
};

}  // namespace

std::optional<hardware::Design> with_block_tables(const hardware::Design& design,
                                                  const Target& target) {
  if (!target.memory.has_blocks()) return std::nullopt;
  hardware::Design result = design;
  bool changed = false;
  for (Process& process : result.processes) changed |= BlockTables(process, target).run();
  return changed ? std::optional(std::move(result)) : std::nullopt;
}

}  // namespace gatefold::schedule
