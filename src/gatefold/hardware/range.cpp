#include "gatefold/hardware/range.h"

#include <algorithm>
#include <bit>

#include "gatefold/support/match.h"

namespace gatefold::hardware {
namespace {

using numeric::Interval;
using Range = std::optional<Interval>;

constexpr int limit = numeric::max_word_width;

Range word(const Interval& range) {
  return numeric::fits_word(range) ? Range(range) : std::nullopt;
}

Range shifted(const Interval& a, int bits) {
  if (bits < 0) return numeric::shift_right(a, bits < -limit ? limit : -bits);
  if (bits > limit || numeric::width_of(a) + bits > limit) return std::nullopt;
  return numeric::shift_left(a, bits);
}

Range sum(const Add& add, const Interval& a, const Interval& b) {
  const Range left = shifted(a, add.shift_a), right = shifted(b, add.shift_b);
  if (!left || !right) return std::nullopt;
  return word(add.subtract ? *left - *right : *left + *right);
}

Range sum(const Add3& add, const Interval& a, const Interval& b, const Interval& c) {
  const Range first = shifted(a, add.shift_a), second = shifted(b, add.shift_b),
              third = shifted(c, add.shift_c);
  if (!first || !second || !third) return std::nullopt;
  const Interval pair = add.subtract_b ? *first - *second : *first + *second;
  return word(add.subtract_c ? pair - *third : pair + *third);
}

Range product(const Interval& a, const Interval& b) {
  if (numeric::width_of(a) + numeric::width_of(b) > limit + 1) return std::nullopt;
  return word(a * b);
}

Interval flag(bool can_hold, bool must_hold) { return {must_hold ? 1 : 0, can_hold ? 1 : 0, 0}; }

Interval relation(Relation relation, const Interval& a, const Interval& b) {
  switch (relation) {
    case Relation::Less:
      return flag(a.low < b.high, a.high < b.low);
    case Relation::LessEqual:
      return flag(a.low <= b.high, a.high <= b.low);
    case Relation::Equal:
      return flag(a.low <= b.high && b.low <= a.high,
                  a.is_constant() && b.is_constant() && a.low == b.low);
  }
  return {};
}

std::int64_t ones(int width) { return static_cast<std::int64_t>((std::uint64_t{1} << width) - 1); }

/// The two's complement words that hold both operands.
Interval common_word(const Interval& a, const Interval& b) {
  const bool is_signed = a.low < 0 || b.low < 0;
  const auto bits = [&](const Interval& i) {
    return numeric::width_of(i) + (is_signed && i.low >= 0 ? 1 : 0);
  };
  const int width = std::max(bits(a), bits(b));
  return is_signed ? Interval{-ones(width - 1) - 1, ones(width - 1), 0}
                   : Interval{0, ones(width), 0};
}

Interval logic(LogicKind kind, const Interval& a, const Interval& b) {
  Interval result = common_word(a, b);
  if (kind == LogicKind::And && (a.low >= 0 || b.low >= 0)) {
    result.low = 0;
    result.high = std::min(a.low >= 0 ? a.high : result.high, b.low >= 0 ? b.high : result.high);
  }
  return result;
}

Interval wrapped(const Interval& a, const Wrap& wrap) {
  const Interval whole = wrap.width == 0 ? Interval{}
                         : wrap.is_signed
                             ? Interval{-ones(wrap.width - 1) - 1, ones(wrap.width - 1), 0}
                             : Interval{0, ones(wrap.width), 0};
  if (whole.contains(a)) return a;
  if (a.zeros >= wrap.width) return Interval::constant(0);
  return numeric::shift_left(numeric::shift_right(whole, a.zeros), a.zeros);
}

Interval looked_up(const LookupTable& table, const Interval& address) {
  const auto first = table.entries.begin() + (address.low - table.first);
  const auto last = table.entries.begin() + (address.high - table.first) + 1;
  const auto [low, high] = std::minmax_element(first, last);
  std::uint64_t bits = 0;
  for (auto entry = first; entry != last; ++entry) bits |= static_cast<std::uint64_t>(*entry);
  if (*low == *high) return Interval::constant(*low);
  return {*low, *high, std::countr_zero(bits)};
}

template <typename Items, typename Id>
const auto& at(const Items& items, Id id) {
  return items[static_cast<std::size_t>(id.index)];
}

Interval received(const Receive& receive, const Process& process,
                  std::span<const Channel> channels) {
  const Interval& sent =
      at(channels, receive.channel).words[static_cast<std::size_t>(receive.word)];
  const bool always = std::any_of(
      process.takes.begin(), process.takes.end(),
      [&](const Take& take) { return take.channel == receive.channel && take.when.empty(); });
  return always ? sent : numeric::hull(sent, Interval::constant(0));
}

}  // namespace

Range range_of(const Kind& kind, const Process& process, std::span<const Channel> channels) {
  const auto in = [&](ValueId id) -> const Interval& { return process.operation(id).range; };
  return std::visit(
      Match{
          [](const Constant& k) { return word(Interval::constant(k.value)); },
          [&](const Receive& k) { return word(received(k, process, channels)); },
          [&](const Add& k) { return sum(k, in(k.a), in(k.b)); },
          [&](const Add3& k) { return sum(k, in(k.a), in(k.b), in(k.c)); },
          [&](const Negate& k) { return word(-in(k.a)); },
          [&](const Multiply& k) { return product(in(k.a), in(k.b)); },
          [&](const Shift& k) { return shifted(in(k.a), k.bits); },
          [&](const Compare& k) { return Range(relation(k.relation, in(k.a), in(k.b))); },
          [&](const Logic& k) { return word(logic(k.kind, in(k.a), in(k.b))); },
          [&](const Not& k) {
            return Range(Interval{-1 - in(k.a).high, -1 - in(k.a).low, 0});
          },
          [&](const Select& k) {
            const Interval& condition = in(k.condition);
            if (!condition.contains(0)) return Range(in(k.a));
            return Range(condition.is_constant() ? in(k.b) : numeric::hull(in(k.a), in(k.b)));
          },
          [&](const Clamp& k) {
            return Range(numeric::clamp(in(k.a), Interval{k.low, k.high, 0}));
          },
          [&](const Wrap& k) { return Range(wrapped(in(k.a), k)); },
          [&](const Lookup& k) { return word(looked_up(at(process.tables, k.table), in(k.a))); },
          [&](const Counter& k) {
            return word(Interval{0, process.loops[static_cast<std::size_t>(k.loop)].trips - 1, 0});
          },
          [&](const ReadState& k) { return word(at(process.states, k.state).range); },
          [&](const WriteState& k) { return Range(in(k.a)); },
          [&](const ReadMemory& k) { return word(at(process.memories, k.memory).range); },
          [&](const WriteMemory& k) { return Range(in(k.a)); }},
      kind);
}

Range intersection(const Interval& a, const Interval& b) {
  const Interval both{std::max(a.low, b.low), std::min(a.high, b.high), 0};
  if (both.low > both.high) return std::nullopt;
  if (both.is_constant()) return Interval::constant(both.low);
  const auto zeros = [](const Interval& i) { return i.is_constant() ? 0 : i.zeros; };
  return numeric::tightened({both.low, both.high, std::max(zeros(a), zeros(b))});
}

}  // namespace gatefold::hardware
