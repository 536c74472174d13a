#pragma once

#include <array>

namespace gatefold::emit {

/// Names of the modules of rtl/ that emitted text instantiates.
inline constexpr auto add3_module = "gatefold_add3";
inline constexpr auto multiply_module = "gatefold_multiply";
inline constexpr auto fifo_module = "gatefold_fifo";
inline constexpr auto clock_gate_module = "gatefold_clock_gate";
inline constexpr std::array primitive_modules{add3_module, multiply_module, fifo_module,
                                              clock_gate_module};

}  // namespace gatefold::emit
