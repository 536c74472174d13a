#include "gatefold/lowering/streamed_window.h"

#include <algorithm>
#include <tuple>
#include <vector>

#include "gatefold/lowering/network.h"

namespace gatefold::lowering {
namespace {

std::int64_t ceil_divide(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

StreamedAxis axis_of(const WindowFront& window, std::size_t i) {
  return {window.extents[i],   window.kernel[i], window.strides[i],
          window.dilations[i], window.before[i], window.outputs[i]};
}

/// A pixel a step; windows are read `lag` steps after their last pixel came, or later.
void go_in_raster(StreamedAxis& axis, std::int64_t lag) {
  const std::int64_t delay = axis.reach() - axis.before + lag;
  axis.first_load = std::max<std::int64_t>(0, -delay);
  axis.loads = axis.extent;
  axis.first_read = std::max<std::int64_t>(0, delay);
  axis.pace = axis.stride;
}

std::vector<std::int64_t> divisors_of(std::int64_t number) {
  std::vector<std::int64_t> divisors;
  for (std::int64_t d = 1; d <= number; ++d)
    if (number % d == 0) divisors.push_back(d);
  return divisors;
}

class Streamer {
 public:
  Streamer(const WindowFront& window, std::int64_t beats, std::int64_t most_steps)
      : most_steps_(most_steps) {
    if (window.kernel.size() == 2) window_.rows = axis_of(window, 0);
    window_.columns = axis_of(window, window.kernel.size() - 1);
    window_.beats = beats;
  }

  std::optional<StreamedWindow> run() {
    consider_raster();
    const std::vector<std::int64_t> divisors = divisors_of(window_.pixels());
    for (const std::int64_t rows : divisors)
      for (const std::int64_t columns : divisors)
        if (window_.pixels() / rows % columns == 0 && has_room(rows, columns))
          consider_rectangle(rows, columns, window_.pixels() / rows / columns);
    return best_;
  }

 private:
  bool has_room(std::int64_t rows, std::int64_t columns) const {
    const std::int64_t least_rows = std::max(rows, window_.rows.outputs);
    const std::int64_t least_columns = std::max(columns, window_.columns.outputs);
    return least_rows * least_columns * window_.beats * window_.taps() <= most_steps_;
  }

  void offer(const StreamedWindow& window) {
    if (window.steps() > most_steps_) return;
    const auto rank = [](const StreamedWindow& w) { return std::tuple(w.kept_beats(), w.steps()); };
    if (!best_ || rank(window) < rank(*best_)) best_ = window;
  }

  /// A window is read in the step of its last pixel: a beat of it comes before its last tap.
  void consider_raster() {
    StreamedWindow window = window_;
    go_in_raster(window.rows, 0);
    go_in_raster(window.columns, window.taps() > 1 || window.keeps_nothing() ? 0 : 1);
    offer(window);
  }

  /// Windows are read from rows that came in the row steps before. So many pixels come in each of
  /// so many columns of so many row steps.
  void consider_rectangle(std::int64_t rows, std::int64_t columns, std::int64_t pixels) {
    StreamedWindow window = window_;
    window.tap_columns = std::min(pixels, window.columns.kernel);
    while (pixels % window.tap_columns != 0) --window.tap_columns;
    window.tap_rows = pixels / window.tap_columns;
    if (window.tap_rows > window.rows.kernel) return;
    window.rows.loads = rows;
    window.columns.loads = columns;
    window.rows.first_read = first_read(window);
    offer(window);
  }

  static std::int64_t first_read(const StreamedWindow& window) {
    const StreamedAxis& rows = window.rows;
    std::int64_t first = 0;
    for (std::int64_t output = 0; output < rows.outputs; ++output) {
      const std::int64_t last = output * rows.stride - rows.before + rows.reach();
      const std::int64_t needed = std::clamp<std::int64_t>(last + 1, 0, rows.extent);
      first = std::max(
          first, ceil_divide(needed * window.columns.extent, window.pixels_of_row()) - output);
    }
    return first;
  }

  std::int64_t most_steps_;
  StreamedWindow window_;
  std::optional<StreamedWindow> best_;
};

}  // namespace

std::int64_t StreamedAxis::steps() const {
  return std::max(first_load + loads, step_of(outputs - 1) + 1);
}

bool StreamedWindow::keeps_nothing() const {
  return taps() == 1 && !rows.pads_before() && !rows.pads_after() && !columns.pads_before() &&
         !columns.pads_after();
}

std::int64_t StreamedWindow::kept_beats() const {
  if (keeps_nothing() && columns.pace == columns.stride && rows.pace == rows.stride) return 0;
  // Of a column step and of the row steps before it, relative to the first pixel of the window.
  std::int64_t within = 0, most = 1;
  for (std::int64_t output = 0; output < columns.outputs; ++output) {
    const std::int64_t steps = columns.step_of(output) - columns.first_load + 1;
    const std::int64_t come = std::clamp<std::int64_t>(steps, 0, columns.loads);
    const std::int64_t oldest = std::max<std::int64_t>(0, output * columns.stride - columns.before);
    within = output == 0 ? come * pixels_of_column() - oldest
                         : std::max(within, come * pixels_of_column() - oldest);
  }
  for (std::int64_t output = 0; output < rows.outputs; ++output) {
    const std::int64_t steps = rows.step_of(output) - rows.first_load;
    const std::int64_t come = std::clamp<std::int64_t>(steps, 0, rows.loads) * pixels_of_row();
    const std::int64_t oldest = std::max<std::int64_t>(0, output * rows.stride - rows.before);
    most = std::max(most, come - oldest * columns.extent + within);
  }
  return std::min(most, pixels()) * beats;
}

std::optional<StreamedWindow> stream_window(const WindowFront& window, std::int64_t beats,
                                            std::int64_t most_steps) {
  return Streamer(window, beats, most_steps).run();
}

}  // namespace gatefold::lowering
