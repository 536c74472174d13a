#include "gatefold/lowering/alike.h"

#include <algorithm>
#include <cmath>

#include "gatefold/graph/encoding_algebra.h"
#include "gatefold/graph/quantize_step.h"

namespace gatefold::lowering {
namespace {

using graph::Encoding;
using numeric::Grid;
using numeric::Integer;
using numeric::Rational;

/// The most steps of the finer grid in one of the word's.
constexpr std::int64_t finest = 1 << 12;

struct Element {
  Encoding path;
  Grid grid;
  Interval range;

  Rational scale() const { return path.scale.values.front(); }
  Rational offset() const { return path.offset.values.front(); }
};

Element element_of(const Turns& turns, std::size_t turn) {
  const std::vector<std::int64_t> flat{turns.elements[turn]};
  const auto& shape = turns.in.shape;
  return {graph::gather(graph::source_of(turns.quantize, turns.in), shape, {1}, flat),
          turns.quantize.grid.at(flat.front(), shape), turns.in.range(flat.front())};
}

/// Whether the paths are equal but for their offsets and bounds.
bool are_alike(Element a, const Element& b) {
  a.path.offset = b.path.offset;
  a.grid.bounds = b.grid.bounds;
  return a.path == b.path && a.grid == b.grid;
}

/// What is added to a word of `first` to stand for the same of `own`, in units of the word.
Rational distance(const Element& own, const Element& first) {
  return own.offset() == first.offset() ? Rational(0)
                                        : Rational((own.offset() - first.offset()) / own.scale());
}

/// The step of the finer grid in which all differences of offsets are integers; 0: there is none.
std::int64_t common_step(const std::vector<Element>& elements) {
  Integer step = 1;
  double widest = 0;
  for (const Element& own : elements) {
    if (own.scale() == 0 && own.offset() != elements.front().offset()) return 0;
    const Rational steps = distance(own, elements.front());
    step = lcm(step, steps.get_den());
    if (step > finest || abs(steps) * finest > numeric::power_of_two(40)) return 0;
    widest = std::max(widest, magnitude(own.range));
  }
  // The sums are intervals of 64 bits; a single element is taken as it is.
  if (elements.size() > 1 && !adders_have_room(widest * step.get_d() + std::ldexp(1.0, 40)))
    return 0;
  return numeric::to_int64(step).value();
}

/// Whether the joint bounds leave each element what its own leave it.
bool keep_bounds(const AlikeQuantizers& shared, const std::vector<Element>& elements) {
  graph::TensorType in = shared.in;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    in.ranges = {elements[i].range * shared.multiplier +
                 Interval::constant(shared.offsets[shared.turns[i]])};
    const auto range = graph::quantized_range(shared.quantize, in, 0);
    if (!range || !elements[i].grid.bounds.contains(*range)) return false;
  }
  return true;
}

std::optional<AlikeQuantizers> shared_by(const Turns& turns, const std::vector<std::size_t>& own) {
  std::vector<Element> elements;
  for (const std::size_t turn : own) elements.push_back(element_of(turns, turn));
  const std::int64_t step = common_step(elements);
  if (step == 0) return std::nullopt;
  const Element& first = elements.front();
  AlikeQuantizers shared{turns.quantize, {}, step, {}, own};
  shared.offsets.assign(turns.elements.size(), 0);
  Grid grid = first.grid;
  Interval range;
  for (std::size_t i = 0; i < own.size(); ++i) {
    const Rational offset = distance(elements[i], first) * Rational(Integer(step));
    shared.offsets[own[i]] = numeric::to_int64(offset.get_num()).value();
    const Interval reach = elements[i].range * step + Interval::constant(shared.offsets[own[i]]);
    range = i == 0 ? reach : numeric::hull(range, reach);
    grid.bounds = i == 0 ? grid.bounds : numeric::hull(grid.bounds, elements[i].grid.bounds);
  }
  Encoding path = first.path;
  path.scale = Rational(first.scale() / Rational(Integer(step)));
  shared.quantize.grid = grid;
  shared.quantize.source = path;
  shared.in = {{1}, {range}, path};
  if (own.size() > 1 && !keep_bounds(shared, elements)) return std::nullopt;
  return shared;
}

}  // namespace

std::vector<AlikeQuantizers> alike_quantizers(const Turns& turns) {
  std::vector<std::vector<std::size_t>> classes;
  std::vector<Element> examples;
  for (std::size_t turn = 0; turn < turns.elements.size(); ++turn) {
    Element own = element_of(turns, turn);
    const auto found = std::ranges::find_if(
        examples, [&](const Element& example) { return are_alike(example, own); });
    if (found == examples.end()) {
      classes.push_back({turn});
      examples.push_back(std::move(own));
    } else {
      classes[static_cast<std::size_t>(found - examples.begin())].push_back(turn);
    }
  }
  std::vector<AlikeQuantizers> result;
  for (const auto& own : classes) {
    if (auto shared = shared_by(turns, own)) {
      result.push_back(std::move(*shared));
      continue;
    }
    for (const std::size_t turn : own) result.push_back(shared_by(turns, {turn}).value());
  }
  return result;
}

}  // namespace gatefold::lowering
