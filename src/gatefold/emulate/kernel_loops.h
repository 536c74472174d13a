#pragma once

// The loops behind `Kernels`. Each kernels_*.cpp compiles them for one instruction set, so nothing
// here may leave its translation unit: no functions of the standard library, no external linkage.
#include <utility>

#include "gatefold/emulate/kernels.h"

// Each including file has definitions of its own: they are compiled for other instructions.
// NOLINTBEGIN(misc-definitions-in-headers)
namespace gatefold::emulate {
namespace {

#if defined(__AVX512BW__)
constexpr std::size_t vector_bytes = 64;
#elif defined(__AVX2__)
constexpr std::size_t vector_bytes = 32;
#else
constexpr std::size_t vector_bytes = 16;
#endif

template <typename T, std::size_t count>
struct VectorOf {
  typedef T Type __attribute__((vector_size(count * sizeof(T)), aligned(sizeof(T)), may_alias));
};
template <typename T, std::size_t count>
using Vector = typename VectorOf<T, count>::Type;

template <Lane>
struct WordOf;
template <>
struct WordOf<Lane::Int16> {
  using Type = std::int16_t;
  using Modular = std::uint16_t;
};
template <>
struct WordOf<Lane::Int32> {
  using Type = std::int32_t;
  using Modular = std::uint32_t;
};
template <>
struct WordOf<Lane::Int64> {
  using Type = std::int64_t;
  using Modular = std::uint64_t;
};
template <Lane lane>
using Word = typename WordOf<lane>::Type;

// All vectors of sums stay in registers over all terms; `k` are their numbers. (Loops over them
// would be made into calls of memset, through memory.)
template <Lane S, Lane T, std::size_t... k>
inline void accumulate_strip(const Block& block, std::span<const Term> terms,
                             const std::uint32_t* places, std::size_t first, std::byte* sum,
                             bool add, std::index_sequence<k...>) {
  using Sum = typename WordOf<S>::Modular;
  constexpr std::size_t count = vector_bytes / sizeof(Sum);
  using Sums = Vector<Sum, count>;
  using Values = Vector<Word<T>, count>;
  Sums* const target = reinterpret_cast<Sums*>(sum + first * sizeof(Sum));
  Sums sums[sizeof...(k)];
  ((sums[k] = Sums{}), ...);
  if (add) ((sums[k] = target[k]), ...);
  const std::byte* const arena = block.arena + first * sizeof(Word<T>);
  const std::size_t stride = block.stride;
  for (const Term& term : terms) {
    const auto* values =
        reinterpret_cast<const Values*>(arena + std::size_t{places[term.input]} * stride);
    const Sum weight = static_cast<Sum>(term.weight);
    ((sums[k] += __builtin_convertvector(values[k], Sums) * weight), ...);
  }
  ((target[k] = sums[k]), ...);
}

template <Lane S, Lane T>
void accumulate(const Block& block, std::span<const Term> terms, const std::uint32_t* places,
                void* sum, bool add) {
  constexpr std::size_t count = vector_bytes / sizeof(Word<S>);
  constexpr std::size_t narrow = block_step / count;
  constexpr std::size_t wide = 8;
  auto* target = static_cast<std::byte*>(sum);
  std::size_t first = 0;
  for (; first + wide * count <= block.lanes; first += wide * count)
    accumulate_strip<S, T>(block, terms, places, first, target, add,
                           std::make_index_sequence<wide>());
  for (; first < block.lanes; first += narrow * count)
    accumulate_strip<S, T>(block, terms, places, first, target, add,
                           std::make_index_sequence<narrow>());
}

template <Lane F, Lane T>
void convert(const void* from, void* to, std::size_t lanes) {
  const auto* x = static_cast<const Word<F>*>(from);
  auto* y = static_cast<Word<T>*>(to);
  for (std::size_t i = 0; i < lanes; ++i) y[i] = static_cast<Word<T>>(x[i]);
}

template <Lane F, Lane C, Lane T, typename Finish>
inline void scale_as(const void* from, void* to, std::size_t lanes, const Scaling& s,
                     Finish finish) {
  using In = Word<F>;
  using Wide = Word<C>;
  const auto* x = static_cast<const In*>(from);
  auto* y = static_cast<Word<T>*>(to);
  const In low = static_cast<In>(s.input_low), high = static_cast<In>(s.input_high);
  const Wide multiplier = static_cast<Wide>(s.multiplier), addend = static_cast<Wide>(s.addend);
  const int shift = s.shift;
  for (std::size_t i = 0; i < lanes; ++i) {
    In v = x[i] < low ? low : x[i];
    v = v > high ? high : v;
    const Wide product = static_cast<Wide>(static_cast<Wide>(v) * multiplier + addend);
    y[i] = static_cast<Word<T>>(finish(static_cast<Wide>(product >> shift)));
  }
}

template <Lane F, Lane C, Lane T>
void scale(const void* from, void* to, std::size_t lanes, const Scaling& s) {
  using Wide = Word<C>;
  if (!s.clamps_output) return scale_as<F, C, T>(from, to, lanes, s, [](Wide w) { return w; });
  const Wide least = static_cast<Wide>(s.output_low), most = static_cast<Wide>(s.output_high);
  scale_as<F, C, T>(from, to, lanes, s, [least, most](Wide w) {
    w = w < least ? least : w;
    return w > most ? most : w;
  });
}

template <Lane L>
void look(const void* from, void* to, std::size_t lanes, const void* entries, std::int64_t first) {
  const auto* x = static_cast<const Word<L>*>(from);
  const auto* table = static_cast<const Word<L>*>(entries);
  auto* y = static_cast<Word<L>*>(to);
  const auto base = static_cast<Word<L>>(first);
  for (std::size_t i = 0; i < lanes; ++i) y[i] = table[x[i] - base];
}

template <typename W, typename F>
inline void combine_as(const void* a, const void* b, void* to, std::size_t lanes, F f) {
  const W *x = static_cast<const W*>(a), *y = static_cast<const W*>(b);
  W* z = static_cast<W*>(to);
  for (std::size_t i = 0; i < lanes; ++i) z[i] = static_cast<W>(f(x[i], y[i], z[i]));
}

template <Lane L>
void combine(graph::CombineKind kind, const void* a, const void* b, void* to, std::size_t lanes) {
  using W = Word<L>;
  using U = typename WordOf<L>::Modular;
  using graph::CombineKind;
  switch (kind) {
    case CombineKind::Add:
      return combine_as<W>(a, b, to, lanes, [](U x, U y, U) { return x + y; });
    case CombineKind::Subtract:
      return combine_as<W>(a, b, to, lanes, [](U x, U y, U) { return x - y; });
    case CombineKind::Multiply:
      return combine_as<W>(a, b, to, lanes, [](U x, U y, U) { return x * y; });
    case CombineKind::Minimum:
      return combine_as<W>(a, b, to, lanes, [](W x, W y, W) { return x < y ? x : y; });
    case CombineKind::Maximum:
      return combine_as<W>(a, b, to, lanes, [](W x, W y, W) { return x > y ? x : y; });
    case CombineKind::Less:
      return combine_as<W>(a, b, to, lanes, [](W x, W y, W) { return x < y; });
    case CombineKind::LessEqual:
      return combine_as<W>(a, b, to, lanes, [](W x, W y, W) { return x <= y; });
    case CombineKind::Equal:
      return combine_as<W>(a, b, to, lanes, [](W x, W y, W) { return x == y; });
    case CombineKind::Select:
      return combine_as<W>(a, b, to, lanes, [](W x, W y, W z) { return z != 0 ? x : y; });
  }
}

constexpr double round_to_whole = 0x1.8p52;  // adding and subtracting it rounds half to even

Doubts round_exactly(const float* reals, std::int32_t* to, std::size_t lanes, const Rounding& r) {
  constexpr float to_whole = 0x1.8p23f;
  const auto inverse = static_cast<float>(r.inverse);
  const auto low = static_cast<float>(r.low), high = static_cast<float>(r.high);
  std::int32_t unordered = 0;
  for (std::size_t i = 0; i < lanes; ++i) {
    float scaled = reals[i] * inverse;
    unordered += scaled != scaled;
    scaled = scaled > low ? scaled : low;
    scaled = scaled < high ? scaled : high;
    to[i] = static_cast<std::int32_t>((scaled + to_whole) - to_whole);
  }
  return {unordered != 0, false};
}

template <typename Real>
Doubts round_reals(const Real* reals, std::int32_t* to, std::size_t lanes, const Rounding& r) {
  const Rounding q = r;
  std::int64_t unordered = 0, undecided = 0;
  for (std::size_t i = 0; i < lanes; ++i) {
    const double x = static_cast<double>(reals[i]);
    double scaled = x * q.inverse + q.zero_point;
    unordered += scaled != scaled;
    scaled = scaled > q.low ? scaled : q.low;
    scaled = scaled < q.high ? scaled : q.high;
    const double whole = (scaled + round_to_whole) - round_to_whole;
    const double rest = scaled > whole ? scaled - whole : whole - scaled;
    undecided += 0.5 - rest <= q.error;
    to[i] = static_cast<std::int32_t>(whole);
  }
  return {unordered != 0, undecided != 0};
}

// The sum of the two doubles that a Line gives is off by less than this part of its terms.
constexpr double line_error = 0x1p-74;

template <Lane L>
bool decode(const void* raws, double* to, std::size_t lanes, const Line& l) {
  const Line line = l;
  const auto* x = static_cast<const Word<L>*>(raws);
  const double offset_size = line.offset < 0 ? -line.offset : line.offset;
  std::int64_t undecided = 0;
  for (std::size_t i = 0; i < lanes; ++i) {
    const double raw = static_cast<double>(x[i]);
    const double product = raw * line.scale;
    const double sum = product + line.offset;
    const double back = sum - product;
    const double lost = (product - (sum - back)) + (line.offset - back);
    const double rest = lost + (raw * line.scale_low + (raw * line.scale_rest + line.offset_rest));
    const double error = ((product < 0 ? -product : product) + offset_size) * line_error;
    const double below = sum + (rest - error), above = sum + (rest + error);
    undecided += below != above;
    to[i] = below;
  }
  return undecided == 0;
}

template <Lane F>
constexpr Kernels::ByLane<Kernels::Convert> conversions = {
    convert<F, Lane::Int16>, convert<F, Lane::Int32>, convert<F, Lane::Int64>};
template <Lane F, Lane C>
constexpr Kernels::ByLane<Kernels::Scale> scalings = {
    scale<F, C, Lane::Int16>, scale<F, C, Lane::Int32>, scale<F, C, Lane::Int64>};
template <Lane F>
constexpr Kernels::ByLane<Kernels::ByLane<Kernels::Scale>> scalings_from = {
    scalings<F, Lane::Int16>, scalings<F, Lane::Int32>, scalings<F, Lane::Int64>};

constexpr Kernels make_kernels(const char* name, bool (*is_usable)()) {
  using enum Lane;
  return {name,
          is_usable,
          {{{accumulate<Int16, Int16>, nullptr, nullptr},
            {accumulate<Int32, Int16>, accumulate<Int32, Int32>, nullptr},
            {accumulate<Int64, Int16>, accumulate<Int64, Int32>, accumulate<Int64, Int64>}}},
          {conversions<Int16>, conversions<Int32>, conversions<Int64>},
          {scalings_from<Int16>, scalings_from<Int32>, scalings_from<Int64>},
          {nullptr, look<Int32>, look<Int64>},
          {nullptr, combine<Int32>, combine<Int64>},
          round_exactly,
          round_reals<float>,
          round_reals<double>,
          {decode<Int16>, decode<Int32>, decode<Int64>}};
}

}  // namespace
}  // namespace gatefold::emulate
// NOLINTEND(misc-definitions-in-headers)
