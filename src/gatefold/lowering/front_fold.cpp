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
      Interval sum = matrix.reloadable ? matrix.reloadable->addend : Interval::constant(0);
      for (auto step = matrix.first[g]; step <= matrix.last[g]; ++step) {
        const auto& slots = matrix.slots[static_cast<std::size_t>(step)];
        for (std::size_t bank = 0; bank < matrix.banks; ++bank) {
          const Slot& slot = slots[lane * matrix.banks + bank];
          if (!slot.used) continue;
          const auto element = front.inputs.groups[static_cast<std::size_t>(slot.address)][bank];
          const Interval& input = front.ranges[static_cast<std::size_t>(element)];
          sum =
              sum + (matrix.reloadable ? input * matrix.reloadable->weights : input * slot.weight);
        }
        sums[lane] = numeric::hull(sums[lane], sum);
      }
    }
  return sums;
}

/// Schedules of more steps than this are read-only memories, shorter ones tables of LUTs.
constexpr std::int64_t longest_table = 64;

/// Lists of several lanes read at addresses of their own: LUT RAM of 64 words has three read ports.
constexpr std::size_t readers_of_copy = 3;

class FoldBuilder {
 public:
  FoldBuilder(Lowerer& lowerer, const FoldFront& front, const ProcessPlan& plan)
      : lowerer_(lowerer), matrix_(front.matrix), sums_(sums_of(front)), plan_(plan) {}

  FrontWords run(ChannelId channel) {
    add_loop(lowerer_, "position", plan_.layout.positions);
    const FrontWords frame = matrix_.order == Order::Lists ? start_lists() : start_tiles();
    group_ = frame.group;
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
    return read("weights_", step_, {low, high, 0}, std::move(words), false);
  }

  ValueId read(const std::string& name, ValueId address, const Interval& range,
               std::vector<std::int64_t> words, bool reloadable) {
    auto& memories = lowerer_.process().memories;
    const MemoryId id{static_cast<std::int32_t>(memories.size())};
    memories.push_back({name + std::to_string(id.index), range, std::move(words), reloadable});
    return lowerer_.emit(ReadMemory{id, address}, range);
  }

  /// The weight of a multiplier; 0 where no step uses it.
  ValueId weight(std::size_t lane, std::size_t bank) {
    const auto entry = [&](std::int64_t step) { return slot(step, lane, bank).weight; };
    if (!matrix_.reloadable) return scheduled(entry);
    std::vector<std::int64_t> words;
    bool used = false;
    for (std::int64_t step = 0; step < matrix_.steps(); ++step) {
      words.push_back(entry(step));
      used = used || slot(step, lane, bank).used;
    }
    if (!used) return lowerer_.constant(0);
    return read("weights_", step_, matrix_.reloadable->weights, std::move(words), true);
  }

  /// What the sum of a lane begins with.
  ValueId start(std::size_t lane) {
    if (!matrix_.reloadable || matrix_.reloadable->addends.empty()) return lowerer_.constant(0);
    std::vector<std::int64_t> words;
    for (const auto& outputs : matrix_.outputs)
      words.push_back(outputs[lane] < 0
                          ? 0
                          : matrix_.reloadable->addends[static_cast<std::size_t>(outputs[lane])]);
    const ValueId group = group_.valid() ? group_ : lowerer_.constant(0);
    return read("biases_", group, matrix_.reloadable->addend, std::move(words), true);
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
      const std::size_t readers = matrix_.order == Order::Lists ? readers_of_copy : matrix_.lanes;
      MemoryId memory;
      for (std::size_t lane = 0; lane < matrix_.lanes; ++lane) {
        if (lane % readers == 0) memory = keep(received[bank], bank);
        words[lane].push_back(kept_word(memory, received[bank], lane, bank));
      }
    }
    return words;
  }

  MemoryId keep(ValueId word, std::size_t bank) {
    auto& memories = lowerer_.process().memories;
    const MemoryId id{static_cast<std::int32_t>(memories.size())};
    memories.push_back({"inputs_" + std::to_string(bank) + "_" + std::to_string(id.index),
                        lowerer_.range(word),
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
      const ValueId factor = weight(lane, bank);
      const Interval& range = lowerer_.range(factor);
      if (range.is_constant() && range.low == 0) continue;
      products.push_back(lowerer_.multiply(words[bank], factor));
    }
    const ValueId first = start(lane);
    if (products.empty()) return first;
    const std::vector<std::int64_t> ones(products.size(), 1);
    const ValueId all = lowerer_.matrix(products, ones, 1).front();
    if (matrix_.steps() == groups()) return lowerer_.add(all, first);
    const Register state = add_register(lowerer_, "sum_" + std::to_string(lane), sums_[lane]);
    const ValueId before = lowerer_.select(first_, first, state.now);
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
  ValueId step_, first_, is_loading_, load_address_, group_;
  When loading_;
};

}  // namespace

FrontWords build(Lowerer& lowerer, const FoldFront& front, const ProcessPlan& plan,
                 const std::vector<ChannelId>& takes) {
  return FoldBuilder(lowerer, front, plan).run(takes.front());
}

}  // namespace gatefold::lowering
