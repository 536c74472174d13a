#pragma once

#include <algorithm>
#include <optional>
#include <thread>
#include <vector>

#include "gatefold/emulate/emulator.h"
#include "gatefold/emulate/plan.h"
#include "gatefold/support/interrupt.h"
#include "gatefold/support/progress.h"

// A batch, a block of samples at a time, on several threads.
namespace gatefold::emulate {

/// Terms and elements that pay for starting a thread.
inline constexpr std::int64_t work_of_a_thread = 4'000'000;
/// And for showing progress.
inline constexpr std::int64_t work_worth_showing = 500'000'000;

/// Calls f(block, first sample, samples) for every block of a batch; with states, in order.
template <typename F>
void for_each_block(const Plan& plan, std::size_t samples, int threads, States& states, F f) {
  const std::size_t blocks = (samples + plan.block - 1) / plan.block;
  const std::int64_t all_work = static_cast<std::int64_t>(samples) * plan.work;
  const auto worth = static_cast<std::size_t>(all_work / work_of_a_thread);
  const std::size_t most = plan.initial_states.empty() ? static_cast<std::size_t>(threads) : 1;
  const std::size_t workers = std::clamp<std::size_t>(std::min(blocks, worth), 1, most);
  std::optional<Progress> progress;
  if (all_work > work_worth_showing)
    progress.emplace("emulate: samples", static_cast<std::int64_t>(samples),
                     ProgressStyle::counted());
  const auto work = [&](std::size_t worker) {
    const std::size_t first = blocks * worker / workers * plan.block;
    const std::size_t last = std::min(samples, blocks * (worker + 1) / workers * plan.block);
    if (first >= last) return;
    Arena arena(plan, last - first, states.words.data());
    for (std::size_t at = first; at < last && !interrupted(); at += plan.block) {
      const std::size_t count = std::min(plan.block, last - at);
      arena.set_samples(count);
      f(arena.block(), at, count);
      if (progress) progress->advance(static_cast<std::int64_t>(count));
    }
  };
  std::vector<std::jthread> helpers;
  for (std::size_t worker = 1; worker < workers; ++worker) helpers.emplace_back(work, worker);
  work(0);
}

}  // namespace gatefold::emulate
