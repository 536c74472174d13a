// Sliding windows: rows before the newest wait in line memories, columns in registers.
#include "gatefold/lowering/fronts.h"

namespace gatefold::lowering {

using namespace hardware;

namespace {

/// One spatial axis of a window, in steps of the loop over it. Step s brings the coordinate
/// s - shift; with `shift` > 0 the first windows lie wholly before the first coordinate.
struct Axis {
  std::int64_t extent, reach, before, stride, dilation, kernel, outputs;

  std::int64_t shift() const { return std::max<std::int64_t>(0, before - reach); }
  /// The step that completes window `output`.
  std::int64_t step_of(std::int64_t output) const {
    return output * stride - before + reach + shift();
  }
  std::int64_t steps() const { return std::max(extent + shift(), step_of(outputs - 1) + 1); }
  CountRange takes(int loop) const { return range_of_counts(loop, shift(), shift() + extent); }
  CountRange gives(int loop) const {
    return range_of_counts(loop, step_of(0), step_of(outputs - 1) + 1, stride);
  }
  bool has_padding() const { return before > 0 || steps() > extent; }
};

Axis axis_of(const WindowFront& front, std::size_t i) {
  return {front.extents[i],   (front.kernel[i] - 1) * front.dilations[i],
          front.before[i],    front.strides[i],
          front.dilations[i], front.kernel[i],
          front.outputs[i]};
}

class WindowBuilder {
 public:
  WindowBuilder(Lowerer& lowerer, const WindowFront& front)
      : lowerer_(lowerer),
        rows_(front.kernel.size() == 2 ? axis_of(front, 0) : Axis{1, 0, 0, 1, 1, 1, 1}),
        columns_(axis_of(front, front.kernel.size() - 1)),
        pad_(front.pad) {}

  FrontWords run(ChannelId channel) {
    row_ = add_loop(lowerer_, "row", rows_.steps());
    column_ = add_loop(lowerer_, "column", columns_.steps());
    const Words pixel = incoming(channel);
    const std::vector<Words> lines = delayed_rows(pixel);
    FrontWords result{{{}}, {rows_.gives(row_), columns_.gives(column_)}, {}};
    std::vector<std::vector<Words>> taps;
    for (std::int64_t i = 0; i < rows_.kernel; ++i)
      taps.push_back(
          delayed_columns(lines[static_cast<std::size_t>(rows_.reach - i * rows_.dilation)], i));
    for (const auto& row : taps)
      for (const Words& words : row)
        result.values.front().insert(result.values.front().end(), words.begin(), words.end());
    return result;
  }

 private:
  /// The pixel of this step; the padding where there is none.
  Words incoming(ChannelId channel) {
    Words words = receive(lowerer_, channel, {rows_.takes(row_), columns_.takes(column_)});
    if (pad_ == 0 || (rows_.steps() == rows_.extent && columns_.steps() == columns_.extent))
      return words;
    const ValueId inside = lowerer_.emit(
        Logic{LogicKind::And, within(row_, rows_), within(column_, columns_)}, {0, 1, 0});
    for (ValueId& word : words) word = lowerer_.select(inside, word, lowerer_.constant(pad_));
    return words;
  }

  ValueId within(int loop, const Axis& axis) {
    const ValueId count = count_of(lowerer_, loop);
    const ValueId late =
        lowerer_.compare(Relation::LessEqual, lowerer_.constant(axis.shift()), count);
    const ValueId early =
        lowerer_.compare(Relation::Less, count, lowerer_.constant(axis.shift() + axis.extent));
    return lowerer_.emit(Logic{LogicKind::And, late, early}, {0, 1, 0});
  }

  /// Words of the rows before: [0] this row, [d] the row d before it.
  std::vector<Words> delayed_rows(const Words& pixel) {
    std::vector<Words> rows{pixel};
    for (std::int64_t d = 1; d <= rows_.reach; ++d) {
      Words words;
      for (std::size_t k = 0; k < pixel.size(); ++k) words.push_back(line(rows.back()[k], d, k));
      rows.push_back(std::move(words));
    }
    if (rows_.before > 0)
      for (std::int64_t d = 1; d <= rows_.reach; ++d)
        mask(rows[static_cast<std::size_t>(d)], row_, rows_.shift() + d);
    return rows;
  }

  /// A memory of one row: gives the word of the row before, keeps this one.
  ValueId line(ValueId word, std::int64_t delay, std::size_t channel) {
    auto& memories = lowerer_.process().memories;
    const MemoryId id{static_cast<std::int32_t>(memories.size())};
    const Interval range = numeric::hull(lowerer_.range(word), Interval::constant(0));
    memories.push_back({"line_" + std::to_string(delay) + "_" + std::to_string(channel), range,
                        std::vector<std::int64_t>(static_cast<std::size_t>(columns_.steps()), 0)});
    const ValueId address = count_of(lowerer_, column_);
    const ValueId before = lowerer_.emit(ReadMemory{id, address}, range);
    lowerer_.emit(WriteMemory{id, address, word, {}}, lowerer_.range(word));
    return before;
  }

  /// The padding in the steps before the first that brings a coordinate `count` steps ago.
  void mask(Words& words, int loop, std::int64_t count) {
    const ValueId outside =
        lowerer_.compare(Relation::Less, count_of(lowerer_, loop), lowerer_.constant(count));
    for (ValueId& word : words) word = lowerer_.select(outside, lowerer_.constant(pad_), word);
  }

  /// Words of one row of the window, from its first column.
  std::vector<Words> delayed_columns(const Words& newest, std::int64_t row) {
    std::vector<Words> columns{newest};
    for (std::int64_t d = 1; d <= columns_.reach; ++d) {
      Words words;
      for (std::size_t k = 0; k < newest.size(); ++k) {
        const ValueId word = columns.back()[k];
        const Register state = add_register(
            lowerer_,
            "column_" + std::to_string(row) + "_" + std::to_string(d) + "_" + std::to_string(k),
            numeric::hull(lowerer_.range(word), Interval::constant(0)));
        write(lowerer_, state, word);
        words.push_back(state.now);
      }
      columns.push_back(std::move(words));
    }
    std::vector<Words> taps;
    for (std::int64_t j = 0; j < columns_.kernel; ++j) {
      const std::int64_t delay = columns_.reach - j * columns_.dilation;
      taps.push_back(columns[static_cast<std::size_t>(delay)]);
      if (columns_.before > 0 && delay > 0) mask(taps.back(), column_, columns_.shift() + delay);
    }
    return taps;
  }

  Lowerer& lowerer_;
  Axis rows_, columns_;
  std::int64_t pad_;
  int row_ = 0, column_ = 0;
};

}  // namespace

FrontWords build(Lowerer& lowerer, const WindowFront& front, const std::vector<ChannelId>& takes) {
  return WindowBuilder(lowerer, front).run(takes.front());
}

}  // namespace gatefold::lowering
