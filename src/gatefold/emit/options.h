#pragma once

namespace gatefold::emit {

/// When the data registers between two stages load.
enum class RegisterEnable {
  Advance,    // with the whole pipeline
  Valid,      // with a step only: bubbles toggle nothing
  GatedClock  // as Valid, by a gated clock for each stage (rtl/gatefold_clock_gate.sv): for ASICs
};

struct EmitOptions {
  RegisterEnable register_enable = RegisterEnable::Advance;
};

}  // namespace gatefold::emit
