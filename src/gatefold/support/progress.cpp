#include "gatefold/support/progress.h"

#include <condition_variable>
#include <fmt/format.h>
#include <unistd.h>
#include <utility>

namespace gatefold {
namespace {

constexpr const char* wipe_line = "\r\x1b[K";

thread_local Progress* innermost = nullptr;

std::string describe(const std::string& label, std::int64_t done, std::int64_t total) {
  if (total > 0) return fmt::format("{}: {} of {} ({} %)", label, done, total, 100 * done / total);
  if (done > 0) return fmt::format("{}: {}", label, done);
  return label;
}

}  // namespace

ProgressStyle ProgressStyle::standard() {
  ProgressStyle style = counted();
  style.pulse = style.interval;
  return style;
}

ProgressStyle ProgressStyle::counted() {
  using std::chrono::milliseconds;
  const bool terminal = ::isatty(STDERR_FILENO) == 1;
  return {stderr, terminal, milliseconds(1000), milliseconds(terminal ? 100 : 5000)};
}

Progress::Progress(std::string label, std::int64_t total, ProgressStyle style)
    : label_(std::move(label)),
      total_(total),
      style_(style),
      next_(start_ + style.delay),
      outer_(std::exchange(innermost, this)) {
  if (style_.pulse.count() > 0)
    pulse_ = std::jthread([this](const std::stop_token& stop) { beat(stop); });
}

Progress::~Progress() {
  pulse_ = {};
  innermost = outer_;
  if (outer_ != nullptr) outer_->hidden_ = false;
  if (!drawn_) return;
  const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
  if (style_.terminal) {
    fmt::print(style_.stream, "{}", wipe_line);
  } else {
    fmt::print(style_.stream, "{}: {:.1f} s\n", label_, seconds);
  }
  std::fflush(style_.stream);
}

void Progress::beat(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any end;
  std::unique_lock lock(mutex);
  auto pause = style_.delay;
  while (!end.wait_for(lock, stop, pause, [&] { return stop.stop_requested(); })) {
    tick();
    pause = style_.pulse;
  }
}

void Progress::advance(std::int64_t steps) {
  const std::int64_t done = done_.fetch_add(steps, std::memory_order_relaxed) + steps;
  const Clock::time_point now = Clock::now();
  const std::unique_lock lock(drawing_, std::try_to_lock);
  if (!lock.owns_lock() || now < next_ || hidden_) return;
  next_ = now + style_.interval;
  draw(done, std::chrono::duration<double>(now - start_).count());
}

void Progress::draw(std::int64_t done, double seconds) {
  drawn_ = true;
  for (Progress* outer = outer_; outer != nullptr; outer = outer->outer_) outer->hidden_ = true;
  const std::string text = fmt::format("{}, {:.0f} s", describe(label_, done, total_), seconds);
  if (style_.terminal) {
    fmt::print(style_.stream, "{}{}", wipe_line, text);
  } else {
    fmt::print(style_.stream, "{}\n", text);
  }
  std::fflush(style_.stream);
}

}  // namespace gatefold
