#include "gatefold/numeric/signed_digits.h"

#include <algorithm>
#include <bit>
#include <map>
#include <tuple>

#include "gatefold/numeric/wide.h"
#include "gatefold/support/assert.h"

namespace gatefold::numeric {
namespace {

constexpr int none = 1000;

std::int64_t half_up(std::int64_t value) { return value - (value >> 1); }

// Digits are chosen from the least significant; what remains is an interval half as wide. Few
// different intervals meet at each depth, so the search with memory is linear in the bits.
class DigitSearch {
 public:
  int fewest(std::int64_t low, std::int64_t high, bool may_be_nonzero) {
    if (low > high) return none;
    if (low <= 0 && high >= 0) return 0;
    const auto [place, is_new] = memory_.try_emplace({low, high, may_be_nonzero}, none);
    if (!is_new) return place->second;
    int best = fewest(half_up(low), high >> 1, true);
    if (may_be_nonzero) {
      for (const int digit : {-1, 1})
        best = std::min(best, 1 + fewest(half_up(low - digit), (high - digit) >> 1, false));
    }
    return memory_[{low, high, may_be_nonzero}] = best;
  }

  void collect(std::int64_t low, std::int64_t high, bool may_be_nonzero, int budget, int position,
               std::int64_t above, std::size_t limit, std::vector<std::int64_t>& found) {
    if (found.size() >= limit || fewest(low, high, may_be_nonzero) > budget) return;
    if (low <= 0 && high >= 0) {
      if (budget == 0) found.push_back(above);
      return;
    }
    const std::int64_t weight = std::int64_t{1} << position;
    collect(half_up(low), high >> 1, true, budget, position + 1, above, limit, found);
    if (!may_be_nonzero) return;
    for (const int digit : {-1, 1})
      collect(half_up(low - digit), (high - digit) >> 1, false, budget - 1, position + 1,
              above + digit * weight, limit, found);
  }

 private:
  std::map<std::tuple<std::int64_t, std::int64_t, bool>, int> memory_;
};

}  // namespace

int signed_digit_count(std::int64_t value) {
  __extension__ typedef unsigned __int128 Bits;
  const Bits x = static_cast<Bits>(Wide{value});
  const Bits digits = x ^ (3 * x);
  return std::popcount(static_cast<std::uint64_t>(digits)) +
         std::popcount(static_cast<std::uint64_t>(digits >> 64) & 7);
}

std::vector<std::int64_t> fewest_digits_between(std::int64_t low, std::int64_t high,
                                                std::size_t limit) {
  GATEFOLD_ASSERT(low <= high, "an interval of integers");
  DigitSearch search;
  std::vector<std::int64_t> found;
  search.collect(low, high, true, search.fewest(low, high, true), 0, 0, limit, found);
  return found;
}

}  // namespace gatefold::numeric
