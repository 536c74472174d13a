// quantize, where one piece of hardware serves several elements one after the other.
#include <algorithm>
#include <optional>

#include "gatefold/graph/quantize_step.h"
#include "gatefold/lowering/alike.h"
#include "gatefold/lowering/position.h"
#include "gatefold/lowering/quantize.h"

namespace gatefold::lowering {
namespace {

using numeric::ShiftRescale;

/// A word that serves several elements has the value of each at its turn alone: then it lies in
/// that element's range. At any time it lies in the word's.
class InTurn {
 public:
  InTurn(Lowerer& lowerer, const Turns& turns, ValueId x)
      : lowerer_(lowerer), turns_(turns), x_(x), in_(turns.in) {
    set_range();
    if (!is_defined()) {
      x_ = lowerer.clamp(x, turns.in.range());
      set_range();
    }
    for (const std::int64_t element : turns.elements) {
      const auto step = graph::affine_step(turns.quantize, turns.in, element);
      shifts_.push_back(shift_of(step, turns.in.range(element)));
      steps_.push_back(step);
      if (step) bounds_ = steps_.size() == 1 ? step->bounds : numeric::hull(bounds_, step->bounds);
    }
  }

  Result<ValueId> run() {
    if (!is_defined()) return diagnose(DiagnosticId::NoHardware, turns_.layer, "quantize");
    if (turns_.elements.size() == 1) return alone(turns_.elements.front());
    if (const auto word = multiplied()) return *word;
    return selected();
  }

 private:
  void set_range() { in_.ranges = {lowerer_.range(x_)}; }

  bool is_defined() const {
    return std::ranges::all_of(turns_.elements, [&](std::int64_t element) {
      return graph::quantized_range(turns_.quantize, in_, element).has_value();
    });
  }

  /// Whether the bounds of all elements leave the element what its own leave it, and the shift is
  /// exact on its range.
  bool keeps(std::size_t turn) const {
    if (!shifts_[turn]) return false;
    const Interval& reach = turns_.in.range(turns_.elements[turn]);
    const Interval& own = steps_[turn]->bounds;
    return own.contains(numeric::apply(*shifts_[turn], reach.low, bounds_)) &&
           own.contains(numeric::apply(*shifts_[turn], reach.high, bounds_));
  }

  /// All as one multiplication: a step with a smaller shift has its numbers scaled up.
  std::optional<ValueId> multiplied() {
    int shift = 0;
    for (std::size_t turn = 0; turn < steps_.size(); ++turn) {
      if (!keeps(turn)) return std::nullopt;
      shift = std::max(shift, shifts_[turn]->shift);
    }
    std::vector<std::int64_t> multipliers, addends;
    double most = 0;
    for (const auto& own : shifts_) {
      const int up = shift - own->shift;
      if (up > 40) return std::nullopt;
      multipliers.push_back(own->multiplier << up);
      addends.push_back(own->addend << up);
      most = std::max(
          most, magnitude(lowerer_.range(x_)) * magnitude(Interval::constant(multipliers.back())) +
                    magnitude(Interval::constant(addends.back())));
    }
    if (!adders_have_room(most)) return std::nullopt;
    const ValueId sum = lowerer_.add(product(multipliers), by_turn(addends));
    return lowerer_.clamp(lowerer_.shift(sum, -shift), bounds_);
  }

  ValueId product(const std::vector<std::int64_t>& multipliers) {
    const bool equal =
        std::ranges::adjacent_find(multipliers, std::not_equal_to<>()) == multipliers.end();
    if (equal) return lowerer_.matrix({x_}, {multipliers.front()}, 1).front();
    return lowerer_.multiply(x_, by_turn(multipliers));
  }

  ValueId by_turn(const std::vector<std::int64_t>& words) {
    return lowerer_.lookup(turns_.turn, 0, words);
  }

  Result<ValueId> selected() {
    Words choices;
    std::vector<std::int64_t> by_turn(turns_.elements.size());
    for (AlikeQuantizers& own : alike_quantizers(turns_)) {
      const auto word = shared(own);
      for (const std::size_t turn : own.turns) {
        by_turn[turn] = std::ssize(choices);
        if (word) continue;  // a finer grid, or a wider range, can be too wide
        GATEFOLD_TRY(choices.emplace_back(), alone(turns_.elements[turn]));
      }
      if (word) choices.push_back(*word);
    }
    return chosen(lowerer_, choices, by_turn, turns_.turn);
  }

  Result<ValueId> alone(std::int64_t element) {
    return realise(lowerer_, turns_.quantize, in_, element, x_, turns_.layer);
  }

  Result<ValueId> shared(AlikeQuantizers& own) {
    const auto [low, high] = std::ranges::minmax(own.offsets);
    if (!adders_have_room(magnitude(lowerer_.range(x_)) * static_cast<double>(own.multiplier) +
                          magnitude({low, high, 0})))
      return diagnose(DiagnosticId::WordTooWide, turns_.layer, "quantize");
    ValueId x = lowerer_.matrix({x_}, {own.multiplier}, 1).front();
    x = lowerer_.add(x, by_turn(own.offsets));
    const Interval reach = own.in.range();
    own.in.ranges = {lowerer_.range(x)};
    if (!is_defined_on(own.quantize, own.in)) {
      x = lowerer_.clamp(x, reach);
      own.in.ranges = {lowerer_.range(x)};
    }
    return realise(lowerer_, own.quantize, own.in, 0, x, turns_.layer);
  }

  Lowerer& lowerer_;
  const Turns& turns_;
  ValueId x_;
  graph::TensorType in_;
  std::vector<std::optional<numeric::Rescale>> steps_;
  std::vector<std::optional<ShiftRescale>> shifts_;
  Interval bounds_;  // of all elements
};

}  // namespace

Result<ValueId> lower_in_turn(Lowerer& lowerer, const Turns& turns, ValueId x) {
  return InTurn(lowerer, turns, x).run();
}

ValueId chosen(Lowerer& lowerer, Words choices, const std::vector<std::int64_t>& by_turn,
               ValueId turn) {
  const std::size_t count = choices.size();
  for (int bit = 0; choices.size() > 1; ++bit) {
    std::vector<std::int64_t> bits;
    for (const std::int64_t choice : by_turn) bits.push_back((choice >> bit) & 1);
    const ValueId high = lowerer.lookup(turn, 0, bits);
    Words next;
    for (std::size_t i = 0; i < choices.size(); i += 2)
      next.push_back(i + 1 < choices.size() ? lowerer.select(high, choices[i + 1], choices[i])
                                            : choices[i]);
    choices = std::move(next);
  }
  GATEFOLD_ASSERT(count > 0, "there is a choice");
  return choices.front();
}

}  // namespace gatefold::lowering
