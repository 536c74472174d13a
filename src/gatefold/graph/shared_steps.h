#pragma once

#include <map>
#include <optional>

#include "gatefold/graph/quantize_step.h"

namespace gatefold::graph {

/// The steps of a quantizer of sigmoids and the like, for many elements that differ in scale,
/// offset and range alone: each step is found once on the line of real numbers, which takes a
/// bisection, and then placed on an element's integers by a division. Holds references to its
/// arguments.
class SharedSteps {
 public:
  SharedSteps(const Quantize& q, const TensorType& in);

  /// As `monotone_steps`; empty also where the elements share no functions.
  std::optional<numeric::StepFunction> at(std::int64_t flat, std::int64_t most);

 private:
  std::int64_t line_value(std::int64_t place) const;
  std::int64_t place_of(std::int64_t level);
  std::optional<std::pair<Rational, Rational>> line_of(std::int64_t flat) const;
  std::int64_t threshold(std::int64_t flat, std::int64_t level, const Rational& scale,
                         const Rational& offset);

  const Quantize& q_;
  const TensorType& in_;
  bool is_usable_ = false;
  Quantize on_line_;  // of the integers `place`, which stand for place * 2^-line_bits
  TensorType line_;
  std::map<std::int64_t, std::int64_t> places_;  // the first place that reaches a level
};

}  // namespace gatefold::graph
