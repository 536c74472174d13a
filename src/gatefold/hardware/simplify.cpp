#include "gatefold/hardware/simplify.h"

#include <algorithm>
#include <bit>
#include <fmt/core.h>
#include <optional>
#include <unordered_map>

#include "gatefold/hardware/evaluate.h"
#include "gatefold/hardware/range.h"
#include "gatefold/support/match.h"

namespace gatefold::hardware {
namespace {

using numeric::Interval;

/// What an operation is replaced by: a value that is there, or another kind.
struct Rewrite {
  ValueId value;
  std::optional<Kind> kind;
};

class Simplifier {
 public:
  Simplifier(const Design& design, const Process& old) : design_(design), old_(old), new_(old) {
    new_.body.clear();
  }

  Process run() {
    for (const Operation& operation : old_.body) map_.push_back(place(operation));
    for (Give& give : new_.gives)
      for (ValueId& word : give.words) word = mapped(word);
    drop_unused_operations();
    drop_unused_tables(new_);
    return std::move(new_);
  }

 private:
  ValueId mapped(ValueId id) const { return map_[static_cast<std::size_t>(id.index)]; }
  const Operation& at(ValueId id) const { return new_.operation(id); }
  const Interval& range(ValueId id) const { return at(id).range; }

  ValueId place(Operation operation) {
    map_operands(operation.kind, [&](ValueId id) { return mapped(id); });
    for (;;) {
      const Rewrite rewrite = rewrite_of(operation.kind);
      if (rewrite.value.valid() && operation.range.contains(range(rewrite.value)))
        return rewrite.value;
      if (!rewrite.kind) return add(operation);
      operation.kind = *rewrite.kind;
    }
  }

  ValueId add(Operation operation) {
    const auto computed = range_of(operation.kind, new_, design_.channels);
    GATEFOLD_ASSERT(computed.has_value(), "a simpler operation is no wider");
    const auto narrowed = intersection(operation.range, *computed);
    GATEFOLD_ASSERT(narrowed.has_value(), "the claimed range holds a value");
    operation.range = *narrowed;
    if (is_pure(operation.kind) && !writes(operation.kind) && operation.range.is_constant())
      operation.kind = Constant{operation.range.low};
    return shared(operation);
  }

  /// An equal operation that is there, else a new one.
  ValueId shared(Operation& operation) {
    if (writes(operation.kind)) return new_.add(operation.kind, operation.range, operation.layer);
    const auto [known, fresh] = known_.try_emplace(key(operation.kind));
    if (!fresh && operation.range.contains(range(known->second))) return known->second;
    known->second = new_.add(operation.kind, operation.range, operation.layer);
    return known->second;
  }

  static bool writes(const Kind& kind) {
    return std::holds_alternative<WriteState>(kind) || std::holds_alternative<WriteMemory>(kind);
  }

  /// The same text for operations that compute the same word.
  static std::string key(const Kind& kind) {
    std::string text = fmt::format("{}", name_of(kind));
    for (const ValueId id : operands(kind)) text += fmt::format(" %{}", id.index);
    const auto note = [&](auto... numbers) { ((text += fmt::format(" {}", numbers)), ...); };
    std::visit(
        Match{[&](const Constant& k) { note(k.value); },
              [&](const Receive& k) { note(k.channel.index, k.word); },
              [&](const Add& k) { note(k.shift_a, k.shift_b); },
              [&](const Add3& k) {
                note(k.shift_a, k.shift_b, k.shift_c, k.subtract_b, k.subtract_c);
              },
              [&](const Shift& k) { note(k.bits); }, [&](const Clamp& k) { note(k.low, k.high); },
              [&](const Wrap& k) { note(k.width, k.is_signed); },
              [&](const Lookup& k) { note(k.table.index); },
              [&](const Counter& k) { note(k.loop); },
              [&](const ReadState& k) { note(k.state.index); },
              [&](const ReadMemory& k) { note(k.memory.index); }, [](const Negate&) {},
              [](const Multiply&) {}, [](const Compare&) {}, [](const Logic&) {}, [](const Not&) {},
              [](const Select&) {}, [](const WriteState&) {}, [](const WriteMemory&) {}},
        kind);
    return text;
  }

  Rewrite rewrite_of(const Kind& kind) const {
    if (const auto folded = fold(kind)) return {{}, Constant{*folded}};
    return std::visit(
        Match{[&](const Add& k) { return rewrite(k); }, [&](const Negate& k) { return rewrite(k); },
              [&](const Multiply& k) { return rewrite(k); },
              [&](const Shift& k) { return rewrite(k); },
              [&](const Compare& k) { return rewrite(k); },
              [&](const Logic& k) { return rewrite(k); }, [&](const Not& k) { return rewrite(k); },
              [&](const Select& k) { return rewrite(k); },
              [&](const Clamp& k) { return rewrite(k); }, [&](const Wrap& k) { return rewrite(k); },
              [](const auto&) { return Rewrite{}; }},
        kind);
  }

  /// The value of a pure operation on constants.
  std::optional<std::int64_t> fold(const Kind& kind) const {
    const auto ids = operands(kind);
    if (ids.empty() || !is_pure(kind) || writes(kind)) return std::nullopt;
    std::vector<std::int64_t> values;
    for (const ValueId id : ids) {
      if (!range(id).is_constant()) return std::nullopt;
      values.push_back(range(id).low);
    }
    return evaluate_operation(kind, new_, values);
  }

  bool is(ValueId id, std::int64_t value) const {
    return range(id).is_constant() && range(id).low == value;
  }

  Rewrite rewrite(const Add& k) const {
    if (is(k.b, 0)) return {{}, Shift{k.a, k.shift_a}};
    if (is(k.a, 0) && !k.subtract) return {{}, Shift{k.b, k.shift_b}};
    if (is(k.a, 0) && k.shift_b == 0) return {{}, Negate{k.b}};
    if (!k.subtract && k.b < k.a) return {{}, Add{k.b, k.a, k.shift_b, k.shift_a, false}};
    return {};
  }

  Rewrite rewrite(const Negate& k) const {
    if (const auto* inner = std::get_if<Negate>(&at(k.a).kind)) return {inner->a, {}};
    if (const auto* inner = std::get_if<Add>(&at(k.a).kind); inner != nullptr && inner->subtract)
      return {{}, Add{inner->b, inner->a, inner->shift_b, inner->shift_a, true}};
    return {};
  }

  Rewrite rewrite(const Multiply& k) const {
    if (range(k.a).is_constant()) return by_constant(k.b, range(k.a).low, k.a < k.b, k);
    if (range(k.b).is_constant()) return by_constant(k.a, range(k.b).low, false, k);
    if (k.b < k.a) return {{}, Multiply{k.b, k.a, k.in_dsp}};
    return {};
  }

  /// a * factor; a constant stands second.
  static Rewrite by_constant(ValueId a, std::int64_t factor, bool swap, const Multiply& k) {
    if (factor == -1) return {{}, Negate{a}};
    if (factor > 0 && std::has_single_bit(static_cast<std::uint64_t>(factor)))
      return {{}, Shift{a, std::countr_zero(static_cast<std::uint64_t>(factor))}};
    if (swap) return {{}, Multiply{k.b, k.a}};
    return {};
  }

  Rewrite rewrite(const Shift& k) const {
    if (k.bits == 0) return {k.a, {}};
    if (const auto* inner = std::get_if<Shift>(&at(k.a).kind);
        inner != nullptr && (inner->bits < 0) == (k.bits < 0))
      return {{}, Shift{inner->a, std::max(inner->bits + k.bits, -numeric::max_word_width)}};
    return {};
  }

  Rewrite rewrite(const Compare& k) const {
    if (k.relation == Relation::Equal && k.b < k.a) return {{}, Compare{Relation::Equal, k.b, k.a}};
    return {};
  }

  Rewrite rewrite(const Logic& k) const {
    if (k.a == k.b && k.kind != LogicKind::Xor) return {k.a, {}};
    if (k.a == k.b) return {{}, Constant{0}};
    if (k.b < k.a) return {{}, Logic{k.kind, k.b, k.a}};
    if (is(k.a, 0)) return k.kind == LogicKind::And ? Rewrite{k.a, {}} : Rewrite{k.b, {}};
    if (is(k.b, 0)) return k.kind == LogicKind::And ? Rewrite{k.b, {}} : Rewrite{k.a, {}};
    return {};
  }

  Rewrite rewrite(const Not& k) const {
    if (const auto* inner = std::get_if<Not>(&at(k.a).kind)) return {inner->a, {}};
    return {};
  }

  Rewrite rewrite(const Select& k) const {
    if (k.a == k.b || !range(k.condition).contains(0)) return {k.a, {}};
    if (is(k.condition, 0)) return {k.b, {}};
    return {};
  }

  Rewrite rewrite(const Clamp& k) const {
    if (k.low <= range(k.a).low && range(k.a).high <= k.high) return {k.a, {}};
    return {};
  }

  Rewrite rewrite(const Wrap& k) const {
    const Word word = word_of(range(k.a));
    if (k.width == 0) return {{}, Constant{0}};
    if (word.is_signed == k.is_signed && word.width <= k.width) return {k.a, {}};
    if (!word.is_signed && word.width < k.width) return {k.a, {}};
    return {};
  }

  void drop_unused_operations() {
    std::vector<bool> used(new_.body.size(), false);
    const auto use = [&](ValueId id) { used[static_cast<std::size_t>(id.index)] = true; };
    for (const Give& give : new_.gives)
      for (const ValueId word : give.words) use(word);
    for (std::size_t i = new_.body.size(); i-- > 0;) {
      if (writes(new_.body[i].kind)) used[i] = true;
      if (!used[i]) continue;
      for (const ValueId id : operands(new_.body[i].kind)) use(id);
    }
    renumber(used);
  }

  void renumber(const std::vector<bool>& used) {
    std::vector<ValueId> to(used.size());
    const auto renamed = [&](ValueId id) { return to[static_cast<std::size_t>(id.index)]; };
    std::vector<Operation> kept;
    for (std::size_t i = 0; i < used.size(); ++i) {
      if (!used[i]) continue;
      to[i] = {static_cast<std::int32_t>(kept.size())};
      kept.push_back(std::move(new_.body[i]));
      map_operands(kept.back().kind, renamed);
    }
    new_.body = std::move(kept);
    for (Give& give : new_.gives)
      for (ValueId& word : give.words) word = renamed(word);
  }

  const Design& design_;
  const Process& old_;
  Process new_;
  std::vector<ValueId> map_;
  std::unordered_map<std::string, ValueId> known_;
};

}  // namespace

void drop_unused_tables(Process& process) {
  std::vector<TableId> to(process.tables.size());
  std::vector<LookupTable> kept;
  for (Operation& operation : process.body) {
    auto* lookup = std::get_if<Lookup>(&operation.kind);
    if (lookup == nullptr) continue;
    TableId& table = to[static_cast<std::size_t>(lookup->table.index)];
    if (!table.valid()) {
      table = {static_cast<std::int32_t>(kept.size())};
      kept.push_back(std::move(process.tables[static_cast<std::size_t>(lookup->table.index)]));
    }
    lookup->table = table;
  }
  process.tables = std::move(kept);
}

Design simplify(const Design& design) {
  Design result = design;
  for (std::size_t i = 0; i < design.processes.size(); ++i)
    result.processes[i] = Simplifier(design, design.processes[i]).run();
  return result;
}

}  // namespace gatefold::hardware
