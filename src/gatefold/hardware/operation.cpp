#include "gatefold/hardware/operation.h"

#include "gatefold/numeric/interval.h"
#include "gatefold/support/match.h"

namespace gatefold::hardware {
namespace {

std::vector<ValueId> with_enable(std::vector<ValueId> ids, ValueId enable) {
  if (enable.valid()) ids.push_back(enable);
  return ids;
}

std::string_view name_of(Relation relation) {
  switch (relation) {
    case Relation::Less:
      return "less";
    case Relation::LessEqual:
      return "less_equal";
    case Relation::Equal:
      return "equal";
  }
  return {};
}

std::string_view name_of(LogicKind kind) {
  switch (kind) {
    case LogicKind::And:
      return "and";
    case LogicKind::Or:
      return "or";
    case LogicKind::Xor:
      return "xor";
  }
  return {};
}

}  // namespace

Word word_of(const numeric::Interval& range) { return {numeric::width_of(range), range.low < 0}; }

std::string_view name_of(const Kind& kind) {
  using Name = std::string_view;
  return std::visit(
      Match{
          [](const Constant&) -> Name { return "constant"; },
          [](const Receive&) -> Name { return "receive"; },
          [](const Add& k) -> Name { return k.subtract ? "subtract" : "add"; },
          [](const Add3&) -> Name { return "add3"; },
          [](const Negate&) -> Name { return "negate"; },
          [](const Multiply& k) -> Name { return k.in_dsp ? "multiply_dsp" : "multiply"; },
          [](const Shift&) -> Name { return "shift"; },
          [](const Compare& k) -> Name { return name_of(k.relation); },
          [](const Logic& k) -> Name { return name_of(k.kind); },
          [](const Not&) -> Name { return "not"; }, [](const Select&) -> Name { return "select"; },
          [](const Clamp&) -> Name { return "clamp"; }, [](const Wrap&) -> Name { return "wrap"; },
          [](const Lookup&) -> Name { return "lookup"; },
          [](const Counter&) -> Name { return "counter"; },
          [](const ReadState&) -> Name { return "read_state"; },
          [](const WriteState&) -> Name { return "write_state"; },
          [](const ReadMemory&) -> Name { return "read_memory"; },
          [](const WriteMemory&) -> Name { return "write_memory"; }},
      kind);
}

std::vector<ValueId> operands(const Kind& kind) {
  using Ids = std::vector<ValueId>;
  return std::visit(
      Match{[](const Constant&) { return Ids{}; }, [](const Receive&) { return Ids{}; },
            [](const Add& k) {
              return Ids{k.a, k.b};
            },
            [](const Add3& k) {
              return Ids{k.a, k.b, k.c};
            },
            [](const Negate& k) { return Ids{k.a}; },
            [](const Multiply& k) {
              return Ids{k.a, k.b};
            },
            [](const Shift& k) { return Ids{k.a}; },
            [](const Compare& k) {
              return Ids{k.a, k.b};
            },
            [](const Logic& k) {
              return Ids{k.a, k.b};
            },
            [](const Not& k) { return Ids{k.a}; },
            [](const Select& k) {
              return Ids{k.condition, k.a, k.b};
            },
            [](const Clamp& k) { return Ids{k.a}; }, [](const Wrap& k) { return Ids{k.a}; },
            [](const Lookup& k) { return Ids{k.a}; }, [](const Counter&) { return Ids{}; },
            [](const ReadState&) { return Ids{}; },
            [](const WriteState& k) { return with_enable({k.a}, k.enable); },
            [](const ReadMemory& k) { return Ids{k.address}; },
            [](const WriteMemory& k) {
              return with_enable({k.address, k.a}, k.enable);
            }},
      kind);
}

void map_operands(Kind& kind, const std::function<ValueId(ValueId)>& map) {
  const auto each = [&](auto&... ids) { ((ids = ids.valid() ? map(ids) : ids), ...); };
  std::visit(
      Match{[](Constant&) {}, [](Receive&) {}, [](Counter&) {}, [](ReadState&) {},
            [&](Add& k) { each(k.a, k.b); }, [&](Add3& k) { each(k.a, k.b, k.c); },
            [&](Negate& k) { each(k.a); }, [&](Multiply& k) { each(k.a, k.b); },
            [&](Shift& k) { each(k.a); }, [&](Compare& k) { each(k.a, k.b); },
            [&](Logic& k) { each(k.a, k.b); }, [&](Not& k) { each(k.a); },
            [&](Select& k) { each(k.condition, k.a, k.b); }, [&](Clamp& k) { each(k.a); },
            [&](Wrap& k) { each(k.a); }, [&](Lookup& k) { each(k.a); },
            [&](WriteState& k) { each(k.a, k.enable); }, [&](ReadMemory& k) { each(k.address); },
            [&](WriteMemory& k) { each(k.address, k.a, k.enable); }},
      kind);
}

}  // namespace gatefold::hardware
