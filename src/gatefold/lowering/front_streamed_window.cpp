// Sliding windows without registers: beats wait in a memory and are read word by word.
#include <bit>

#include "gatefold/lowering/fronts.h"
#include "gatefold/lowering/streamed_window.h"

namespace gatefold::lowering {

using namespace hardware;

namespace {

class StreamedWindowBuilder {
 public:
  StreamedWindowBuilder(Lowerer& lowerer, const StreamedWindowFront& front)
      : lowerer_(lowerer), window_(front.window), pad_(front.pad), reduce_(front.reduce) {}

  FrontWords run(ChannelId channel) {
    row_ = add_loop(lowerer_, "row", window_.rows.steps());
    column_ = add_loop(lowerer_, "column", window_.columns.steps());
    beat_ = add_loop(lowerer_, "beat", window_.beats);
    tap_row_ = add_loop(lowerer_, "tap_row", window_.rows.kernel);
    tap_column_ = add_loop(lowerer_, "tap_column", window_.columns.kernel);
    const StreamedAxis &rows = window_.rows, &columns = window_.columns;
    const When takes{
        range_of_counts(row_, rows.first_load, rows.first_load + rows.loads),
        range_of_counts(column_, columns.first_load, columns.first_load + columns.loads),
        range_of_counts(tap_row_, 0, window_.tap_rows),
        range_of_counts(tap_column_, 0, window_.tap_columns)};
    const Words received = receive(lowerer_, channel, takes);
    FrontWords result{{received}, {reads(rows, row_), reads(columns, column_)}, {}};
    if (window_.kept_beats() > 0) result.values.front() = kept(received, takes);
    if (reduce_) {
      reduce_taps(result);
      return result;
    }
    if (window_.beats * window_.taps() > 1)
      result.group =
          linear({{beat_, window_.taps()}, {tap_row_, columns.kernel}, {tap_column_, 1}}, 0);
    return result;
  }

 private:
  static CountRange reads(const StreamedAxis& axis, int loop) {
    return range_of_counts(loop, axis.first_read, axis.step_of(axis.outputs - 1) + 1, axis.pace);
  }

  struct Term {
    int loop;
    std::int64_t weight;
  };

  ValueId linear(const std::vector<Term>& terms, std::int64_t constant) {
    Words counts;
    std::vector<std::int64_t> weights;
    for (const Term& term : terms) {
      counts.push_back(count_of(lowerer_, term.loop));
      weights.push_back(term.weight);
    }
    return lowerer_.matrix(counts, weights, 1, {constant}).front();
  }

  /// Words that are reduced over the taps stand in the last one.
  void reduce_taps(FrontWords& front) {
    const ValueId first = both(is_at(lowerer_, tap_row_, 0), is_at(lowerer_, tap_column_, 0));
    for (std::size_t lane = 0; lane < front.values.front().size(); ++lane) {
      ValueId& word = front.values.front()[lane];
      const Register state =
          add_register(lowerer_, "reduced_" + std::to_string(lane),
                       reduced_range(*reduce_, lowerer_.range(word), window_.taps()));
      word = reduced(lowerer_, *reduce_, first, word, state.now);
      write(lowerer_, state, word);
    }
    for (const auto& [loop, kernel] :
         {std::pair{tap_row_, window_.rows.kernel}, std::pair{tap_column_, window_.columns.kernel}})
      front.when.push_back(range_of_counts(loop, kernel - 1, kernel));
    if (window_.beats > 1) front.group = count_of(lowerer_, beat_);
    front.turns = each_count(beat_, static_cast<std::size_t>(window_.beats));
  }

  /// What comes is written behind what came before, round and round; each word is read where the
  /// pixel of its tap was written.
  Words kept(const Words& received, const When& takes) {
    const auto beats = static_cast<std::uint64_t>(window_.kept_beats());
    bits_ = std::max(1, static_cast<int>(std::bit_width(beats - 1)));
    const ValueId is_taken = all_of(takes), written = write_address(), read = read_address();
    const ValueId inside = is_inside();
    Words words;
    for (std::size_t lane = 0; lane < received.size(); ++lane) {
      auto& memories = lowerer_.process().memories;
      const MemoryId id{static_cast<std::int32_t>(memories.size())};
      const Interval range = numeric::hull(lowerer_.range(received[lane]), Interval::constant(0));
      memories.push_back({"pixels_" + std::to_string(lane), range,
                          std::vector<std::int64_t>(std::size_t{1} << bits_, 0)});
      const ValueId word = lowerer_.emit(ReadMemory{id, read}, range);
      lowerer_.emit(WriteMemory{id, written, received[lane], is_taken},
                    lowerer_.range(received[lane]));
      words.push_back(inside.valid() ? lowerer_.select(inside, word, lowerer_.constant(pad_))
                                     : word);
    }
    return words;
  }

  /// The address of the beat with this number: the memory holds a power of two.
  ValueId address(const std::vector<Term>& terms, std::int64_t constant) {
    const std::int64_t words = std::int64_t{1} << bits_;
    const auto low = [&](std::int64_t n) { return ((n % words) + words) % words; };
    std::vector<Term> reduced;
    for (const Term& term : terms) reduced.push_back({term.loop, low(term.weight)});
    return lowerer_.wrap(linear(reduced, low(constant)), bits_, false);
  }

  ValueId write_address() {
    const std::int64_t by_row = window_.pixels_of_row() * window_.beats;
    const std::int64_t by_column = window_.pixels_of_column() * window_.beats;
    return address({{row_, by_row},
                    {column_, by_column},
                    {beat_, window_.pixels_of_column()},
                    {tap_row_, window_.tap_columns},
                    {tap_column_, 1}},
                   -window_.rows.first_load * by_row - window_.columns.first_load * by_column);
  }

  ValueId read_address() {
    const StreamedAxis &rows = window_.rows, &columns = window_.columns;
    const std::int64_t row = columns.extent * window_.beats, column = window_.beats;
    return address({{row_, rows.advance() * row},
                    {column_, columns.advance() * column},
                    {beat_, 1},
                    {tap_row_, rows.dilation * row},
                    {tap_column_, columns.dilation * column}},
                   rows.origin() * row + columns.origin() * column);
  }

  /// Whether the tap is a pixel and no padding; invalid where it always is.
  ValueId is_inside() {
    return both(is_inside(window_.rows, row_, tap_row_),
                is_inside(window_.columns, column_, tap_column_));
  }

  ValueId is_inside(const StreamedAxis& axis, int loop, int tap) {
    if (!axis.pads_before() && !axis.pads_after()) return {};
    const ValueId at = linear({{loop, axis.advance()}, {tap, axis.dilation}}, axis.origin());
    ValueId inside;
    if (axis.pads_before())
      inside = lowerer_.compare(Relation::LessEqual, lowerer_.constant(0), at);
    if (axis.pads_after())
      inside = both(inside, lowerer_.compare(Relation::Less, at, lowerer_.constant(axis.extent)));
    return inside;
  }

  ValueId both(ValueId a, ValueId b) {
    if (!a.valid()) return b;
    return b.valid() ? lowerer_.emit(Logic{LogicKind::And, a, b}, {0, 1, 0}) : a;
  }

  /// Whether the counts are in all ranges; invalid where they always are.
  ValueId all_of(const When& ranges) {
    ValueId result;
    for (const CountRange& range : ranges) {
      const ValueId count = count_of(lowerer_, range.loop);
      if (range.first > 0)
        result = both(result,
                      lowerer_.compare(Relation::LessEqual, lowerer_.constant(range.first), count));
      if (range.end < lowerer_.process().loops[static_cast<std::size_t>(range.loop)].trips)
        result =
            both(result, lowerer_.compare(Relation::Less, count, lowerer_.constant(range.end)));
    }
    return result;
  }

  Lowerer& lowerer_;
  StreamedWindow window_;
  std::int64_t pad_;
  std::optional<graph::ReduceKind> reduce_;
  int row_ = 0, column_ = 0, beat_ = 0, tap_row_ = 0, tap_column_ = 0;
  int bits_ = 0;
};

}  // namespace

FrontWords build(Lowerer& lowerer, const StreamedWindowFront& front,
                 const std::vector<ChannelId>& takes) {
  return StreamedWindowBuilder(lowerer, front).run(takes.front());
}

}  // namespace gatefold::lowering
