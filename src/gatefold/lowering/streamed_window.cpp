#include "gatefold/lowering/streamed_window.h"

#include <algorithm>
#include <numeric>

#include "gatefold/lowering/fronts.h"

namespace gatefold::lowering {
namespace {

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  return a >= 0 ? a / b : -((-a + b - 1) / b);
}

/// Coordinates a step: as many as a window advances by, where that works out evenly and a window
/// has steps enough to take them.
std::int64_t block_of(std::int64_t stride, std::int64_t extent, std::int64_t kernel) {
  const std::int64_t common = std::gcd(stride, extent);
  std::int64_t block = std::min(common, kernel);
  while (common % block != 0) --block;
  return block;
}

StreamedAxis axis_of(const WindowFront& window, std::size_t i) {
  return {window.extents[i],
          window.kernel[i],
          window.strides[i],
          window.dilations[i],
          window.before[i],
          window.outputs[i],
          block_of(window.strides[i], window.extents[i], window.kernel[i])};
}

}  // namespace

std::int64_t StreamedAxis::delay() const {
  return waits ? floor_divide(reach() - before, block) + lag : 0;
}

std::int64_t StreamedAxis::shift() const { return std::max<std::int64_t>(0, -delay()); }

std::int64_t StreamedAxis::step_of(std::int64_t output) const {
  return output * pace() + delay() + shift();
}

std::int64_t StreamedAxis::steps() const {
  return std::max(extent / block + shift(), step_of(outputs - 1) + 1);
}

hardware::CountRange StreamedAxis::takes(int loop) const {
  return range_of_counts(loop, shift(), shift() + extent / block);
}

hardware::CountRange StreamedAxis::gives(int loop) const {
  return range_of_counts(loop, step_of(0), step_of(outputs - 1) + 1, pace());
}

StreamedWindow::StreamedWindow(const WindowFront& window, std::int64_t beats_of_pixel)
    : columns(axis_of(window, window.kernel.size() - 1)), beats(beats_of_pixel) {
  if (window.kernel.size() == 2) rows = axis_of(window, 0);
  // Rows of a block come one after the other, so the last one is there when the block is over.
  if (rows.block > 1) {
    rows.lag = 1;
    columns.waits = false;
  } else if (columns.block > 1 || (taps() == 1 && !keeps_nothing())) {
    columns.lag = 1;
  }
}

bool StreamedWindow::keeps_nothing() const {
  return taps() == 1 && !rows.pads_before() && !rows.pads_after() && !columns.pads_before() &&
         !columns.pads_after();
}

std::int64_t StreamedWindow::kept_beats() const {
  // From the first row of a window to the first one that comes while it is read.
  const std::int64_t above = (rows.step_of(0) - rows.shift()) * rows.block + rows.before;
  std::int64_t most = 1;
  for (std::int64_t output = 0; output < columns.outputs; ++output) {
    const std::int64_t blocks = columns.step_of(output) - columns.shift() + 1;
    const std::int64_t come = std::clamp<std::int64_t>(blocks * columns.block, 0, columns.extent);
    const std::int64_t oldest = std::max<std::int64_t>(0, output * columns.stride - columns.before);
    most = std::max(most, above * columns.extent + come * rows.block - oldest);
  }
  return std::min(most, rows.extent * columns.extent) * beats;
}

}  // namespace gatefold::lowering
