#include <benchmark/benchmark.h>
#include <random>
#include <vector>

#include "gatefold/numeric/fast_quantizer.h"
#include "gatefold/numeric/functions.h"
#include "gatefold/numeric/rescale.h"

namespace gatefold::numeric {
namespace {

Rational float_product(std::mt19937_64& random) {
  std::uniform_real_distribution<float> unit(0.5F, 2.0F);
  return exact(unit(random)) * exact(unit(random)) / exact(unit(random));
}

// One channel: an accumulator of range(0) bits to range(1) bits by a generic factor.
void find_rescale(benchmark::State& state) {
  const int from = static_cast<int>(state.range(0)), to = static_cast<int>(state.range(1));
  const Interval input = FixedType{from, 0, true}.range(), bounds = FixedType{to, 0, true}.range();
  std::mt19937_64 random(1);
  for (auto _ : state) {
    const Rational factor = float_product(random) * power_of_two(to - from + 2);
    benchmark::DoNotOptimize(
        find_shift_rescale(factor, float_product(random), Rounding::HalfEven, input, bounds));
  }
}
BENCHMARK(find_rescale)->Args({16, 8})->Args({24, 4})->Args({24, 8})->Args({24, 16});

void quantize_doubles(benchmark::State& state, const Grid& grid, Rounding rounding) {
  std::mt19937_64 random(2);
  std::normal_distribution<double> normal(0, 3);
  std::vector<double> reals(1 << 16);
  for (double& v : reals) v = normal(random);
  std::vector<std::int64_t> raws(reals.size());
  const FastQuantizer quantizer(grid, rounding, Overflow::Saturate);
  for (auto _ : state) quantizer(reals, raws);
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(reals.size()));
}
BENCHMARK_CAPTURE(quantize_doubles, power_of_two, make_grid(FixedType{8, 4, true}),
                  Rounding::HalfUp);
BENCHMARK_CAPTURE(quantize_doubles, scale_and_zero_point, make_grid(8, true, exact(0.1F), 3),
                  Rounding::HalfEven);

void quantize_exactly(benchmark::State& state) {
  const Grid grid = make_grid(8, true, exact(0.1F), 3);
  const Rational real = exact(1.2345);
  for (auto _ : state)
    benchmark::DoNotOptimize(quantize(real, grid, Rounding::HalfEven, Overflow::Saturate));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(quantize_exactly);

void sigmoid_entry(benchmark::State& state) {
  const Grid grid = make_grid(FixedType{16, 15, false});
  std::int64_t k = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(
        quantize_function(Function::Sigmoid, ratio(++k % 2047 + 1, 256), grid, Rounding::HalfEven));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(sigmoid_entry);

}  // namespace
}  // namespace gatefold::numeric
