#include "gatefold/schedule/table_logic.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <numeric>
#include <vector>

namespace gatefold::schedule {
namespace {

/// The bits of `word` at the places of `mask`, close together.
unsigned gathered(unsigned word, unsigned mask) {
  unsigned result = 0;
  for (int at = 0; mask != 0; mask &= mask - 1, ++at)
    result |= (word >> std::countr_zero(mask) & 1u) << at;
  return result;
}

/// An address split: which function each address asks for, and which bit of it.
struct Split {
  Split(unsigned choosing, int address_bits) : functions(1u << std::popcount(choosing)) {
    const unsigned all = (1u << address_bits) - 1;
    for (unsigned address = 0; address <= all; ++address) {
      function.push_back(gathered(address, choosing));
      bit.push_back(gathered(address, all & ~choosing));
    }
  }

  unsigned functions = 1;
  std::vector<unsigned> function, bit;
};

/// The different functions that a bit of the words chooses from.
std::vector<std::uint64_t> functions_of(std::span<const std::int64_t> entries, int at,
                                        const Split& split) {
  std::vector<std::uint64_t> functions(split.functions, 0);
  for (std::size_t address = 0; address < entries.size(); ++address) {
    const auto value = static_cast<std::uint64_t>(entries[address] >> at & 1);
    functions[split.function[address]] |= value << split.bit[address];
  }
  std::ranges::sort(functions);
  const auto rest = std::ranges::unique(functions);
  functions.erase(rest.begin(), rest.end());
  return functions;
}

int luts_of_bit(std::span<const std::int64_t> entries, int at, const Split& split, int lut_inputs) {
  const std::uint64_t ones = ~std::uint64_t{0} >> (64 - (1 << lut_inputs));
  const std::vector<std::uint64_t> functions = functions_of(entries, at, split);
  const auto made = static_cast<int>(std::ranges::count_if(
      functions, [&](std::uint64_t function) { return function != 0 && function != ones; }));
  if (functions.size() == 1) return made;
  const int inputs = made + std::countr_zero(split.functions);
  return made + (inputs - 2) / (lut_inputs - 1) + 1;
}

}  // namespace

int luts_of_entries(std::span<const std::int64_t> entries, int address_bits, int lut_inputs) {
  const auto [low, high] = std::ranges::minmax(entries);
  const int width =
      std::bit_width(static_cast<std::uint64_t>(std::max(high, ~low))) + (low < 0 ? 1 : 0);
  std::vector<int> least(static_cast<std::size_t>(width), std::numeric_limits<int>::max());
  const int choosing_bits = std::max(0, address_bits - lut_inputs);
  for (unsigned choosing = 0; choosing < 1u << address_bits; ++choosing) {
    if (std::popcount(choosing) != choosing_bits) continue;
    const Split split(choosing, address_bits);
    for (std::size_t at = 0; at < least.size(); ++at)
      least[at] =
          std::min(least[at], luts_of_bit(entries, static_cast<int>(at), split, lut_inputs));
  }
  return std::accumulate(least.begin(), least.end(), 0);
}

}  // namespace gatefold::schedule
