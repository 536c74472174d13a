#include "gatefold/lowering/folded_matrix.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>

#include "gatefold/lowering/folded_blocks.h"

namespace gatefold::lowering {
namespace {

using Order = FoldedMatrix::Order;

/// The weights of all groups as one matrix, zero outside of its blocks.
class BlockMatrix {
 public:
  explicit BlockMatrix(const graph::Linear& linear)
      : keeps_zeros_(linear.reloadable.has_value()),
        weights_(linear.weights.data),
        rows_(linear.weights.shape[1]),
        columns_(linear.weights.shape[2]),
        groups_(linear.weights.shape[0]) {}

  std::int64_t inputs() const { return groups_ * rows_; }
  std::int64_t outputs() const { return groups_ * columns_; }
  /// A zero is used where other weights may take its place.
  Slot slot(std::size_t beat, std::int64_t input, std::int64_t output) const {
    const auto address = static_cast<std::int64_t>(beat);
    if (input < 0 || output < 0 || input / rows_ != output / columns_) return {address};
    const std::int64_t row = (input / rows_) * rows_ + input % rows_;
    const std::int64_t weight =
        weights_[static_cast<std::size_t>(row * columns_ + output % columns_)];
    return {address, weight, keeps_zeros_ || weight != 0};
  }

 private:
  bool keeps_zeros_;
  const std::vector<std::int64_t>& weights_;
  std::int64_t rows_, columns_, groups_;
};

std::size_t size(std::int64_t count) { return static_cast<std::size_t>(count); }

/// For each group of outputs all beats of the inputs, or its own where they come in blocks.
void add_tiles(FoldedMatrix& folded, const BlockMatrix& matrix, const Layout& inputs) {
  const std::size_t beats = size(folded.beats_of_group());
  std::size_t begin = 0;
  for (const auto& outputs : folded.outputs) {
    folded.first.push_back(folded.steps());
    for (std::size_t beat = begin; beat < begin + beats; ++beat) {
      std::vector<Slot> slots;
      for (const std::int64_t output : outputs)
        for (const std::int64_t input : inputs.groups[beat])
          slots.push_back(matrix.slot(beat, input, output));
      folded.slots.push_back(std::move(slots));
    }
    folded.last.push_back(folded.steps() - 1);
    if (folded.order == Order::Blocks) begin += beats;
  }
}

/// The weights that an output uses, by bank, in the order in which its inputs come in.
using Lists = std::vector<std::vector<Slot>>;

Lists lists_of(const BlockMatrix& matrix, const Layout& inputs, std::int64_t output) {
  Lists lists(inputs.lanes());
  for (std::size_t beat = 0; beat < inputs.groups.size(); ++beat)
    for (std::size_t bank = 0; bank < lists.size(); ++bank)
      if (const Slot slot = matrix.slot(beat, inputs.groups[beat][bank], output); slot.used)
        lists[bank].push_back(slot);
  return lists;
}

std::size_t longest(const Lists& lists) {
  std::size_t most = 0;
  for (const auto& list : lists) most = std::max(most, list.size());
  return most;
}

std::size_t weights_in(const Lists& lists) {
  std::size_t weights = 0;
  for (const auto& list : lists) weights += list.size();
  return weights;
}

/// Steps from `start` on until one list is done, when a beat can be read one step after it came.
std::int64_t end_of(const std::vector<Slot>& list, std::int64_t start) {
  std::int64_t step = start;
  for (const Slot& slot : list) step = std::max(step, slot.address + 1) + 1;
  return step;
}

/// The steps of one group of outputs; a step for outputs without weights too.
std::int64_t end_of(const std::vector<const Lists*>& group, std::int64_t start) {
  std::int64_t end = start + 1;
  for (const Lists* lists : group)
    for (const auto& list : *lists) end = std::max(end, end_of(list, start));
  return end;
}

std::vector<std::int64_t> counted(std::int64_t count) {
  std::vector<std::int64_t> numbers(size(count));
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

/// For each of these elements of a slice, the outputs of all slices.
std::vector<std::int64_t> interleaved(const std::vector<std::int64_t>& elements,
                                      std::int64_t slices) {
  std::vector<std::int64_t> order;
  for (const std::int64_t element : elements)
    for (std::int64_t slice = 0; slice < slices; ++slice)
      order.push_back(slice * std::ssize(elements) + element);
  return order;
}

/// Outputs with lists of equal length, or with as many weights, come next to one another, those of
/// the slices together.
std::vector<std::int64_t> ordered(const std::vector<Lists>& lists, std::int64_t slices,
                                  ListOrder order) {
  std::vector<std::int64_t> elements = counted(std::ssize(lists) / slices);
  if (order == ListOrder::Counted) return interleaved(elements, slices);
  std::vector<std::size_t> lengths;
  for (const auto element : elements) {
    std::size_t most = 0;
    for (const auto output : interleaved({element}, slices)) {
      const Lists& own = lists[size(output)];
      most = std::max(most, order == ListOrder::Longest ? longest(own) : weights_in(own));
    }
    lengths.push_back(most);
  }
  std::ranges::stable_sort(elements, std::greater<>(),
                           [&](auto element) { return lengths[size(element)]; });
  return interleaved(elements, slices);
}

std::vector<const Lists*> members(const std::vector<Lists>& lists,
                                  const std::vector<std::int64_t>& outputs) {
  std::vector<const Lists*> group;
  for (const auto output : outputs)
    if (output >= 0) group.push_back(&lists[size(output)]);
  return group;
}

std::vector<std::vector<std::int64_t>> groups_of(const std::vector<std::int64_t>& order,
                                                 std::size_t lanes) {
  std::vector<std::vector<std::int64_t>> groups;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i % lanes == 0) groups.emplace_back(lanes, -1);
    groups.back()[i % lanes] = order[i];
  }
  return groups;
}

/// Every input must have come before the position ends.
std::int64_t steps_of_lists(const std::vector<Lists>& lists, const std::vector<std::int64_t>& order,
                            std::size_t lanes, std::int64_t beats) {
  std::int64_t step = 0;
  const auto groups = groups_of(order, lanes);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    step = end_of(members(lists, groups[g]), step);
    if (g + 1 == groups.size()) step = std::max(step, beats);
  }
  return step;
}

void place(FoldedMatrix& folded, std::size_t lane, const Lists& lists, std::int64_t start) {
  for (std::size_t bank = 0; bank < lists.size(); ++bank) {
    std::int64_t step = start;
    for (const Slot& slot : lists[bank]) {
      step = std::max(step, slot.address + 1);
      folded.slots[size(step++)][lane * folded.banks + bank] = slot;
    }
  }
}

void add_lists(FoldedMatrix& folded, const std::vector<Lists>& lists) {
  for (std::size_t g = 0; g < folded.outputs.size(); ++g) {
    const auto& outputs = folded.outputs[g];
    const std::int64_t start = folded.steps();
    std::int64_t end = end_of(members(lists, outputs), start);
    if (g + 1 == folded.outputs.size()) end = std::max(end, folded.input_beats);
    folded.slots.resize(size(end), std::vector<Slot>(folded.lanes * folded.banks));
    for (std::size_t lane = 0; lane < outputs.size(); ++lane)
      if (outputs[lane] >= 0) place(folded, lane, lists[size(outputs[lane])], start);
    folded.first.push_back(start);
    folded.last.push_back(end - 1);
  }
}

std::vector<Lists> all_lists(const BlockMatrix& matrix, const Layout& inputs) {
  std::vector<Lists> lists;
  for (std::int64_t j = 0; j < matrix.outputs(); ++j) lists.push_back(lists_of(matrix, inputs, j));
  return lists;
}

/// Ranks folds: multipliers, then outputs that no process has to bring into order, then steps, then
/// the outputs at once, each of which has a sum and what stands behind it, then what needs no
/// memory for its inputs.
using Rank = std::tuple<std::int64_t, bool, std::int64_t, std::size_t, bool>;

class Chooser {
 public:
  Chooser(const graph::Linear& linear, const FoldGoal& goal)
      : linear_(linear),
        matrix_(linear),
        reuse_(goal.reuse),
        slices_(goal.slices),
        is_recurrent_(goal.is_recurrent) {
    for (std::int64_t lanes = 1; lanes <= matrix_.outputs(); ++lanes)
      if (keeps_slices(lanes)) lanes_.push_back(lanes);
  }

  void consider(const Layout& inputs) {
    const auto beats = static_cast<std::int64_t>(inputs.groups.size());
    if (beats > reuse_) return;
    const auto banks = static_cast<std::int64_t>(inputs.lanes());
    const std::int64_t outputs = matrix_.outputs();
    offer({Order::Inputs, inputs.lanes(), size(outputs), slices_, banks * outputs, beats});
    const std::int64_t groups = std::min(reuse_ / beats, outputs);
    const std::int64_t lanes = *std::ranges::lower_bound(lanes_, (outputs + groups - 1) / groups);
    const std::int64_t passes = (outputs + lanes - 1) / lanes;
    if (passes > 1)
      offer({Order::Tiles, inputs.lanes(), size(lanes), slices_, banks * lanes, passes * beats});
    if (const auto blocks = slices_ == 1 ? blocks_of(linear_, inputs) : std::nullopt)
      offer({Order::Blocks, inputs.lanes(), blocks->outputs.front().size(), slices_,
             blocks->multipliers, beats});
    const auto lists = all_lists(matrix_, inputs);
    consider_lists(inputs, lists, ListOrder::Counted);
    consider_lists(inputs, lists, ListOrder::Weights);
    if (!is_recurrent_) consider_lists(inputs, lists, ListOrder::Longest);
  }

  std::optional<Fold> best() const { return best_; }

 private:
  static Rank rank(const Fold& fold) {
    const bool keeps = fold.order == Order::Tiles || fold.order == Order::Lists;
    const bool is_sorted = fold.order == Order::Lists && fold.lists != ListOrder::Counted;
    return {fold.multipliers, is_sorted, fold.steps, fold.lanes, keeps};
  }

  /// Whether the beats of all slices are alike: then what is computed from them can go back into
  /// the matrix as it comes.
  bool keeps_slices(std::int64_t lanes) const {
    return slices_ % lanes == 0 || lanes % slices_ == 0;
  }

  void offer(const Fold& fold) {
    if (!best_ || rank(fold) < rank(*best_)) best_ = fold;
  }

  /// The fewest lanes whose lists end in time, by bisection; steps fall with lanes, nearly always.
  void consider_lists(const Layout& inputs, const std::vector<Lists>& lists, ListOrder by) {
    const auto order = ordered(lists, slices_, by);
    const auto beats = static_cast<std::int64_t>(inputs.groups.size());
    const auto steps = [&](std::int64_t lanes) {
      return steps_of_lists(lists, order, size(lanes), beats);
    };
    if (steps(lanes_.back()) > reuse_) return;
    const auto lanes = *std::ranges::partition_point(
        lanes_, [&](std::int64_t count) { return steps(count) > reuse_; });
    offer({Order::Lists, inputs.lanes(), size(lanes), slices_,
           lanes * static_cast<std::int64_t>(inputs.lanes()), steps(lanes), by});
  }

  const graph::Linear& linear_;
  BlockMatrix matrix_;
  std::int64_t reuse_, slices_;
  bool is_recurrent_;
  std::vector<std::int64_t> lanes_;  // numbers of outputs at once that keep the slices alike
  std::optional<Fold> best_;
};

}  // namespace

std::int64_t FoldedMatrix::beats_of_group() const {
  const auto groups = static_cast<std::int64_t>(outputs.size());
  return order == Order::Blocks ? input_beats / groups : input_beats;
}

std::int64_t FoldedMatrix::multipliers() const {
  std::vector<bool> used(lanes * banks, false);
  for (const auto& step : slots)
    for (std::size_t i = 0; i < step.size(); ++i)
      if (step[i].used) used[i] = true;
  return std::ranges::count(used, true);
}

FoldedMatrix fold_matrix(const graph::Linear& linear, const Layout& inputs, const Fold& fold) {
  const BlockMatrix matrix(linear);
  FoldedMatrix folded{fold.order,
                      fold.banks,
                      fold.lanes,
                      static_cast<std::int64_t>(inputs.groups.size()),
                      {},
                      {},
                      {},
                      {},
                      linear.reloadable};
  if (fold.order == Order::Lists) {
    const auto lists = all_lists(matrix, inputs);
    folded.outputs = groups_of(ordered(lists, fold.slices, fold.lists), fold.lanes);
    add_lists(folded, lists);
  } else {
    const std::int64_t slices = fold.order == Order::Inputs ? 1 : fold.slices;
    folded.outputs =
        fold.order == Order::Blocks
            ? blocks_of(linear, inputs).value().outputs
            : groups_of(interleaved(counted(matrix.outputs() / slices), slices), fold.lanes);
    add_tiles(folded, matrix, inputs);
  }
  return folded;
}

Fold choose_fold(const graph::Linear& linear, const Layout& inputs, const FoldGoal& goal) {
  std::vector<Layout> layouts;
  for (const std::size_t lanes : reachable_lanes(inputs))
    layouts.push_back(layout_for(inputs, lanes));
  return choose_fold(linear, layouts, goal).value();
}

std::optional<Fold> choose_fold(const graph::Linear& linear, const std::vector<Layout>& layouts,
                                const FoldGoal& goal) {
  Chooser chooser(linear, goal);
  for (const Layout& layout : layouts) chooser.consider(layout);
  return chooser.best();
}

bool fits(const graph::Linear& linear, const Layout& inputs, const Fold& fold, std::int64_t reuse) {
  if (fold.order != Order::Blocks) return fold_matrix(linear, inputs, fold).steps() <= reuse;
  const auto blocks = blocks_of(linear, inputs);
  return blocks && blocks->outputs.front().size() == fold.lanes &&
         blocks->multipliers <= fold.multipliers &&
         static_cast<std::int64_t>(inputs.groups.size()) <= reuse;
}

std::set<std::size_t> reachable_lanes(const Layout& inputs) {
  std::set<std::size_t> lanes;
  const std::size_t own = inputs.lanes();
  for (std::size_t d = 1; d * d <= own; ++d)
    if (own % d == 0) lanes.insert({d, own / d});
  for (std::size_t count = 2; count <= inputs.groups.size(); ++count)
    if (inputs.groups.size() % count == 0) lanes.insert(own * count);
  return lanes;
}

Layout layout_for(const Layout& inputs, std::size_t lanes) {
  return lanes <= inputs.lanes() ? cut(inputs, lanes) : joined(inputs, lanes / inputs.lanes());
}

}  // namespace gatefold::lowering
