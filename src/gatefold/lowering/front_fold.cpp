// A matrix over time: weights come from tables or read-only memories, products go to registers.
#include <algorithm>

#include "gatefold/lowering/fronts.h"

namespace gatefold::lowering {

using namespace hardware;

namespace {

using Order = FoldedMatrix::Order;

/// What the sum of each lane can be after any step.
std::vector<Interval> sums_of(const FoldFront& front) {
  const FoldedMatrix& matrix = front.matrix;
  std::vector<Interval> sums(matrix.lanes, Interval::constant(0));
  for (std::size_t g = 0; g < matrix.outputs.size(); ++g)
    for (std::size_t lane = 0; lane < matrix.lanes; ++lane) {
      Interval sum = Interval::constant(0);
      for (auto step = matrix.first[g]; step <= matrix.last[g]; ++step) {
        const auto& slots = matrix.slots[static_cast<std::size_t>(step)];
        for (std::size_t bank = 0; bank < matrix.banks; ++bank) {
          const Slot& slot = slots[lane * matrix.banks + bank];
          if (slot.weight == 0) continue;
          const auto element = front.inputs.groups[static_cast<std::size_t>(slot.address)][bank];
          sum = sum + front.ranges[static_cast<std::size_t>(element)] * slot.weight;
        }
        sums[lane] = numeric::hull(sums[lane], sum);
      }
    }
  return sums;
}

/// Schedules of more steps than this are read-only memories, shorter ones tables of LUTs.
constexpr std::int64_t longest_table = 64;

class FoldBuilder {
 public:
  FoldBuilder(Lowerer& lowerer, const FoldFront& front, const ProcessPlan& plan)
      : lowerer_(lowerer), matrix_(front.matrix), sums_(sums_of(front)), plan_(plan) {}

  FrontWords run(ChannelId channel) {
    add_loop(lowerer_, "position", plan_.layout.positions);
    const FrontWords frame = matrix_.order == Order::Lists ? start_lists() : start_tiles();
    const std::vector<Words> words = inputs(channel);
    FrontWords result{{{}}, frame.when, frame.group, frame.turns};
    for (std::size_t lane = 0; lane < matrix_.lanes; ++lane)
      result.values.front().push_back(sum(lane, words[lane]));
    return result;
  }

 private:
  std::int64_t groups() const { return static_cast<std::int64_t>(matrix_.outputs.size()); }

  FrontWords start_tiles() {
    const int group = add_loop(lowerer_, "outputs", groups());
    const std::int64_t beats = matrix_.beats_of_group();
    beat_ = add_loop(lowerer_, "inputs", beats);
    const ValueId g = count_of(lowerer_, group), i = count_of(lowerer_, beat_);
    step_ = groups() == 1 ? i : lowerer_.matrix({g, i}, {beats, 1}, 1).front();
    lowerer_.claim(step_, {0, matrix_.steps() - 1, 0});
    first_ = is_at(lowerer_, beat_, 0);
    loading_ = {range_of_counts(group, 0, 1)};
    is_loading_ = is_at(lowerer_, group, 0);
    load_address_ = i;
    return {{},
            {range_of_counts(beat_, beats - 1, beats)},
            groups() > 1 ? g : ValueId{},
            each_count(group, matrix_.outputs.size())};
  }

  FrontWords start_lists() {
    const int loop = add_loop(lowerer_, "step", matrix_.steps());
    step_ = count_of(lowerer_, loop);
    first_ = scheduled(
        [&](std::int64_t step) { return std::ranges::binary_search(matrix_.first, step) ? 1 : 0; });
    loading_ = {range_of_counts(loop, 0, matrix_.input_beats)};
    is_loading_ = lowerer_.compare(Relation::Less, step_, lowerer_.constant(matrix_.input_beats));
    load_address_ = lowerer_.clamp(step_, {0, matrix_.input_beats - 1, 0});
    CountRange gives{loop};
    gives.counts = matrix_.last;
    const ValueId group = scheduled([&](std::int64_t step) {
      return std::ranges::lower_bound(matrix_.last, step) - matrix_.last.begin();
    });
    return {{}, {gives}, groups() > 1 ? group : ValueId{}, gives};
  }

  /// The word of a fixed sequence over the steps of a position.
  template <typename Entry>
  ValueId scheduled(Entry entry) {
    std::vector<std::int64_t> words;
    for (std::int64_t step = 0; step < matrix_.steps(); ++step) words.push_back(entry(step));
    const auto [low, high] = std::ranges::minmax(words);
    if (low == high) return lowerer_.constant(low);
    if (matrix_.steps() <= longest_table) return lowerer_.lookup(step_, 0, words);
    auto& memories = lowerer_.process().memories;
    const MemoryId id{static_cast<std::int32_t>(memories.size())};
    const Interval range{low, high, 0};
    memories.push_back({"weights_" + std::to_string(id.index), range, std::move(words)});
    return lowerer_.emit(ReadMemory{id, step_}, range);
  }

  const Slot& slot(std::int64_t step, std::size_t lane, std::size_t bank) const {
    return matrix_.slots[static_cast<std::size_t>(step)][lane * matrix_.banks + bank];
  }

  /// The input of every multiplier: [lane][bank].
  std::vector<Words> inputs(ChannelId channel) {
    const bool kept = matrix_.keeps_inputs();
    const Words received = receive(lowerer_, channel, kept ? loading_ : When{});
    std::vector<Words> words(matrix_.lanes);
    for (std::size_t bank = 0; bank < matrix_.banks; ++bank) {
      if (!kept) {
        for (Words& lane : words) lane.push_back(received[bank]);
        continue;
      }
      const MemoryId memory = keep(received[bank], bank);
      for (std::size_t lane = 0; lane < matrix_.lanes; ++lane)
        words[lane].push_back(kept_word(memory, received[bank], lane, bank));
    }
    return words;
  }

  MemoryId keep(ValueId word, std::size_t bank) {
    auto& memories = lowerer_.process().memories;
    const MemoryId id{static_cast<std::int32_t>(memories.size())};
    memories.push_back({"inputs_" + std::to_string(bank), lowerer_.range(word),
                        std::vector<std::int64_t>(static_cast<std::size_t>(matrix_.input_beats))});
    lowerer_.emit(WriteMemory{id, load_address_, word, is_loading_}, lowerer_.range(word));
    return id;
  }

  ValueId kept_word(MemoryId memory, ValueId received, std::size_t lane, std::size_t bank) {
    const bool tiles = matrix_.order == Order::Tiles;
    const ValueId address =
        tiles ? count_of(lowerer_, beat_)
              : scheduled([&](std::int64_t step) { return slot(step, lane, bank).address; });
    const ValueId stored = lowerer_.emit(ReadMemory{memory, address}, lowerer_.range(received));
    return tiles ? lowerer_.select(is_loading_, received, stored) : stored;
  }

  /// The sum of a lane, with the products of this step.
  ValueId sum(std::size_t lane, const Words& words) {
    Words products;
    for (std::size_t bank = 0; bank < matrix_.banks; ++bank) {
      const ValueId weight =
          scheduled([&](std::int64_t step) { return slot(step, lane, bank).weight; });
      const Interval& range = lowerer_.range(weight);
      if (range.is_constant() && range.low == 0) continue;
      products.push_back(lowerer_.multiply(words[bank], weight));
    }
    if (products.empty()) return lowerer_.constant(0);
    const std::vector<std::int64_t> ones(products.size(), 1);
    const ValueId all = lowerer_.matrix(products, ones, 1).front();
    if (matrix_.steps() == groups()) return all;
    const Register state = add_register(lowerer_, "sum_" + std::to_string(lane), sums_[lane]);
    const ValueId before = lowerer_.select(first_, lowerer_.constant(0), state.now);
    const ValueId next = lowerer_.add(all, before);
    lowerer_.claim(next, sums_[lane]);
    write(lowerer_, state, next);
    return next;
  }

  Lowerer& lowerer_;
  const FoldedMatrix& matrix_;
  std::vector<Interval> sums_;
  const ProcessPlan& plan_;
  int beat_ = 0;
  ValueId step_, first_, is_loading_, load_address_;
  When loading_;
};

}  // namespace

FrontWords build(Lowerer& lowerer, const FoldFront& front, const ProcessPlan& plan,
                 const std::vector<ChannelId>& takes) {
  return FoldBuilder(lowerer, front, plan).run(takes.front());
}

}  // namespace gatefold::lowering
