#pragma once

#include "gatefold/lowering/network.h"

namespace gatefold::lowering {

/// One spatial axis of a streamed window, in steps of the loop over it. Step s brings the
/// coordinates from (s - shift) * block on, `block` of them.
struct StreamedAxis {
  std::int64_t extent = 1, kernel = 1, stride = 1, dilation = 1, before = 0, outputs = 1;
  std::int64_t block = 1;  // divides extent and stride
  std::int64_t lag = 0;    // steps by which windows are read after their last coordinate came
  bool waits = true;       // whether windows must wait for coordinates at all

  std::int64_t reach() const { return (kernel - 1) * dilation; }
  std::int64_t shift() const;
  /// Steps from one window to the next.
  std::int64_t pace() const { return stride / block; }
  /// The step in which window `output` is read.
  std::int64_t step_of(std::int64_t output) const;
  std::int64_t steps() const;
  bool pads_before() const { return before > 0; }
  bool pads_after() const { return (outputs - 1) * stride - before + reach() >= extent; }
  hardware::CountRange takes(int loop) const;
  hardware::CountRange gives(int loop) const;

 private:
  std::int64_t delay() const;
};

/// When a streamed window takes its beats and gives its words, and how much it keeps. A step is
/// [row][column][beat][kernel row][kernel column].
struct StreamedWindow {
  StreamedAxis rows, columns;
  std::int64_t beats = 1;

  StreamedWindow(const WindowFront& window, std::int64_t beats_of_pixel);
  std::int64_t taps() const { return rows.kernel * columns.kernel; }
  std::int64_t steps() const { return rows.steps() * columns.steps() * beats * taps(); }
  /// Every word is given in the step that takes it, or never.
  bool keeps_nothing() const;
  /// Beats that wait at most, from the oldest that is read to the newest.
  std::int64_t kept_beats() const;
};

}  // namespace gatefold::lowering
