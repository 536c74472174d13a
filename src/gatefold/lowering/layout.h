#pragma once

#include <cstdint>
#include <vector>

#include "gatefold/graph/encoding.h"

namespace gatefold::lowering {

/// How a tensor goes through a channel: position by position, each in beats of as many words
/// (lanes). Elements are flat indices in the tensor of one position; -1 is a lane without one.
struct Layout {
  int axes = 0;  // leading axes of the tensor that count positions
  std::int64_t positions = 1;
  std::vector<std::vector<std::int64_t>> groups;  // [beat of a position][lane]

  std::size_t lanes() const { return groups.front().size(); }
  std::int64_t beats() const { return positions * static_cast<std::int64_t>(groups.size()); }
  /// Every beat is a whole position, in order.
  bool is_wide() const;
  friend bool operator==(const Layout&, const Layout&) = default;
};

/// The elements of a position as they come; free lanes have none.
std::vector<std::int64_t> elements_of(const Layout& layout);
/// One beat a position.
Layout wide_layout(const graph::Shape& shape, int axes);
/// The elements of a position in order, `lanes` a beat; the last beat may have free lanes.
Layout chunked(const Layout& positions, std::int64_t elements, std::size_t lanes);
/// Each beat cut into beats of `lanes`, which must divide it; beats without elements are left out.
Layout cut(const Layout& layout, std::size_t lanes);
/// Beats of a position joined, `count` at a time.
Layout joined(const Layout& layout, std::size_t count);
/// All positions as beats of one (the tensor reshaped to have no position axes).
Layout flattened(const Layout& layout);

/// One step of hardware: beats cut into parts, beats joined, one beat dealt out or all gathered in
/// any order.
bool is_one_step(const Layout& from, const Layout& to);

/// How many such steps bring the one into the other; 0 where the beats are the same.
int conversion_steps(const Layout& from, const Layout& to);

}  // namespace gatefold::lowering
