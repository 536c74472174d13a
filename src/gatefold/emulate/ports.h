#pragma once

#include <cstddef>
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
};

/// The nearest doubles of an encoding's real numbers.
class Decoder {
 public:
  explicit Decoder(const graph::TensorType& type);
  double operator()(std::int64_t raw, std::size_t element) const;

 private:
  // scale * raw + offset, each as a sum of two doubles.
  struct Line {
    double scale = 0, scale_rest = 0, offset = 0, offset_rest = 0;
    bool is_exact = false;  // no operation rounds but the last
  };
  Line line_of(std::int64_t flat) const;

  graph::TensorType type_;
  std::vector<Line> lines_;  // empty when functions wait on the edge; one when all are alike
};

/// The softmax of one row, in place.
void softmax(std::span<double> row);

}  // namespace gatefold::emulate
