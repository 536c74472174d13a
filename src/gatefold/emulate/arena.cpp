#include <algorithm>
#include <new>

#include "gatefold/emulate/plan.h"

namespace gatefold::emulate {
namespace {

constexpr std::align_val_t alignment{64};

}  // namespace

std::int64_t load(const Block& block, Slot slot, std::size_t sample) {
  const void* lanes = address(block, slot);
  switch (slot.lane) {
    case Lane::Int16:
      return static_cast<const std::int16_t*>(lanes)[sample];
    case Lane::Int32:
      return static_cast<const std::int32_t*>(lanes)[sample];
    case Lane::Int64:
      return static_cast<const std::int64_t*>(lanes)[sample];
  }
  GATEFOLD_ASSERT(false, "lane");
}

void store(const Block& block, Slot slot, std::size_t sample, std::int64_t value) {
  void* lanes = address(block, slot);
  switch (slot.lane) {
    case Lane::Int16:
      static_cast<std::int16_t*>(lanes)[sample] = static_cast<std::int16_t>(value);
      return;
    case Lane::Int32:
      static_cast<std::int32_t*>(lanes)[sample] = static_cast<std::int32_t>(value);
      return;
    case Lane::Int64:
      static_cast<std::int64_t*>(lanes)[sample] = value;
      return;
  }
}

void Plan::run(const Block& frame) const {
  for (const auto& step : steps) step->run(frame);
}

void Arena::Free::operator()(std::byte* memory) const { ::operator delete(memory, alignment); }

Arena::Arena(const Plan& plan, std::size_t samples, std::int64_t* states) {
  const std::size_t room =
      std::min(plan.block, (samples + block_step - 1) / block_step * block_step);
  const std::size_t bytes = std::max<std::size_t>(plan.bytes_per_sample, 1) * room;
  memory_.reset(static_cast<std::byte*>(::operator new(bytes, alignment)));
  block_ = {memory_.get(), room, room, samples, states};
  for (const Fill& fill : plan.fills)
    for (std::size_t i = 0; i < room; ++i) store(block_, fill.slot, i, fill.value);
}

void Arena::set_samples(std::size_t samples) {
  block_.samples = samples;
  block_.lanes = (samples + block_step - 1) / block_step * block_step;
}

}  // namespace gatefold::emulate
