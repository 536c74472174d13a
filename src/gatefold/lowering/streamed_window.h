#pragma once

#include <cstdint>
#include <optional>

#include "gatefold/hardware/design.h"

namespace gatefold::lowering {

struct WindowFront;

/// One spatial axis of a streamed window, in steps of the loop over it.
struct StreamedAxis {
  std::int64_t extent = 1, kernel = 1, stride = 1, dilation = 1, before = 0, outputs = 1;
  // In which steps pixels come, and in which windows are read.
  std::int64_t first_load = 0, loads = 1, first_read = 0, pace = 1;

  std::int64_t reach() const { return (kernel - 1) * dilation; }
  std::int64_t step_of(std::int64_t output) const { return first_read + output * pace; }
  std::int64_t steps() const;
  bool pads_before() const { return before > 0; }
  bool pads_after() const { return (outputs - 1) * stride - before + reach() >= extent; }
  /// Coordinates from one step to the next.
  std::int64_t advance() const { return stride / pace; }
  /// The coordinate of the first tap in step 0.
  std::int64_t origin() const { return -first_read * advance() - before; }
};

/// When a streamed window takes its beats and gives its words. The nest is
/// [row][column][beat][tap row][tap column]; pixels come in the first taps of each beat. They are
/// numbered in the order in which they come, which is row after row.
struct StreamedWindow {
  StreamedAxis rows, columns;
  std::int64_t beats = 1;                      // of a pixel
  std::int64_t tap_rows = 1, tap_columns = 1;  // in which pixels come

  std::int64_t taps() const { return rows.kernel * columns.kernel; }
  std::int64_t steps() const { return rows.steps() * columns.steps() * beats * taps(); }
  std::int64_t pixels() const { return rows.extent * columns.extent; }
  std::int64_t pixels_of_column() const { return tap_rows * tap_columns; }
  std::int64_t pixels_of_row() const { return columns.loads * pixels_of_column(); }
  /// Every word is given in the step that takes it, or never.
  bool keeps_nothing() const;
  /// Beats that wait at most, from the oldest that is read to the newest.
  std::int64_t kept_beats() const;
};

/// The streamed window that keeps the fewest beats of those that end within `most_steps`.
std::optional<StreamedWindow> stream_window(const WindowFront& window, std::int64_t beats,
                                            std::int64_t most_steps);

}  // namespace gatefold::lowering
