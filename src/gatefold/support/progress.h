#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "gatefold/support/interrupt.h"

namespace gatefold {

/// Where and how often progress is shown.
struct ProgressStyle {
  std::FILE* stream;
  bool terminal;                       // one line redrawn in place, else a line from time to time
  std::chrono::milliseconds delay;     // nothing is shown before
  std::chrono::milliseconds interval;  // between two drawings
  std::chrono::milliseconds pulse{0};  // redrawn so often when nobody advances; 0: not

  /// Standard error: after a second, every 100 ms on a terminal and every 5 s elsewhere. With a
  /// pulse, which costs a thread: for stages that cannot say how far they are.
  static ProgressStyle standard();
  /// The same without the pulse: for loops that advance often.
  static ProgressStyle counted();
};

/// Says on standard error what takes longer than a second and how far it is. `advance` may be
/// called from several threads and costs a clock reading. Of nested ones in a thread, the innermost
/// that has something to show is shown.
class Progress {
 public:
  /// `total` steps are expected; 0 when nobody knows. Ends in the thread in which it began.
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
  void beat(const std::stop_token& stop);

  std::string label_;
  std::int64_t total_;
  ProgressStyle style_;
  Clock::time_point start_ = Clock::now();
  std::atomic<std::int64_t> done_ = 0;
  std::mutex drawing_;
  Clock::time_point next_;
  bool drawn_ = false;
  Progress* outer_;                   // of the thread, when this one began
  std::atomic<bool> hidden_ = false;  // while an inner one is shown
  std::jthread pulse_;
};

}  // namespace gatefold
