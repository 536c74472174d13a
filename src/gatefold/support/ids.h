#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace gatefold {

/// An index that cannot be mixed with another kind of index: `struct NodeTag; using NodeId =
/// Id<NodeTag>;`
template <typename Tag>
struct Id {
  std::int32_t index = -1;

  bool valid() const { return index >= 0; }
  friend auto operator<=>(const Id&, const Id&) = default;
};

}  // namespace gatefold

template <typename Tag>
struct std::hash<gatefold::Id<Tag>> {
  std::size_t operator()(const gatefold::Id<Tag>& id) const noexcept {
    return std::hash<std::int32_t>()(id.index);
  }
};
