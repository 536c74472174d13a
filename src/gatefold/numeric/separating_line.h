#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "gatefold/numeric/wide.h"

namespace gatefold::numeric {

struct GridPoint {
  std::int64_t x, y;
};

/// The integer lines `(x * slope + addend) / 2^shift` that lie on or above every point of `below`
/// and strictly under every point of `above`. Only the facing convex hulls of the two sets matter,
/// so each question costs a few dozen multiplications. Points come with ascending x.
class SeparatingLine {
 public:
  SeparatingLine(const std::vector<GridPoint>& below, const std::vector<GridPoint>& above);

  struct Range {
    Wide low, high;
  };
  /// The addends that separate with this slope; empty when low > high.
  Range addends(int shift, Wide slope) const;
  /// The slopes of [low, high] for which an addend exists: an interval, because the width of
  /// `addends` is a concave function of the slope.
  std::optional<Range> slopes(int shift, Range within) const;

 private:
  Wide slack(int shift, Wide slope) const;

  std::vector<GridPoint> below_, above_;
};

}  // namespace gatefold::numeric
