#include "gatefold/lowering/folded_blocks.h"

#include <algorithm>

namespace gatefold::lowering {
namespace {

class BlockFinder {
 public:
  BlockFinder(const graph::Linear& linear, const Layout& inputs)
      : inputs_(inputs),
        groups_(linear.weights.shape[0]),
        rows_(linear.weights.shape[1]),
        columns_(linear.weights.shape[2]) {}

  std::optional<Blocks> run() const {
    const std::size_t beats = inputs_.groups.size();
    for (std::size_t count = std::min(beats, size(groups_)); count > 1; --count) {
      if (beats % count != 0) continue;
      if (const auto members = members_of(count)) return with_lanes(*members);
    }
    return std::nullopt;
  }

 private:
  using Members = std::vector<std::vector<std::int64_t>>;  // [block]: its groups of the matrix

  static std::size_t size(std::int64_t count) { return static_cast<std::size_t>(count); }
  std::int64_t group_of(std::int64_t element) const { return element < 0 ? -1 : element / rows_; }

  /// The groups of each block, in the order in which they come; none where blocks share a group.
  std::optional<Members> members_of(std::size_t count) const {
    const std::size_t beats = inputs_.groups.size() / count;
    std::vector<std::size_t> owner(size(groups_), count);
    Members members(count);
    for (std::size_t beat = 0; beat < inputs_.groups.size(); ++beat)
      for (const std::int64_t element : inputs_.groups[beat]) {
        if (element < 0) continue;
        std::size_t& own = owner[size(group_of(element))];
        if (own == count) members[beat / beats].push_back(group_of(element));
        if (own != count && own != beat / beats) return std::nullopt;
        own = beat / beats;
      }
    if (std::ranges::find(owner, count) != owner.end()) return std::nullopt;
    return members;
  }

  Blocks with_lanes(const Members& members) const {
    std::size_t most = 0;
    for (const auto& groups : members) most = std::max(most, groups.size());
    Blocks blocks;
    for (const auto& groups : members) {
      auto& outputs = blocks.outputs.emplace_back();
      for (const std::int64_t group : groups)
        for (std::int64_t j = 0; j < columns_; ++j) outputs.push_back(group * columns_ + j);
      outputs.resize(most * size(columns_), -1);
    }
    blocks.multipliers = pairs(blocks);
    return blocks;
  }

  std::int64_t pairs(const Blocks& blocks) const {
    const std::size_t lanes = blocks.outputs.front().size(), banks = inputs_.lanes();
    const std::size_t beats = inputs_.groups.size() / blocks.outputs.size();
    std::vector<bool> used(lanes * banks, false);
    for (std::size_t beat = 0; beat < inputs_.groups.size(); ++beat)
      for (std::size_t lane = 0; lane < lanes; ++lane)
        for (std::size_t bank = 0; bank < banks; ++bank) {
          const std::int64_t output = blocks.outputs[beat / beats][lane];
          const std::int64_t group = group_of(inputs_.groups[beat][bank]);
          if (output >= 0 && group == output / columns_) used[lane * banks + bank] = true;
        }
    return std::ranges::count(used, true);
  }

  const Layout& inputs_;
  std::int64_t groups_, rows_, columns_;
};

}  // namespace

std::optional<Blocks> blocks_of(const graph::Linear& linear, const Layout& inputs) {
  return BlockFinder(linear, inputs).run();
}

}  // namespace gatefold::lowering
