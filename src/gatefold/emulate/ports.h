#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "gatefold/emulate/plan.h"
#include "gatefold/numeric/fast_quantizer.h"

// Between the host's numbers and the lanes of a block. A row is one sample.
namespace gatefold::emulate {

/// Rounds floats to a port's integers.
class PortQuantizer {
 public:
  explicit PortQuantizer(const graph::Input& port);

  /// Whether the port takes this number: no NaN, an infinity only where it saturates, nothing
  /// outside the domain of functions before the quantizer.
  bool takes(double real, std::size_t element) const;
  std::int64_t operator()(double real, std::size_t element) const;
  std::size_t size() const { return elements_; }

  /// The parameters of the fast kernels, where the element has such.
  const Rounding* rounding(std::size_t element) const {
    if (roundings_.empty()) return nullptr;
    return &roundings_[roundings_.size() == 1 ? 0 : element];
  }

 private:
  std::int64_t quantize_path(double real, std::size_t element) const;
  const numeric::FastQuantizer& fast(std::size_t element) const {
    return quantizers_[quantizers_.size() == 1 ? 0 : element];
  }

  graph::Input port_;
  std::size_t elements_;
  bool saturates_;
  // Empty where functions stand before the quantizer; one when all elements are alike.
  std::vector<numeric::FastQuantizer> quantizers_;
  std::vector<Rounding> roundings_;  // of all quantizers, or none
};

/// The nearest doubles of an encoding's real numbers.
class Decoder {
 public:
  explicit Decoder(const graph::TensorType& type);
  double operator()(std::int64_t raw, std::size_t element) const;
  /// Every element of every sample, row-major.
  std::vector<double> rows(const Kernels& kernels, std::span<const std::int64_t> raws) const;

  /// The parameters of the fast kernels, where the element has such.
  const Line* line(std::size_t element) const {
    if (lines_.empty()) return nullptr;
    const auto& line = lines_[lines_.size() == 1 ? 0 : element];
    return line ? &*line : nullptr;
  }

 private:
  std::optional<Line> line_of(std::int64_t flat) const;

  graph::TensorType type_;
  // Empty when functions wait on the edge; one when all elements are alike.
  std::vector<std::optional<Line>> lines_;
};

/// The softmax of one row, in place.
void softmax(std::span<double> row);

}  // namespace gatefold::emulate
