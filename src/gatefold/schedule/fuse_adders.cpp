#include "gatefold/schedule/fuse_adders.h"

#include <algorithm>
#include <utility>

#include "gatefold/hardware/read_counts.h"

namespace gatefold::schedule {
namespace {

using namespace hardware;

/// a plus or minus an adder's two operands, or the like: the first operand is added.
Add3 merged(const Add& outer, const Add& inner, bool inner_first) {
  const int shift = inner_first ? outer.shift_a : outer.shift_b;
  if (inner_first)
    return {
        inner.a,       inner.b,        outer.b,       inner.shift_a + shift, inner.shift_b + shift,
        outer.shift_b, inner.subtract, outer.subtract};
  return {outer.a,
          inner.a,
          inner.b,
          outer.shift_a,
          inner.shift_a + shift,
          inner.shift_b + shift,
          outer.subtract,
          outer.subtract != inner.subtract};
}

constexpr double rounding_ns = 1e-6;

class Fusion {
 public:
  Fusion(const Process& process, const Target& target, double clock_ns, Fusions fusions)
      : process_(process),
        trial_(process),
        target_(target),
        period_ns_(clock_ns - target.register_ns),
        fusions_(fusions),
        uses_(read_counts(process)),
        ready_(process.body.size()),
        required_(process.body.size()),
        cost_(process.body.size()),
        inner_(process.body.size()) {}

  Process run() {
    require_times();
    for (std::size_t i = 0; i < process_.body.size(); ++i) choose(i);
    return rebuilt();
  }

 private:
  static std::size_t index(ValueId id) { return static_cast<std::size_t>(id.index); }
  const Add* adder(ValueId id) const {
    const Operation& operation = process_.operation(id);
    return operation.range.is_constant() ? nullptr : std::get_if<Add>(&operation.kind);
  }

  /// The latest time for each value that keeps the longest path of adders of two operands.
  void require_times() {
    double longest = 0;
    for (std::size_t i = 0; i < process_.body.size(); ++i) {
      ready_[i] = latest_operand(process_.body[i].kind) + delay(process_, i);
      longest = std::max(longest, ready_[i]);
    }
    std::fill(required_.begin(), required_.end(), longest);
    for (std::size_t i = process_.body.size(); i-- > 0;)
      for (const ValueId id : operands(process_.body[i].kind))
        required_[index(id)] = std::min(required_[index(id)], required_[i] - delay(process_, i));
  }
  double delay(const Process& process, std::size_t i) const {
    return delay_ns(target_, process, {static_cast<std::int32_t>(i)});
  }
  double latest_operand(const Kind& kind) const {
    double latest = 0;
    for (const ValueId id : operands(kind))
      if (!process_.operation(id).range.is_constant()) latest = std::max(latest, ready_[index(id)]);
    return latest;
  }

  /// LUTs of the tree of adders that only this value's adder reads.
  double below(ValueId id, int layer) const { return is_inner(id, layer) ? cost_[index(id)] : 0; }
  bool is_inner(ValueId id, int layer) const {
    return adder(id) != nullptr && uses_[index(id)] == 1 && process_.operation(id).layer == layer;
  }

  void choose(std::size_t i) {
    const ValueId id{static_cast<std::int32_t>(i)};
    const Add* outer = adder(id);
    ready_[i] = latest_operand(process_.body[i].kind) + delay(process_, i);
    if (outer == nullptr) return;
    const int layer = process_.body[i].layer;
    cost_[i] = luts(target_, process_, id) + below(outer->a, layer) + below(outer->b, layer);
    if (outer->a == outer->b) return;
    consider(id, *outer, outer->a, outer->b);
    consider(id, *outer, outer->b, outer->a);
  }

  /// Takes `child` into the adder `id` when the tree gets cheaper.
  void consider(ValueId id, const Add& outer, ValueId child, ValueId other) {
    const int layer = process_.operation(id).layer;
    if (!is_inner(child, layer)) return;
    const Add& inner = *adder(child);
    trial_.body[index(id)].kind = merged(outer, inner, child == outer.a);
    const double cost = luts(target_, trial_, id) + below(other, layer) + below(inner.a, layer) +
                        below(inner.b, layer);
    const double takes = delay_ns(target_, trial_, id);
    const double ready = latest_operand(trial_.body[index(id)].kind) + takes;
    trial_.body[index(id)].kind = outer;
    const bool on_path = fusions_ == Fusions::All || ready <= required_[index(id)] + rounding_ns;
    const bool in_time = takes <= period_ns_ && on_path;
    if (!in_time || cost >= cost_[index(id)]) return;
    cost_[index(id)] = cost;
    ready_[index(id)] = ready;
    inner_[index(id)] = child;
  }

  /// The body with the chosen pairs made one, from the last adder to the first.
  Process rebuilt() {
    std::vector<bool> taken(process_.body.size());
    for (std::size_t i = process_.body.size(); i-- > 0;) {
      if (taken[i] || !inner_[i].valid()) continue;
      taken[index(inner_[i])] = true;
      const auto& outer = std::get<Add>(process_.body[i].kind);
      trial_.body[i].kind = merged(outer, *adder(inner_[i]), inner_[i] == outer.a);
    }
    return without(taken);
  }

  Process without(const std::vector<bool>& taken) {
    std::vector<ValueId> to(taken.size());
    const auto renamed = [&](ValueId id) { return to[index(id)]; };
    Process result = trial_;
    result.body.clear();
    for (std::size_t i = 0; i < taken.size(); ++i) {
      if (taken[i]) continue;
      to[i] = {static_cast<std::int32_t>(result.body.size())};
      result.body.push_back(trial_.body[i]);
      map_operands(result.body.back().kind, renamed);
    }
    for (Give& give : result.gives)
      for (ValueId& word : give.words) word = renamed(word);
    return result;
  }

  const Process& process_;
  Process trial_;
  const Target& target_;
  double period_ns_;
  Fusions fusions_;
  std::vector<int> uses_;
  std::vector<double> ready_, required_;  // ns, by ValueId: along paths without registers
  std::vector<double> cost_;              // by ValueId: LUTs of the tree that ends there
  std::vector<ValueId> inner_;            // by ValueId: the operand that the adder takes in
};

}  // namespace

Design fuse_adders(const Design& design, const Target& target, double clock_ns, Fusions fusions) {
  Design result = design;
  if (!target.has_add3) return result;
  for (Process& process : result.processes)
    process = Fusion(process, target, clock_ns, fusions).run();
  return result;
}

}  // namespace gatefold::schedule
