#include "gatefold/emit/primitive_files.h"

#include <algorithm>
#include <string_view>

#include "gatefold/emit/multiply_text.h"
#include "gatefold/emit/primitive_modules.h"
#include "gatefold/emit/primitives.h"
#include "gatefold/support/assert.h"

namespace gatefold::emit {
namespace {

File file_of(std::string_view module) {
  const auto name = std::string(module) + ".sv";
  const auto found =
      std::ranges::find_if(primitives, [&](const auto& file) { return file.name == name; });
  GATEFOLD_ASSERT(found != primitives.end(), "rtl/ holds " + name);
  return {"rtl/" + name, std::string(found->text)};
}

template <typename Wanted>
bool has_value(const Plan& plan, Wanted wanted) {
  for (std::size_t i = 0; i < plan.values.size(); ++i)
    if (plan.values[i].alive && wanted(plan, {static_cast<std::int32_t>(i)})) return true;
  return false;
}

bool adds_three(const Plan& plan) {
  return has_value(plan, [](const Plan& p, ValueId id) {
    return std::holds_alternative<hardware::Add3>(p.operation(id).kind);
  });
}

bool multiplies(const Plan& plan) { return has_value(plan, is_in_dsp); }

bool gates_clocks(const Plan& plan) {
  const auto layers = printed_layers(plan);
  return plan.register_enable == RegisterEnable::GatedClock &&
         std::ranges::any_of(layers, [&](int l) { return !register_stages(plan, l).empty(); });
}

}  // namespace

std::vector<File> primitive_files(const Network& network) {
  std::vector<File> files;
  if (std::ranges::any_of(network.processes, adds_three)) files.push_back(file_of(add3_module));
  if (std::ranges::any_of(network.processes, multiplies)) files.push_back(file_of(multiply_module));
  if (std::ranges::any_of(network.channels, [](const auto& c) { return c.depth > 0; }))
    files.push_back(file_of(fifo_module));
  if (std::ranges::any_of(network.processes, gates_clocks))
    files.push_back(file_of(clock_gate_module));
  return files;
}

}  // namespace gatefold::emit
