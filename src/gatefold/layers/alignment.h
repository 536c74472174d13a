#pragma once

#include <vector>

#include "gatefold/layers/importer.h"

namespace gatefold::layers {

/// New integers for every element of a tensor: factor * raw + addend, in units of `step`. One entry
/// each for the whole tensor (axis `uniform`), along an axis, or `by_element`, as in PerAxis.
struct Alignment {
  std::vector<Rational> steps;
  std::vector<std::int64_t> factors, addends;
  int axis = 0;
};

/// The tensor as step * (factor * raw + addend), without an offset. That is what the tensor stood
/// for where step * factor is its scale and step * addend its offset, element by element; else
/// an approximation that the caller answers for.
Result<graph::Value> aligned(Importer& importer, graph::Value x, const Alignment& alignment,
                             const std::string& layer);

/// Two tensors of one shape, or with one scale each, as exact integers on common steps, where such
/// integers stay narrow; else as they are.
Status align_scales(Importer& importer, graph::Value& a, graph::Value& b, const std::string& layer);

/// A tensor with offsets (zero points, bipolar values) as exact integers that stand for multiples
/// of a scale, where such integers stay narrow; else as it is.
Status remove_offsets(Importer& importer, graph::Value& x, const std::string& layer);

/// One op on two linear values, on common scales, and but for sums and differences without offsets.
Result<graph::Value> combined(Importer& importer, graph::CombineKind kind, graph::Value a,
                              graph::Value b, const std::string& layer);

/// One op on two or more computed tensors, pair by pair: on common scales, and but for sums and
/// differences without offsets. BatchAxis, ScaleMismatch.
Status combine_all(Importer& importer, const ForeignNode& node, graph::CombineKind kind);

/// The largest rational of which both are integer multiples, 0 for two zeros.
Rational common_step(const Rational& a, const Rational& b);

/// value / step, an integer, has fewer bits than `width`.
bool is_narrow(const Rational& value, const Rational& step, int width);

}  // namespace gatefold::layers
