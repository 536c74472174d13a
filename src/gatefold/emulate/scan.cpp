// The steps of a Scan: the body's own plan, run once for each of them on a block of samples.
#include <utility>

#include "gatefold/emulate/steps.h"

namespace gatefold::emulate {
namespace {

using Slots = std::vector<Slot>;

class ScanStep : public Step {
 public:
  ScanStep(const graph::Scan& op, Plan body, std::vector<Slots> from, std::vector<Slots> to)
      : sequences_(static_cast<std::size_t>(op.sequence_inputs)),
        stacked_(static_cast<std::size_t>(op.sequence_outputs)),
        reverse_(op.reverse),
        body_(std::move(body)),
        from_(std::move(from)),
        to_(std::move(to)),
        length_(from_[0].size() / body_.inputs[0].slots.size()) {}

  void run(const Block& block) const override {
    Arena arena(body_, block.lanes);
    arena.set_samples(block.lanes);
    const Block& inner = arena.block();
    for (std::size_t i = sequences_; i < from_.size(); ++i)
      copy(block, from_[i], 0, inner, body_.inputs[i].slots, 0, from_[i].size());
    for (std::size_t k = 0; k < length_; ++k) {
      run_step(block, inner, reverse_ ? length_ - 1 - k : k);
      if (k + 1 < length_) take_states(inner);
    }
    for (std::size_t i = stacked_; i < to_.size(); ++i)
      copy(inner, body_.outputs[i].slots, 0, block, to_[i], 0, to_[i].size());
  }

 private:
  void run_step(const Block& block, const Block& inner, std::size_t t) const {
    for (std::size_t i = 0; i < sequences_; ++i) {
      const Slots& port = body_.inputs[i].slots;
      copy(block, from_[i], t * port.size(), inner, port, 0, port.size());
    }
    body_.run(inner);
    for (std::size_t i = 0; i < stacked_; ++i) {
      const Slots& value = body_.outputs[i].slots;
      copy(inner, value, 0, block, to_[i], t * value.size(), value.size());
    }
  }

  // A next state may lie where another state is read from, so all are set aside first.
  void take_states(const Block& inner) const {
    std::vector<std::byte> aside;
    for (std::size_t i = stacked_; i < body_.outputs.size(); ++i)
      for (const Slot slot : body_.outputs[i].slots) {
        const std::size_t at = aside.size();
        aside.resize(at + inner.lanes * sizeof(std::int64_t));
        convert(inner, address(inner, slot), slot.lane, aside.data() + at, Lane::Int64);
      }
    std::size_t at = 0;
    for (std::size_t i = sequences_; i < body_.inputs.size(); ++i)
      for (const Slot slot : body_.inputs[i].slots) {
        convert(inner, aside.data() + at, Lane::Int64, address(inner, slot), slot.lane);
        at += inner.lanes * sizeof(std::int64_t);
      }
  }

  void copy(const Block& source, const Slots& from, std::size_t first, const Block& target,
            const Slots& to, std::size_t to_first, std::size_t count) const {
    for (std::size_t i = 0; i < count; ++i)
      convert(target, address(source, from[first + i]), from[first + i].lane,
              address(target, to[to_first + i]), to[to_first + i].lane);
  }

  void convert(const Block& block, const void* from, Lane from_lane, void* to, Lane to_lane) const {
    body_.kernels->convert[static_cast<std::size_t>(from_lane)][static_cast<std::size_t>(to_lane)](
        from, to, block.lanes);
  }

  std::size_t sequences_, stacked_;
  bool reverse_;
  Plan body_;
  std::vector<Slots> from_, to_;
  std::size_t length_;
};

}  // namespace

std::unique_ptr<Step> scan_step(const graph::Scan& op, Plan body, std::vector<Slots> from,
                                std::vector<Slots> to) {
  return std::make_unique<ScanStep>(op, std::move(body), std::move(from), std::move(to));
}

}  // namespace gatefold::emulate
