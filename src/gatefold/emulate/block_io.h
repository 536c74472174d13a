#pragma once

#include "gatefold/emulate/plan.h"
#include "gatefold/emulate/ports.h"

// Between rows (samples side by side, row-major) and the lanes of a block. `rows` points at the
// first sample of the block.
namespace gatefold::emulate {

void write_raw(const Block& block, const PlacedValue& port, const std::int64_t* rows,
               std::size_t count);
/// False when a number is not one that the port takes; the lanes then hold some value of the port.
template <typename Real>
bool write_real(const Kernels& kernels, const Block& block, const PlacedValue& port,
                const PortQuantizer& quantizer, const Real* rows, std::size_t count);

void read_raw(const Block& block, const PlacedValue& value, std::int64_t* rows, std::size_t count);
void read_real(const Kernels& kernels, const Block& block, const PlacedValue& value,
               const Decoder& decoder, double* rows, std::size_t count);

extern template bool write_real(const Kernels&, const Block&, const PlacedValue&,
                                const PortQuantizer&, const float*, std::size_t);
extern template bool write_real(const Kernels&, const Block&, const PlacedValue&,
                                const PortQuantizer&, const double*, std::size_t);

}  // namespace gatefold::emulate
