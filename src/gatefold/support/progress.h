#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <string>

#include "gatefold/support/interrupt.h"

namespace gatefold {

/// Where and how often progress is shown.
struct ProgressStyle {
  std::FILE* stream;
  bool terminal;                       // one line redrawn in place, else a line from time to time
  std::chrono::milliseconds delay;     // nothing is shown before
  std::chrono::milliseconds interval;  // between two drawings

  /// Standard error: after a second, every 100 ms on a terminal and every 5 s elsewhere.
  static ProgressStyle standard();
};

/// Says on standard error what takes longer than a second and how far it is. `advance` may be
/// called from several threads and costs a clock reading.
class Progress {
 public:
  /// `total` steps are expected; 0 when nobody knows.
  explicit Progress(std::string label, std::int64_t total = 0,
                    ProgressStyle style = ProgressStyle::standard());
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  /// Wipes the line from a terminal; elsewhere says how long it took, if anything was shown.
  ~Progress();

  void advance(std::int64_t steps = 1);
  /// Redraws the elapsed time.
  void tick() { advance(0); }

 private:
  using Clock = std::chrono::steady_clock;

  void draw(std::int64_t done, double seconds);

  std::string label_;
  std::int64_t total_;
  ProgressStyle style_;
  Clock::time_point start_ = Clock::now();
  std::atomic<std::int64_t> done_ = 0;
  std::mutex drawing_;
  Clock::time_point next_;
  bool drawn_ = false;
};

}  // namespace gatefold
