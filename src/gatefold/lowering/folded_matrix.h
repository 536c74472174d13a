#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "gatefold/graph/op.h"
#include "gatefold/lowering/layout.h"

namespace gatefold::lowering {

/// What a multiplier does in a step: weight times the word of its bank at an address. A slot that
/// is not used has the weight 0.
struct Slot {
  std::int64_t address = 0, weight = 0;
  bool used = false;
  friend bool operator==(const Slot&, const Slot&) = default;
};

/// A constant matrix over time: in every step each lane adds up to one product of each bank of
/// inputs to its sum. Bank k holds the inputs of lane k of the layout that comes in, by beat.
struct FoldedMatrix {
  enum class Order {
    Inputs,  // beat after beat of the inputs; every output has a lane
    Tiles,   // for each group of outputs, all beats of the inputs, which are kept
    Blocks,  // for each group of outputs, beats that no other group needs, as they come
    Lists,   // for each group of outputs, lists of used weights alone; inputs are kept
  };
  Order order = Order::Inputs;
  std::size_t banks = 1, lanes = 1;
  std::int64_t input_beats = 1;                    // of a position
  std::vector<std::vector<std::int64_t>> outputs;  // [group][lane], -1: none
  std::vector<std::vector<Slot>> slots;            // [step][lane * banks + bank]
  std::vector<std::int64_t> first, last;           // step of each group
  std::optional<graph::Reloadable> reloadable;     // which slots are used follows from no weight

  std::int64_t steps() const { return static_cast<std::int64_t>(slots.size()); }
  /// Beats of the inputs that a group of outputs in order of tiles or blocks takes or reads.
  std::int64_t beats_of_group() const;
  bool keeps_inputs() const { return order == Order::Tiles || order == Order::Lists; }
  /// Lane and bank pairs that have a weight.
  std::int64_t multipliers() const;
};

/// Which outputs come first in lists: as they are counted, those with the longest list of a bank,
/// which depends on the order in which the inputs come, or those with most weights, which does not.
enum class ListOrder { Counted, Longest, Weights };

/// The shape of a fold: inputs and outputs that are worked on at once, and in which order. Where
/// the outputs are that many slices of equal size, each beat or so many beats in a row have the
/// same elements of all slices.
struct Fold {
  FoldedMatrix::Order order = FoldedMatrix::Order::Inputs;
  std::size_t banks = 1, lanes = 1;
  std::int64_t slices = 1;
  std::int64_t multipliers = 1, steps = 1;
  ListOrder lists = ListOrder::Counted;
};

/// What a fold is chosen for.
struct FoldGoal {
  std::int64_t reuse = 1;   // most steps a position
  std::int64_t slices = 1;  // equal slices of the outputs; divides them
  /// The order of the outputs may not follow from that of the inputs, as where they are states that
  /// come from the outputs.
  bool is_recurrent = false;
};

FoldedMatrix fold_matrix(const graph::Linear& linear, const Layout& inputs, const Fold& fold);

/// The fold with the fewest multipliers that ends in time, for inputs that come in as in `inputs`;
/// of equal ones one that gives its outputs as they are counted, then the one with the fewest
/// steps. More reuse never takes more multipliers. There is one for every reuse of at least 1.
Fold choose_fold(const graph::Linear& linear, const Layout& inputs, const FoldGoal& goal);

/// The same for inputs that come in one of these layouts: none where no fold ends in time.
std::optional<Fold> choose_fold(const graph::Linear& linear, const std::vector<Layout>& layouts,
                                const FoldGoal& goal);

/// Whether inputs that come in this layout fold likewise, with no more multipliers and in time.
bool fits(const graph::Linear& linear, const Layout& inputs, const Fold& fold, std::int64_t reuse);

/// Numbers of lanes to which `layout_for` brings the inputs.
std::set<std::size_t> reachable_lanes(const Layout& inputs);

/// The layout with this many lanes that is nearest to how the inputs come in.
Layout layout_for(const Layout& inputs, std::size_t lanes);

}  // namespace gatefold::lowering
