#include "gatefold/hardware/idle_words.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "gatefold/hardware/evaluate.h"

namespace gatefold::hardware {
namespace {

/// Conditions over more counts than this, or of more operations, count as undecided.
constexpr std::int64_t most_counts = 1 << 18;
constexpr std::size_t most_operations = 64;

/// The operations that decide a word, where these begin at counts of loops.
std::optional<std::set<ValueId>> cone_of(const Process& process, ValueId word) {
  std::set<ValueId> cone;
  std::vector<ValueId> open{word};
  while (!open.empty()) {
    const ValueId id = open.back();
    open.pop_back();
    if (!cone.insert(id).second) continue;
    const Kind& kind = process.operation(id).kind;
    const bool is_count = std::holds_alternative<Counter>(kind);
    if ((!is_count && (!is_pure(kind) || is_write(kind))) || cone.size() > most_operations)
      return std::nullopt;
    std::ranges::copy(operands(kind), std::back_inserter(open));
  }
  return cone;
}

/// All counts of some loops, one after the other.
class Counts {
 public:
  Counts(const Process& process, const std::set<int>& loops) {
    for (const int loop : loops) {
      const std::int64_t trips = process.loops[static_cast<std::size_t>(loop)].trips;
      places_[loop] = {size_, trips};
      if (size_ <= most_counts) size_ *= trips;
    }
  }

  std::int64_t size() const { return size_; }
  std::int64_t at(int loop, std::int64_t index) const {
    const auto& [stride, trips] = places_.at(loop);
    return index / stride % trips;
  }
  bool holds(const When& when, std::int64_t index) const {
    return std::ranges::all_of(when,
                               [&](const CountRange& r) { return r.holds(at(r.loop, index)); });
  }

 private:
  std::int64_t size_ = 1;
  std::map<int, std::pair<std::int64_t, std::int64_t>> places_;  // stride and trips
};

class IdleWords {
 public:
  IdleWords(const Process& process, const When& when)
      : process_(process), when_(when), needed_(process.body.size(), false) {}

  std::vector<bool> run() {
    for (const Give& give : process_.gives)
      if (!is_within(give.when))
        for (const ValueId word : give.words) need(word);
    for (std::size_t i = process_.body.size(); i-- > 0;)
      need_operands({static_cast<std::int32_t>(i)});
    return std::move(needed_);
  }

 private:
  void need(ValueId id) { needed_[static_cast<std::size_t>(id.index)] = true; }
  bool is_needed(ValueId id) const { return needed_[static_cast<std::size_t>(id.index)]; }

  void need_operands(ValueId id) {
    const Kind& kind = process_.operation(id).kind;
    if (const auto* select = std::get_if<Select>(&kind)) return need_branches(id, *select);
    const bool writes = is_write(kind);
    const bool needed = is_needed(id) || (writes && !is_enabled_within(enable_of(kind)));
    if (needed)
      for (const ValueId operand : operands(kind)) need(operand);
    else if (writes)
      need(enable_of(kind));  // whether a store is written it says in every step
  }

  void need_branches(ValueId id, const Select& select) {
    if (!is_needed(id)) return;
    need(select.condition);
    if (!is_within(select.condition, true)) need(select.a);
    if (!is_within(select.condition, false)) need(select.b);
  }

  static ValueId enable_of(const Kind& write) {
    const auto* state = std::get_if<WriteState>(&write);
    return state != nullptr ? state->enable : std::get<WriteMemory>(write).enable;
  }

  bool is_enabled_within(ValueId enable) { return enable.valid() && is_within(enable, true); }

  /// Whether the word has this truth only in steps in which `when_` holds.
  bool is_within(ValueId word, bool truth) {
    const auto known = within_.find({word, truth});
    if (known != within_.end()) return known->second;
    return within_[{word, truth}] = decide(word, truth);
  }

  bool decide(ValueId word, bool truth) const {
    const auto cone = cone_of(process_, word);
    if (!cone) return false;
    std::set<int> loops = loops_of(when_);
    for (const ValueId id : *cone)
      if (const auto* counter = std::get_if<Counter>(&process_.operation(id).kind))
        loops.insert(counter->loop);
    const Counts counts(process_, loops);
    if (counts.size() > most_counts) return false;
    const auto words = evaluate(*cone, counts);
    for (std::int64_t i = 0; i < counts.size(); ++i)
      if ((words[static_cast<std::size_t>(i)] != 0) == truth && !counts.holds(when_, i))
        return false;
    return true;
  }

  /// The last word of the cone at all counts.
  std::vector<std::int64_t> evaluate(const std::set<ValueId>& cone, const Counts& counts) const {
    std::map<ValueId, std::vector<std::int64_t>> words;
    for (const ValueId id : cone) {
      auto& own = words[id];
      own.resize(static_cast<std::size_t>(counts.size()));
      const Kind& kind = process_.operation(id).kind;
      if (const auto* counter = std::get_if<Counter>(&kind)) {
        for (std::int64_t i = 0; i < counts.size(); ++i)
          own[static_cast<std::size_t>(i)] = counts.at(counter->loop, i);
        continue;
      }
      std::vector<const std::int64_t*> from;
      for (const ValueId operand : operands(kind)) from.push_back(words.at(operand).data());
      evaluate_operation(kind, process_, from, own);
    }
    return std::move(words.at(*cone.rbegin()));
  }

  bool is_within(const When& when) const {
    std::set<int> loops = loops_of(when_);
    loops.merge(loops_of(when));
    const Counts counts(process_, loops);
    if (counts.size() > most_counts) return false;
    for (std::int64_t i = 0; i < counts.size(); ++i)
      if (counts.holds(when, i) && !counts.holds(when_, i)) return false;
    return true;
  }

  static std::set<int> loops_of(const When& when) {
    std::set<int> loops;
    for (const CountRange& range : when) loops.insert(range.loop);
    return loops;
  }

  const Process& process_;
  const When& when_;
  std::vector<bool> needed_;
  std::map<std::pair<ValueId, bool>, bool> within_;
};

}  // namespace

std::vector<bool> needed_outside(const Process& process, const When& when) {
  return IdleWords(process, when).run();
}

}  // namespace gatefold::hardware
