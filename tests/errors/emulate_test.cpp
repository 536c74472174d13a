// Wrong data at the ports.
#include <cmath>
#include <gtest/gtest.h>
#include <limits>

#include "gatefold/emulate/emulator.h"

namespace gatefold::emulate {
namespace {

using numeric::IntTensor;
using numeric::RealTensor;

graph::Quantize port(numeric::Overflow overflow) {
  graph::Quantize q;
  q.grid = numeric::make_grid(4, true, numeric::Rational(1, 2));
  q.overflow = overflow;
  return q;
}

// y = a + b for [2] of four bits each.
Emulator adder(numeric::Overflow overflow = numeric::Overflow::Saturate) {
  graph::Graph g;
  const auto a = *g.add(graph::Input{"a", {2}, port(overflow)}, {}, "a");
  const auto b = *g.add(graph::Input{"b", {2}, port(overflow)}, {}, "b");
  g.add_output("y", *g.add(graph::Combine{graph::CombineKind::Add}, {a, b}, "sum"));
  return Emulator(g, 1);
}

template <typename T>
DiagnosticId first_error(const Result<T>& result) {
  EXPECT_FALSE(result.ok());
  return result.errors().front().id;
}

const IntTensor ones{{1, 2}, {1, 1}};
const RealTensor halves{{1, 2}, {0.5, 0.5}};

TEST(EmulatorErrors, PortMissing) {
  const auto result = adder().run({{"a", ones}});
  EXPECT_EQ(first_error(result), DiagnosticId::PortMissing);
  EXPECT_EQ(result.errors().front().text, "no data for the input 'b'");
}

TEST(EmulatorErrors, PortUnknown) {
  const auto result = adder().run({{"a", ones}, {"b", ones}, {"c", ones}});
  EXPECT_EQ(first_error(result), DiagnosticId::PortUnknown);
  EXPECT_EQ(result.errors().size(), 1u);
}

TEST(EmulatorErrors, AllOfThemAtOnce) {
  const auto result = adder().run({{"a", {{2}, {1, 1}}}, {"c", ones}});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.errors().size(), 3u) << to_string(result.errors());
}

TEST(EmulatorErrors, PortShape) {
  for (const IntTensor& wrong :
       {IntTensor{{2}, {1, 1}}, IntTensor{{1, 3}, {1, 1, 1}}, IntTensor{{1, 2, 1}, {1, 1}},
        IntTensor{{}, {1}}, IntTensor{{2, 2}, {1, 1, 1, 1}}, IntTensor{{1, 2}, {1}}}) {
    const auto result = adder().run({{"a", ones}, {"b", wrong}});
    EXPECT_EQ(first_error(result), DiagnosticId::PortShape) << numeric::to_string(wrong.shape);
  }
}

TEST(EmulatorErrors, PortRange) {
  for (const std::int64_t value : {8, -9}) {
    const auto result = adder().run({{"a", ones}, {"b", {{1, 2}, {0, value}}}});
    EXPECT_EQ(first_error(result), DiagnosticId::PortRange);
  }
  EXPECT_TRUE(adder().run({{"a", ones}, {"b", {{1, 2}, {-8, 7}}}}).ok());
}

TEST(EmulatorErrors, PortNotFinite) {
  const double infinity = std::numeric_limits<double>::infinity();
  const auto with = [](double x) { return RealBatch{{"a", halves}, {"b", {{1, 2}, {0, x}}}}; };
  EXPECT_EQ(first_error(adder().predict(with(std::nan("")))), DiagnosticId::PortNotFinite);
  EXPECT_EQ(first_error(adder().quantize(with(std::nan("")))), DiagnosticId::PortNotFinite);
  const Emulator wrapping = adder(numeric::Overflow::Wrap);
  EXPECT_EQ(first_error(wrapping.predict(with(infinity))), DiagnosticId::PortNotFinite);
  const auto saturated = adder().predict(with(-infinity));
  ASSERT_TRUE(saturated.ok());
  EXPECT_EQ(saturated->at("y").data, (std::vector<double>{0.5, -3.5}));
}

}  // namespace
}  // namespace gatefold::emulate
