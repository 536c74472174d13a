#include "gatefold/emulate/block_io.h"

#include <type_traits>

namespace gatefold::emulate {
namespace {

// f(lanes of this type)
template <typename F>
void with_lanes(const Block& block, Slot slot, F f) {
  void* const lanes = address(block, slot);
  switch (slot.lane) {
    case Lane::Int16:
      return f(static_cast<std::int16_t*>(lanes));
    case Lane::Int32:
      return f(static_cast<std::int32_t*>(lanes));
    case Lane::Int64:
      return f(static_cast<std::int64_t*>(lanes));
  }
}

// Lanes behind the last sample repeat it, so that every lane holds values of the proved ranges.
template <typename T, typename F>
void fill_lanes(T* lanes, const Block& block, std::size_t count, F value) {
  for (std::size_t i = 0; i < count; ++i) lanes[i] = static_cast<T>(value(i));
  for (std::size_t i = count; i < block.lanes; ++i) lanes[i] = lanes[count - 1];
}

template <typename Real>
Doubts round_lanes(const Kernels& kernels, const Real* reals, std::int32_t* to, std::size_t lanes,
                   const Rounding& rounding) {
  if constexpr (std::is_same_v<Real, float>) {
    if (rounding.in_floats) return kernels.round_exactly(reals, to, lanes, rounding);
    return kernels.round_floats(reals, to, lanes, rounding);
  } else {
    return kernels.round_doubles(reals, to, lanes, rounding);
  }
}

template <typename Real>
bool write_fast(const Kernels& kernels, const Block& block, const PlacedValue& port,
                const PortQuantizer& quantizer, const Real* rows, std::size_t count) {
  alignas(64) Real reals[max_block];
  alignas(64) std::int32_t raws[max_block];
  const std::size_t size = port.slots.size();
  bool taken = true;
  for (std::size_t e = 0; e < size; ++e) {
    fill_lanes(reals, block, count, [&](std::size_t i) { return rows[i * size + e]; });
    const auto doubts = round_lanes(kernels, reals, raws, block.lanes, *quantizer.rounding(e));
    taken = taken && !doubts.not_a_number;
    if (doubts.undecided && taken)
      for (std::size_t i = 0; i < block.lanes; ++i)
        raws[i] = static_cast<std::int32_t>(quantizer(reals[i], e));
    const Slot slot = port.slots[e];
    kernels.convert[static_cast<std::size_t>(Lane::Int32)][static_cast<std::size_t>(slot.lane)](
        raws, address(block, slot), block.lanes);
  }
  return taken;
}

template <typename Real>
bool write_singly(const Block& block, const PlacedValue& port, const PortQuantizer& quantizer,
                  const Real* rows, std::size_t count) {
  const std::size_t size = port.slots.size();
  for (std::size_t i = 0; i < count * size; ++i)
    if (!quantizer.takes(rows[i], i % size)) return false;
  for (std::size_t e = 0; e < size; ++e)
    with_lanes(block, port.slots[e], [&](auto* lanes) {
      fill_lanes(lanes, block, count,
                 [&](std::size_t i) { return quantizer(rows[i * size + e], e); });
    });
  return true;
}

}  // namespace

void write_raw(const Block& block, const PlacedValue& port, const std::int64_t* rows,
               std::size_t count) {
  const std::size_t size = port.slots.size();
  for (std::size_t e = 0; e < size; ++e)
    with_lanes(block, port.slots[e], [&](auto* lanes) {
      fill_lanes(lanes, block, count, [&](std::size_t i) { return rows[i * size + e]; });
    });
}

template <typename Real>
bool write_real(const Kernels& kernels, const Block& block, const PlacedValue& port,
                const PortQuantizer& quantizer, const Real* rows, std::size_t count) {
  if (quantizer.rounding(0)) return write_fast(kernels, block, port, quantizer, rows, count);
  return write_singly(block, port, quantizer, rows, count);
}

template bool write_real(const Kernels&, const Block&, const PlacedValue&, const PortQuantizer&,
                         const float*, std::size_t);
template bool write_real(const Kernels&, const Block&, const PlacedValue&, const PortQuantizer&,
                         const double*, std::size_t);

void read_raw(const Block& block, const PlacedValue& value, std::int64_t* rows, std::size_t count) {
  const std::size_t size = value.slots.size();
  for (std::size_t e = 0; e < size; ++e)
    with_lanes(block, value.slots[e], [&](const auto* lanes) {
      for (std::size_t i = 0; i < count; ++i) rows[i * size + e] = lanes[i];
    });
}

void read_real(const Kernels& kernels, const Block& block, const PlacedValue& value,
               const Decoder& decoder, double* rows, std::size_t count) {
  alignas(64) double reals[max_block];
  const std::size_t size = value.slots.size();
  for (std::size_t e = 0; e < size; ++e) {
    const Slot slot = value.slots[e];
    const Line* const line = decoder.line(e);
    const bool sure = line && kernels.decode[static_cast<std::size_t>(slot.lane)](
                                  address(block, slot), reals, block.lanes, *line);
    if (!sure)
      for (std::size_t i = 0; i < count; ++i) reals[i] = decoder(load(block, slot, i), e);
    for (std::size_t i = 0; i < count; ++i) rows[i * size + e] = reals[i];
  }
}

}  // namespace gatefold::emulate
