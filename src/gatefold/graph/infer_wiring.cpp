#include <algorithm>
#include <fmt/format.h>

#include "gatefold/graph/encoding_algebra.h"
#include "gatefold/graph/names.h"
#include "gatefold/graph/per_axis.h"
#include "gatefold/graph/wiring.h"
#include "gatefold/support/match.h"

namespace gatefold::graph {
namespace {

using Parameter = PerAxis<Rational>;

std::string shapes_of(Types inputs) {
  std::string text;
  for (const TensorType& t : inputs)
    text += (text.empty() ? "" : ", ") + numeric::to_string(t.shape);
  return text;
}

bool share_functions(Types inputs) {
  const auto kinds = [](const TensorType& t) {
    std::vector<std::string> names;
    for (const RealFunction& f : t.encoding.functions) names.push_back(name_of(f));
    return names;
  };
  return std::ranges::all_of(
      inputs, [&](const TensorType& t) { return kinds(t) == kinds(inputs.front()); });
}

// The rewired tensor's ranges and parameters, by whole axes where they allow it.
class Rewired {
 public:
  Rewired(const Wiring& wiring, Types inputs, const Shape& shape)
      : wiring_(wiring),
        inputs_(inputs),
        from_(inputs.front().shape),
        shape_(shape),
        maps_(axis_maps(wiring, from_)) {}

  std::vector<Interval> ranges() const {
    const std::vector<Interval>& first = inputs_.front().ranges;
    if (std::holds_alternative<Reshape>(wiring_)) return first;
    if (std::holds_alternative<Concatenate>(wiring_)) return joined_ranges();
    const auto* pad = std::get_if<Pad>(&wiring_);
    const bool by_element = first.size() > 1 && std::ssize(first) == inputs_.front().size();
    if (pad != nullptr && by_element) return all_ranges();
    std::vector<Interval> ranges = repeated_ranges();
    if (pad != nullptr)
      for (Interval& range : ranges) range = numeric::hull(range, Interval::constant(pad->value));
    return collapsed(std::move(ranges), shape_);
  }

  Encoding encoding() {
    Encoding e{merge([](const Encoding& x) -> const Parameter& { return x.scale; }),
               merge([](const Encoding& x) -> const Parameter& { return x.offset; }),
               {}};
    for (std::size_t i = 0; i < inputs_.front().encoding.functions.size(); ++i)
      e.functions.push_back(merge_function(i));
    return e;
  }

 private:
  // Ranges repeat over the outer axes on which every step crosses whole periods of the input's.
  std::vector<Interval> repeated_ranges() const {
    const auto period = static_cast<std::int64_t>(inputs_.front().ranges.size());
    const auto strides = numeric::strides_of(from_);
    std::size_t outer = 0;
    for (; outer < maps_.size(); ++outer) {
      const std::int64_t stride = strides[static_cast<std::size_t>(maps_[outer].input_axis)];
      const bool crosses = std::ranges::all_of(
          maps_[outer].positions, [&](std::int64_t p) { return p * stride % period == 0; });
      if (!crosses) break;
    }
    std::vector<Interval> ranges;
    for (const Source& s : mapped_sources(std::span(maps_).subspan(outer), from_, 0))
      ranges.push_back(inputs_.front().range(s.flat));
    return ranges;
  }

  // Each input's block of the joined axis, where its ranges repeat within the block.
  std::vector<Interval> joined_ranges() const {
    const auto axis = static_cast<std::size_t>(std::get<Concatenate>(wiring_).axis);
    const std::int64_t inner = numeric::strides_of(shape_)[axis];
    std::vector<Interval> ranges;
    for (const TensorType& t : inputs_) {
      const std::int64_t block = t.shape[axis] * inner;
      if (block % std::ssize(t.ranges) != 0) return all_ranges();
      for (std::int64_t i = 0; i < block; ++i) ranges.push_back(t.range(i));
    }
    return collapsed(std::move(ranges), shape_);
  }

  std::vector<Interval> all_ranges() const {
    std::vector<Interval> ranges;
    for (const Source& s : sources(wiring_, inputs_))
      ranges.push_back(s.input < 0 ? Interval::constant(s.value)
                                   : inputs_[static_cast<std::size_t>(s.input)].range(s.flat));
    return collapsed(std::move(ranges), shape_);
  }

  template <typename Get>
  Parameter merge(Get get) {
    const Parameter& first = get(inputs_.front().encoding);
    const bool alike =
        std::ranges::all_of(inputs_, [&](const TensorType& t) { return get(t.encoding) == first; });
    if (alike && first.is_uniform()) return first;
    if (auto along = along_one_axis(get, alike)) return least_general(std::move(*along), shape_);
    if (sources_.empty()) sources_ = sources(wiring_, inputs_);
    std::vector<Rational> values;
    values.reserve(sources_.size());
    for (const Source& s : sources_) {
      const TensorType& t = inputs_[static_cast<std::size_t>(std::max(s.input, 0))];
      values.push_back(get(t.encoding).at(s.flat, t.shape));
    }
    return least_general(Parameter(Parameter::by_element, std::move(values)), shape_);
  }

  template <typename Get>
  std::optional<Parameter> along_one_axis(Get get, bool alike) const {
    const Parameter& first = get(inputs_.front().encoding);
    if (const auto* w = std::get_if<Concatenate>(&wiring_)) {
      if (alike && first.axis >= 0 && first.axis != w->axis) return first;
      return joined(get, w->axis);
    }
    if (first.axis < 0) return std::nullopt;
    return std::holds_alternative<Reshape>(wiring_) ? reshaped(first) : mapped(first);
  }

  // Of parameters that differ along the joined axis only.
  template <typename Get>
  std::optional<Parameter> joined(Get get, int axis) const {
    Parameter all{axis, {}};
    for (const TensorType& t : inputs_) {
      const Parameter& p = get(t.encoding);
      if (!p.is_uniform() && p.axis != axis) return std::nullopt;
      for (std::int64_t i = 0; i < t.shape[static_cast<std::size_t>(axis)]; ++i)
        all.values.push_back(p.values[p.is_uniform() ? 0 : static_cast<std::size_t>(i)]);
    }
    return all;
  }

  std::optional<Parameter> mapped(const Parameter& p) const {
    const auto reads = [&](const AxisMap& map) { return map.input_axis == p.axis; };
    if (std::ranges::count_if(maps_, reads) != 1) return std::nullopt;
    const auto found = std::ranges::find_if(maps_, reads);
    Parameter result{static_cast<int>(found - maps_.begin()), {}};
    for (const std::int64_t position : found->positions)
      result.values.push_back(p.values[static_cast<std::size_t>(position)]);
    return result;
  }

  // An axis of the new shape with the same stride on which the values repeat.
  std::optional<Parameter> reshaped(const Parameter& p) const {
    const auto before = numeric::strides_of(from_), after = numeric::strides_of(shape_);
    const std::int64_t extent = std::ssize(p.values);
    for (std::size_t axis = 0; axis < shape_.size(); ++axis) {
      if (after[axis] != before[static_cast<std::size_t>(p.axis)] || shape_[axis] % extent != 0)
        continue;
      Parameter result{static_cast<int>(axis), {}};
      for (std::int64_t i = 0; i < shape_[axis]; ++i)
        result.values.push_back(p.values[static_cast<std::size_t>(i % extent)]);
      return result;
    }
    return std::nullopt;
  }

  RealFunction merge_function(std::size_t i) {
    using Out = RealFunction;
    const auto get = [i](auto member) {
      return [i, member](const Encoding& e) -> const Parameter& { return member(e.functions[i]); };
    };
    return std::visit(
        Match{[&](const Affine&) -> Out {
                return Affine{
                    merge(get([](const auto& f) -> auto& { return std::get<Affine>(f).scale; })),
                    merge(get([](const auto& f) -> auto& { return std::get<Affine>(f).offset; }))};
              },
              [](const Relu& f) -> Out { return f; },
              [&](const LeakyRelu&) -> Out {
                return LeakyRelu{merge(
                    get([](const auto& f) -> auto& { return std::get<LeakyRelu>(f).slope; }))};
              },
              [](Elementary f) -> Out { return f; }},
        inputs_.front().encoding.functions[i]);
  }

  const Wiring& wiring_;
  Types inputs_;
  const Shape& from_;
  const Shape& shape_;
  std::vector<AxisMap> maps_;
  std::vector<Source> sources_;  // once they were needed
};

}  // namespace

Result<TensorType> infer_rearrange(const Rearrange& op, Types inputs, const std::string& layer) {
  const auto shape = wired_shape(op.wiring, inputs);
  if (!shape)
    return diagnose(DiagnosticId::ShapeMismatch, layer, name_of(op.wiring), shapes_of(inputs));
  GATEFOLD_CHECK(check_shape(*shape, layer));
  if (!share_functions(inputs))
    return diagnose(DiagnosticId::NeedsQuantizer, layer, name_of(op.wiring),
                    "activation that its other inputs lack");
  Rewired rewired(op.wiring, inputs, *shape);
  return TensorType{*shape, rewired.ranges(), rewired.encoding()};
}

}  // namespace gatefold::graph
