#include "gatefold/schedule/fuse_adders.h"

#include <optional>
#include <utility>

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

class Fusion {
 public:
  Fusion(const Process& process, const Target& target, double clock_ns)
      : process_(process),
        trial_(process),
        target_(target),
        period_ns_(clock_ns - target.register_ns),
        uses_(process.body.size()),
        cost_(process.body.size()),
        inner_(process.body.size()) {}

  Process run() {
    count_uses();
    for (std::size_t i = 0; i < process_.body.size(); ++i) choose(i);
    return rebuilt();
  }

 private:
  static std::size_t index(ValueId id) { return static_cast<std::size_t>(id.index); }
  const Add* adder(ValueId id) const {
    const Operation& operation = process_.operation(id);
    return operation.range.is_constant() ? nullptr : std::get_if<Add>(&operation.kind);
  }

  void count_uses() {
    for (const Operation& operation : process_.body)
      for (const ValueId id : operands(operation.kind)) ++uses_[index(id)];
    for (const Give& give : process_.gives)
      for (const ValueId id : give.words) ++uses_[index(id)];
  }

  /// LUTs of the tree of adders that only this value's adder reads.
  double below(ValueId id, int layer) const { return is_inner(id, layer) ? cost_[index(id)] : 0; }
  bool is_inner(ValueId id, int layer) const {
    return adder(id) != nullptr && uses_[index(id)] == 1 && process_.operation(id).layer == layer;
  }

  void choose(std::size_t i) {
    const ValueId id{static_cast<std::int32_t>(i)};
    const Add* outer = adder(id);
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
    const bool keeps_clock = delay_ns(target_, trial_, id) <= period_ns_;
    trial_.body[index(id)].kind = outer;
    if (!keeps_clock || cost >= cost_[index(id)]) return;
    cost_[index(id)] = cost;
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
  std::vector<int> uses_;
  std::vector<double> cost_;    // by ValueId: LUTs of the tree that ends there
  std::vector<ValueId> inner_;  // by ValueId: the operand that the adder takes in
};

}  // namespace

Design fuse_adders(const Design& design, const Target& target, double clock_ns) {
  Design result = design;
  if (!target.has_add3) return result;
  for (Process& process : result.processes) process = Fusion(process, target, clock_ns).run();
  return result;
}

}  // namespace gatefold::schedule
