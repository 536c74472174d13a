#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "gatefold/graph/op.h"
#include "gatefold/numeric/interval.h"

// Loops over the samples of a block, compiled for several instruction sets.
namespace gatefold::emulate {

/// How the samples of one element stand in memory: one integer each, side by side.
enum class Lane : std::uint8_t { Int16, Int32, Int64 };
inline constexpr std::size_t lane_count = 3;

/// The narrowest lane that holds the interval.
Lane lane_of(const numeric::Interval& range);
constexpr std::uint32_t bytes_of(Lane lane) { return 2u << static_cast<unsigned>(lane); }

/// Blocks hold a multiple of this many samples, and at most `max_block`.
inline constexpr std::size_t block_step = 32;
inline constexpr std::size_t max_block = 512;

/// The memory of one block of samples.
struct Block {
  std::byte* arena = nullptr;
  std::size_t stride = 0;          // samples that there is room for
  std::size_t lanes = 0;           // samples that are computed; a multiple of block_step
  std::size_t samples = 0;         // of them, those that were asked for
  std::int64_t* states = nullptr;  // of stateful scans, before and after the samples
};

/// One product of a sum: the element at places[input] (bytes for each sample of room) times
/// `weight`.
struct Term {
  std::uint32_t input = 0;
  std::int32_t weight = 0;
};

/// clamp((clamp(raw, input) * multiplier + addend) >> shift, output), exact in the lane that the
/// kernel is chosen for. The outer clamp is left out where it does nothing.
struct Scaling {
  std::int64_t input_low = 0, input_high = 0;
  std::int64_t multiplier = 1, addend = 0;
  int shift = 0;
  std::int64_t output_low = 0, output_high = 0;
  bool clamps_output = true;
};

/// round(real * inverse + zero_point), to nearest, clamped. A lane closer to a tie than `error` is
/// not decided by doubles.
struct Rounding {
  double inverse = 1, zero_point = 0;
  double low = 0, high = 0;
  double error = 0;
  bool in_floats = false;  // for round_exactly
};

/// What a float kernel left to the exact way.
struct Doubts {
  bool not_a_number = false;
  bool undecided = false;
};

/// scale * raw + offset, each a sum of doubles; products of |raw| < 2^26 with `scale` and
/// `scale_low` are exact.
struct Line {
  double scale = 0, scale_low = 0, scale_rest = 0;
  double offset = 0, offset_rest = 0;
};

/// One table for each instruction set. Lanes index the arrays; a two-lane operation reads the first
/// and writes the second.
struct Kernels {
  template <typename F>
  using ByLane = std::array<F, lane_count>;

  const char* name;
  bool (*is_usable)();

  /// sum = (add ? sum : 0) + terms, modulo the lane's word: [sum][terms].
  using Accumulate = void (*)(const Block&, std::span<const Term>, const std::uint32_t* places,
                              void* sum, bool add);
  ByLane<ByLane<Accumulate>> accumulate;

  using Convert = void (*)(const void* from, void* to, std::size_t lanes);
  ByLane<ByLane<Convert>> convert;

  /// [from][word of the computation][to]
  using Scale = void (*)(const void* from, void* to, std::size_t lanes, const Scaling&);
  ByLane<ByLane<ByLane<Scale>>> scale;

  /// to = entries[from - first], in Int32 or Int64 lanes (also of the entries).
  using Look = void (*)(const void* from, void* to, std::size_t lanes, const void* entries,
                        std::int64_t first);
  ByLane<Look> look;

  /// Two values (Select: to = condition in `to` ? a : b), in Int32 or Int64 lanes.
  using Combine = void (*)(graph::CombineKind, const void* a, const void* b, void* to,
                           std::size_t lanes);
  ByLane<Combine> combine;

  /// Reals of one element side by side to Int32 lanes.
  /// round_exactly: every scaled number is one that floats hold, and the levels lie within 2^22.
  Doubts (*round_exactly)(const float* reals, std::int32_t* to, std::size_t lanes, const Rounding&);
  Doubts (*round_floats)(const float* reals, std::int32_t* to, std::size_t lanes, const Rounding&);
  Doubts (*round_doubles)(const double* reals, std::int32_t* to, std::size_t lanes,
                          const Rounding&);

  /// Nearest doubles; false when one of them is too close to a tie to be sure.
  using Decode = bool (*)(const void* raws, double* to, std::size_t lanes, const Line&);
  ByLane<Decode> decode;
};

/// Every table that this machine can run, the fastest first.
std::span<const Kernels* const> usable_kernels();

}  // namespace gatefold::emulate
