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

// Picks for each output element the parameter of the element that it copies.
class Merger {
 public:
  Merger(Types inputs, const std::vector<Source>& sources, const Shape& shape)
      : inputs_(inputs), sources_(sources), shape_(shape) {}

  template <typename Get>
  Parameter merge(Get get) const {
    const Parameter& first = get(inputs_.front().encoding);
    const bool alike = first.is_uniform() && std::ranges::all_of(inputs_, [&](const TensorType& t) {
                         return get(t.encoding) == first;
                       });
    if (alike) return first;
    std::vector<Rational> values;
    values.reserve(sources_.size());
    for (const Source& s : sources_) {
      const TensorType& t = inputs_[static_cast<std::size_t>(std::max(s.input, 0))];
      values.push_back(get(t.encoding).at(s.flat, t.shape));
    }
    return least_general(Parameter(Parameter::by_element, std::move(values)), shape_);
  }

  RealFunction merge_function(std::size_t i) const {
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

  Encoding encoding() const {
    Encoding e{merge([](const Encoding& x) -> const Parameter& { return x.scale; }),
               merge([](const Encoding& x) -> const Parameter& { return x.offset; }),
               {}};
    for (std::size_t i = 0; i < inputs_.front().encoding.functions.size(); ++i)
      e.functions.push_back(merge_function(i));
    return e;
  }

 private:
  Types inputs_;
  const std::vector<Source>& sources_;
  const Shape& shape_;
};

std::vector<Interval> wired_ranges(Types inputs, const std::vector<Source>& sources) {
  std::vector<Interval> ranges;
  ranges.reserve(sources.size());
  for (const Source& s : sources)
    ranges.push_back(s.input < 0 ? Interval::constant(s.value)
                                 : inputs[static_cast<std::size_t>(s.input)].range(s.flat));
  return collapsed(std::move(ranges));
}

}  // namespace

Result<TensorType> infer_rearrange(const Rearrange& op, Types inputs, const std::string& layer) {
  const auto shape = wired_shape(op.wiring, inputs);
  if (!shape)
    return diagnose(DiagnosticId::ShapeMismatch, layer, name_of(op.wiring), shapes_of(inputs));
  GATEFOLD_CHECK(check_shape(*shape, layer));
  if (!share_functions(inputs))
    return diagnose(DiagnosticId::NeedsQuantizer, layer, name_of(op.wiring),
                    "activation that its other inputs lack");
  const std::vector<Source> all = sources(op.wiring, inputs);
  return TensorType{*shape, wired_ranges(inputs, all), Merger(inputs, all, *shape).encoding()};
}

}  // namespace gatefold::graph
