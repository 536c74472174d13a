#include "gatefold/schedule/tabulate_cones.h"

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

#include "gatefold/hardware/evaluate.h"
#include "gatefold/hardware/range.h"
#include "gatefold/hardware/read_counts.h"
#include "gatefold/hardware/simplify.h"
#include "gatefold/schedule/cone_table.h"
#include "gatefold/schedule/narrow_cuts.h"
#include "gatefold/schedule/table_logic.h"

namespace gatefold::schedule {
namespace {

using namespace hardware;

constexpr int bits_beyond_a_lut = 3;
constexpr std::size_t largest_cone = 400;  // operations: bounds the time of each try
constexpr double rounding = 1e-6;
constexpr double margin = 1.5;  // of tables beyond a LUT, over the LUTs counted by their words

std::size_t index(ValueId id) { return static_cast<std::size_t>(id.index); }

/// From the last operation to the first: each word takes the table that saves most, as long as
/// somebody still reads it.
class Tabulation {
 public:
  Tabulation(const Design& design, const Process& process, const Target& target, double clock_ns,
             int most_bits)
      : design_(design),
        process_(process),
        target_(target),
        period_ns_(clock_ns - target.register_ns),
        cuts_(narrow_cuts(process, target, most_bits)),
        uses_(read_counts(process)),
        ready_(process.body.size()),
        dropped_(process.body.size()) {}

  /// Empty where no table pays.
  std::optional<Process> run() {
    find_times();
    for (std::size_t i = process_.body.size(); i-- > 0;)
      if (!dropped_[i] && !cuts_[i].empty()) try_at({static_cast<std::int32_t>(i)});
    if (chosen_.empty()) return std::nullopt;
    return rebuilt();
  }

 private:
  void find_times() {
    for (std::size_t i = 0; i < process_.body.size(); ++i) {
      for (const ValueId id : operands(process_.body[i].kind))
        ready_[i] = std::max(ready_[i], ready_[index(id)]);
      ready_[i] += delay_ns(target_, process_, {static_cast<std::int32_t>(i)});
    }
  }

  void try_at(ValueId id) {
    std::optional<ConeTable> best;
    const Cut* best_cut = nullptr;
    double most = rounding;
    const int width = word_of(process_.operation(id).range).width;
    for (const Cut& cut : cuts_[index(id)]) {
      const double cost = table_luts(target_, cut.bits, width);
      if (cut.logic - cost <= most || !in_time(id, cut)) continue;
      const double logic = exclusive_logic(id, cut);
      if (logic - cost <= most) continue;
      auto table = cone_table(process_, id, cut, largest_cone);
      if (!table || is_hard(*table, cut.bits, logic)) continue;
      most = logic - cost;
      best = std::move(table);
      best_cut = &cut;
    }
    if (!best) return;
    replace(id, *best_cut);
    chosen_.emplace(id, std::move(*best));
  }

  /// The target's line is for tables of any words; what synthesis makes of these may be more.
  bool is_hard(const ConeTable& table, int bits, double logic) const {
    if (bits <= target_.lut_inputs) return false;
    return logic < margin * luts_of_entries(table.entries, bits, target_.lut_inputs);
  }

  bool in_time(ValueId id, const Cut& cut) const {
    const double takes = table_delay_ns(target_, cut.bits);
    double ready = takes;
    for (const ValueId leaf : cut.leaves) ready = std::max(ready, ready_[index(leaf)] + takes);
    return takes <= period_ns_ && ready <= ready_[index(id)] + rounding;
  }

  /// LUTs that nobody reads once the word comes from a table of the cut's leaves.
  double exclusive_logic(ValueId id, const Cut& cut) {
    unread_.clear();
    release(id, cut);
    double sum = 0;
    for (const ValueId unread : unread_) {
      sum += luts(target_, process_, unread);
      for (const ValueId operand : operands(process_.operation(unread).kind))
        ++uses_[index(operand)];
    }
    return sum;
  }

  /// Takes away the word's own reads, and those of the words that nobody reads then.
  void release(ValueId id, const Cut& cut) {
    unread_.push_back(id);
    for (std::size_t next = 0; next < unread_.size(); ++next) {
      for (const ValueId operand : operands(process_.operation(unread_[next]).kind)) {
        const bool last = --uses_[index(operand)] == 0;
        const bool inside = !std::ranges::binary_search(cut.leaves, operand);
        if (last && inside && unread_.size() < largest_cone && !cuts_[index(operand)].empty())
          unread_.push_back(operand);
      }
    }
  }

  void replace(ValueId id, const Cut& cut) {
    unread_.clear();
    release(id, cut);
    for (const ValueId unread : unread_) dropped_[index(unread)] = true;
    dropped_[index(id)] = false;
    for (const ValueId leaf : cut.leaves) ++uses_[index(leaf)];
  }

  Process rebuilt() {
    Process result = process_;
    result.body.clear();
    std::vector<ValueId> to(process_.body.size());
    const auto renamed = [&](ValueId id) { return to[index(id)]; };
    for (std::size_t i = 0; i < process_.body.size(); ++i) {
      if (dropped_[i]) continue;
      const ValueId id{static_cast<std::int32_t>(i)};
      if (const auto table = chosen_.find(id); table != chosen_.end()) {
        to[i] = append_table(result, table->second, process_.operation(id).layer, to);
        continue;
      }
      to[i] = {static_cast<std::int32_t>(result.body.size())};
      result.body.push_back(process_.body[i]);
      map_operands(result.body.back().kind, renamed);
    }
    for (Give& give : result.gives)
      for (ValueId& word : give.words) word = renamed(word);
    return result;
  }

  ValueId append_table(Process& result, const ConeTable& cone, int layer,
                       const std::vector<ValueId>& to) {
    if (cone.range.is_constant()) return result.add(Constant{cone.range.low}, cone.range, layer);
    const auto next = static_cast<std::int32_t>(result.tables.size());
    const auto [table, is_new] = tables_.emplace(cone.entries, TableId{next});
    if (is_new) result.tables.push_back({"cone_" + std::to_string(next), 0, cone.entries});
    ValueId address;
    int bits = 0;
    for (const ValueId leaf : cone.leaves) {
      const numeric::Interval& range = process_.operation(leaf).range;
      const ValueId word = varying_bits_of(result, to[index(leaf)], range, layer);
      address = bits == 0 ? word : append(result, Add{address, word, 0, bits, false}, layer);
      bits += varying_bits(range);
    }
    return result.add(Lookup{table->second, address}, cone.range, layer);
  }

  /// The varying bits of a leaf without a sign. A leaf that is a table by now may have a narrower
  /// range than it had.
  ValueId varying_bits_of(Process& result, ValueId leaf, const numeric::Interval& old, int layer) {
    if (old.zeros > 0) leaf = append(result, Shift{leaf, -old.zeros}, layer);
    if (old.low < 0) leaf = append(result, Wrap{leaf, varying_bits(old), false}, layer);
    return leaf;
  }

  ValueId append(Process& result, const Kind& kind, int layer) const {
    return result.add(kind, *range_of(kind, result, design_.channels), layer);
  }

  const Design& design_;
  const Process& process_;
  const Target& target_;
  double period_ns_;
  std::vector<std::vector<Cut>> cuts_;             // by ValueId
  std::vector<int> uses_;                          // by ValueId: reads by what is not dropped
  std::vector<double> ready_;                      // ns, by ValueId: along paths without registers
  std::vector<bool> dropped_;                      // by ValueId
  std::unordered_map<ValueId, ConeTable> chosen_;  // instead of these words
  std::vector<ValueId> unread_;
  std::map<std::vector<std::int64_t>, TableId> tables_;
};

}  // namespace

// First within a LUT: what a larger table takes in then counts as what it costs at its best.
Design tabulate_cones(const Design& design, const Target& target, double clock_ns) {
  Design result = design;
  if (target.is_cell_library()) return result;
  for (const int beyond : {0, bits_beyond_a_lut}) {
    const int most_bits = target.lut_inputs + beyond;
    bool changed = false;
    for (Process& process : result.processes) {
      auto tabulated = Tabulation(design, process, target, clock_ns, most_bits).run();
      if (!tabulated) continue;
      process = std::move(*tabulated);
      changed = true;
    }
    if (changed) result = simplify(result);
  }
  return result;
}

}  // namespace gatefold::schedule
