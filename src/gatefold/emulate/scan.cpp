// The steps of a Scan: the body's own plan, run once for each of them.
#include <utility>

#include "gatefold/emulate/steps.h"

namespace gatefold::emulate {
namespace {

using Slots = std::vector<Slot>;

/// A scan with its body compiled.
struct ScanParts {
  ScanParts(const graph::Scan& op, Plan compiled, std::vector<Slots> given,
            std::vector<Slots> wanted)
      : sequences(static_cast<std::size_t>(op.sequence_inputs)),
        stacked(static_cast<std::size_t>(op.sequence_outputs)),
        reverse(op.reverse),
        body(std::move(compiled)),
        from(std::move(given)),
        to(std::move(wanted)),
        length(from[0].size() / body.inputs[0].slots.size()) {}

  std::size_t time(std::size_t step) const { return reverse ? length - 1 - step : step; }

  std::size_t sequences, stacked;
  bool reverse;
  Plan body;
  std::vector<Slots> from, to;
  std::size_t length;
};

/// On a block of samples side by side.
class ScanStep : public Step {
 public:
  explicit ScanStep(ScanParts parts) : parts_(std::move(parts)) {}

  void run(const Block& block) const override {
    Arena arena(parts_.body, block.lanes);
    arena.set_samples(block.lanes);
    const Block& inner = arena.block();
    for (std::size_t i = parts_.sequences; i < parts_.from.size(); ++i)
      copy(block, parts_.from[i], 0, inner, parts_.body.inputs[i].slots, 0, parts_.from[i].size());
    for (std::size_t k = 0; k < parts_.length; ++k) {
      run_step(block, inner, parts_.time(k));
      if (k + 1 < parts_.length) take_states(inner);
    }
    for (std::size_t i = parts_.stacked; i < parts_.to.size(); ++i)
      copy(inner, parts_.body.outputs[i].slots, 0, block, parts_.to[i], 0, parts_.to[i].size());
  }

 private:
  void run_step(const Block& block, const Block& inner, std::size_t t) const {
    for (std::size_t i = 0; i < parts_.sequences; ++i) {
      const Slots& port = parts_.body.inputs[i].slots;
      copy(block, parts_.from[i], t * port.size(), inner, port, 0, port.size());
    }
    parts_.body.run(inner);
    for (std::size_t i = 0; i < parts_.stacked; ++i) {
      const Slots& value = parts_.body.outputs[i].slots;
      copy(inner, value, 0, block, parts_.to[i], t * value.size(), value.size());
    }
  }

  // A next state may lie where another state is read from, so all are set aside first.
  void take_states(const Block& inner) const {
    std::vector<std::byte> aside;
    for (std::size_t i = parts_.stacked; i < parts_.body.outputs.size(); ++i)
      for (const Slot slot : parts_.body.outputs[i].slots) {
        const std::size_t at = aside.size();
        aside.resize(at + inner.lanes * sizeof(std::int64_t));
        convert(inner, address(inner, slot), slot.lane, aside.data() + at, Lane::Int64);
      }
    std::size_t at = 0;
    for (std::size_t i = parts_.sequences; i < parts_.body.inputs.size(); ++i)
      for (const Slot slot : parts_.body.inputs[i].slots) {
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
    parts_.body.kernels->convert[static_cast<std::size_t>(from_lane)]
                                [static_cast<std::size_t>(to_lane)](from, to, block.lanes);
  }

  ScanParts parts_;
};

/// Sample after sample, each from the states that the one before left. All lanes of the body hold
/// the one sample.
class StatefulScanStep : public Step {
 public:
  StatefulScanStep(ScanParts parts, std::size_t first_state)
      : parts_(std::move(parts)), first_state_(first_state) {}

  void run(const Block& block) const override {
    Arena arena(parts_.body, 1);
    arena.set_samples(1);
    const Block& inner = arena.block();
    for (std::size_t sample = 0; sample < block.samples; ++sample) {
      const std::size_t end = sample + 1 < block.samples ? sample + 1 : block.lanes;
      for (std::size_t k = 0; k < parts_.length; ++k) {
        run_step(block, sample, end, inner, parts_.time(k));
        keep_states(inner, block.states + first_state_);
      }
      for (std::size_t i = parts_.stacked; i < parts_.to.size(); ++i)
        give(inner, parts_.body.outputs[i].slots, block, parts_.to[i].data(), sample, end);
    }
  }

 private:
  /// Results go to the lanes from `sample` to before `end`: those behind the last sample repeat it.
  void run_step(const Block& block, std::size_t sample, std::size_t end, const Block& inner,
                std::size_t t) const {
    for (std::size_t i = 0; i < parts_.sequences; ++i) {
      const Slots& port = parts_.body.inputs[i].slots;
      for (std::size_t e = 0; e < port.size(); ++e)
        store(inner, port[e], 0, inner.lanes,
              load(block, parts_.from[i][t * port.size() + e], sample));
    }
    const std::int64_t* state = block.states + first_state_;
    for (std::size_t i = parts_.sequences; i < parts_.body.inputs.size(); ++i)
      for (const Slot slot : parts_.body.inputs[i].slots)
        store(inner, slot, 0, inner.lanes, *state++);
    parts_.body.run(inner);
    for (std::size_t i = 0; i < parts_.stacked; ++i) {
      const Slots& value = parts_.body.outputs[i].slots;
      give(inner, value, block, parts_.to[i].data() + t * value.size(), sample, end);
    }
  }

  void keep_states(const Block& inner, std::int64_t* states) const {
    for (std::size_t i = parts_.stacked; i < parts_.body.outputs.size(); ++i)
      for (const Slot slot : parts_.body.outputs[i].slots) *states++ = load(inner, slot, 0);
  }

  static void give(const Block& inner, const Slots& from, const Block& block, const Slot* to,
                   std::size_t sample, std::size_t end) {
    for (std::size_t e = 0; e < from.size(); ++e)
      store(block, to[e], sample, end, load(inner, from[e], 0));
  }

  static void store(const Block& block, Slot slot, std::size_t first, std::size_t end,
                    std::int64_t value) {
    for (std::size_t i = first; i < end; ++i) emulate::store(block, slot, i, value);
  }

  ScanParts parts_;
  std::size_t first_state_;
};

}  // namespace

std::unique_ptr<Step> scan_step(const graph::Scan& op, Plan body, std::vector<Slots> from,
                                std::vector<Slots> to, std::size_t first_state) {
  ScanParts parts(op, std::move(body), std::move(from), std::move(to));
  if (op.stateful) return std::make_unique<StatefulScanStep>(std::move(parts), first_state);
  return std::make_unique<ScanStep>(std::move(parts));
}

}  // namespace gatefold::emulate
