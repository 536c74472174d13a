#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/foreign_models.h"

// Random convolutional models as a reader would give them, for tests of the import and the passes.
namespace gatefold::testing {

class ConvModels {
 public:
  explicit ConvModels(std::uint64_t seed) : random_(seed) {}

  /// Convolutions, poolings, residual connections on [channels, positions…], and a dense head or
  /// none.
  ForeignModel write() {
    made_ = model({});
    made_.nodes.clear();
    shape_ = {between(1, 4), between(3, 7)};
    if (coin()) shape_.push_back(between(3, 6));
    made_.inputs.front().shape = shape_;
    made_.inputs.front().shape.insert(made_.inputs.front().shape.begin(), -1);
    std::string x = add(quant("x", fresh()));
    for (std::int64_t i = between(1, 4); i > 0; --i) x = layer(x);
    if (coin()) x = head(x);
    made_.nodes.push_back(node("Identity", {x}, "y"));
    made_.outputs.front().has_shape = false;
    return std::move(made_);
  }

 private:
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random_);
  }
  bool coin() { return between(0, 1) == 0; }
  std::string fresh() { return "v" + std::to_string(++names_); }

  std::string add(ForeignNode made) {
    made_.nodes.push_back(std::move(made));
    return made_.nodes.back().outputs.front();
  }

  std::string constant(numeric::Shape shape) {
    std::vector<double> values;
    for (std::int64_t i = 0; i < numeric::element_count(shape); ++i)
      values.push_back(static_cast<double>(between(-3, 3)) / 8);
    const std::string name = fresh();
    made_.arrays[name] = array(std::move(shape), std::move(values));
    return name;
  }

  ForeignNode windowed(ForeignNode made, const std::vector<std::int64_t>& kernel) {
    std::vector<std::int64_t> strides, pads(2 * kernel.size(), 0);
    for (std::size_t i = 0; i < kernel.size(); ++i) {
      strides.push_back(between(1, 2));
      for (const std::size_t side : {i, kernel.size() + i}) pads[side] = between(0, kernel[i] - 1);
      std::int64_t& extent = shape_[i + 1];
      extent = (extent + pads[i] + pads[kernel.size() + i] - kernel[i]) / strides.back() + 1;
    }
    made.attributes = {{"kernel_shape", kernel}, {"strides", strides}, {"pads", pads}};
    return made;
  }

  std::vector<std::int64_t> kernel() {
    std::vector<std::int64_t> extents;
    for (std::size_t i = 1; i < shape_.size(); ++i)
      extents.push_back(between(1, std::min<std::int64_t>(shape_[i], 3)));
    return extents;
  }

  std::string conv(const std::string& x) {
    const auto taps = kernel();
    const std::int64_t groups = coin() ? 1 : shape_.front();
    numeric::Shape weights{groups * between(1, 3), shape_.front() / groups};
    weights.insert(weights.end(), taps.begin(), taps.end());
    ForeignNode made = windowed(node("Conv", {x, constant(weights)}, fresh()), taps);
    made.attributes["group"] = groups;
    shape_.front() = weights.front();
    return add(std::move(made));
  }

  std::string layer(const std::string& x) {
    switch (between(0, 4)) {
      case 0:
        return add(windowed(node("MaxPool", {x}, fresh()), kernel()));
      case 1:
        return add(quant(add(node("Add", {x, add(quant(scaled(x), fresh()))}, fresh())), fresh()));
      default:
        return add(quant(add(node("Relu", {scaled(conv(x))}, fresh())), fresh()));
    }
  }

  // Times a constant for each channel.
  std::string scaled(const std::string& x) {
    numeric::Shape channels(shape_.size(), 1);
    channels.front() = shape_.front();
    return add(node("Mul", {x, constant(channels)}, fresh()));
  }

  std::string head(const std::string& x) {
    const std::string flat = add(node("Flatten", {x}, fresh()));
    return add(node("Gemm", {flat, constant({numeric::element_count(shape_), 3})}, fresh()));
  }

  std::mt19937_64 random_;
  ForeignModel made_;
  numeric::Shape shape_;
  int names_ = 0;
};

}  // namespace gatefold::testing
