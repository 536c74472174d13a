#pragma once

#include <array>
#include <string_view>
#include <utility>

namespace gatefold::emit {

/// When the data registers between two stages load.
enum class RegisterEnable {
  Advance,    // with the whole pipeline
  Valid,      // with a step only: bubbles toggle nothing
  GatedClock  // as Valid, by a gated clock for each stage (rtl/gatefold_clock_gate.sv): for ASICs
};

/// Their names for the user.
inline constexpr std::array<std::pair<std::string_view, RegisterEnable>, 3> register_enables{
    {{"step", RegisterEnable::Valid},
     {"advance", RegisterEnable::Advance},
     {"gated-clock", RegisterEnable::GatedClock}}};

struct EmitOptions {
  RegisterEnable register_enable = RegisterEnable::Valid;
};

}  // namespace gatefold::emit
