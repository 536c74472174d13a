#include "gatefold/numeric/separating_line.h"

#include <algorithm>

#include "gatefold/support/assert.h"

namespace gatefold::numeric {
namespace {

Wide turn(const GridPoint& a, const GridPoint& b, const GridPoint& c) {
  return (Wide{b.x} - a.x) * (Wide{c.y} - b.y) - (Wide{b.y} - a.y) * (Wide{c.x} - b.x);
}

// The chain that turns one way only: `side` +1 keeps the upper hull, -1 the lower.
std::vector<GridPoint> hull_of(const std::vector<GridPoint>& points, int side) {
  std::vector<GridPoint> hull;
  for (const GridPoint& p : points) {
    if (!hull.empty() && hull.back().x == p.x) {
      if (side * (p.y - hull.back().y) <= 0) continue;
      hull.pop_back();
    }
    while (hull.size() >= 2 && side * turn(hull[hull.size() - 2], hull.back(), p) >= 0)
      hull.pop_back();
    hull.push_back(p);
  }
  return hull;
}

// The first slope of [low, high] with `holds`, which is false up to it and true from it on.
template <typename Predicate>
Wide first_where(Wide low, Wide high, Predicate holds) {
  while (low < high) {
    const Wide middle = low + (high - low) / 2;
    if (holds(middle)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

}  // namespace

SeparatingLine::SeparatingLine(const std::vector<GridPoint>& below,
                               const std::vector<GridPoint>& above)
    : below_(hull_of(below, 1)), above_(hull_of(above, -1)) {
  GATEFOLD_ASSERT(!below_.empty() && !above_.empty(), "two sets to separate");
}

SeparatingLine::Range SeparatingLine::addends(int shift, Wide slope) const {
  const auto needed = [&](const GridPoint& p) { return (Wide{p.y} << shift) - slope * p.x; };
  Range range{needed(below_.front()), needed(above_.front()) - 1};
  for (const GridPoint& p : below_) range.low = std::max(range.low, needed(p));
  for (const GridPoint& p : above_) range.high = std::min(range.high, needed(p) - 1);
  return range;
}

Wide SeparatingLine::slack(int shift, Wide slope) const {
  const Range range = addends(shift, slope);
  return range.high - range.low;
}

std::optional<SeparatingLine::Range> SeparatingLine::slopes(int shift, Range within) const {
  if (within.low > within.high) return std::nullopt;
  const Wide best = first_where(within.low, within.high,
                                [&](Wide m) { return slack(shift, m + 1) <= slack(shift, m); });
  if (slack(shift, best) < 0) return std::nullopt;
  const Wide low = first_where(within.low, best, [&](Wide m) { return slack(shift, m) >= 0; });
  const Wide beyond =
      first_where(best, within.high + 1, [&](Wide m) { return slack(shift, m) < 0; });
  return Range{low, beyond - 1};
}

}  // namespace gatefold::numeric
