#include "gatefold/driver/resources.h"

#include <algorithm>
#include <limits>

namespace gatefold::driver {

const char* name_of(Resource resource) {
  constexpr std::array<const char*, resource_count> names{
      "LUTs", "units of area", "flip-flops", "block RAMs", "DSPs", "toggles an inference"};
  return names[static_cast<std::size_t>(resource)];
}

Resources& Resources::operator+=(const Resources& other) {
  for (std::size_t r = 0; r < resource_count; ++r) amounts[r] += other.amounts[r];
  return *this;
}

Resources& Resources::operator-=(const Resources& other) {
  for (std::size_t r = 0; r < resource_count; ++r) amounts[r] -= other.amounts[r];
  return *this;
}

bool Resources::within(const Resources& bounds) const {
  for (std::size_t r = 0; r < resource_count; ++r)
    if (amounts[r] > bounds.amounts[r]) return false;
  return true;
}

Resources unbounded() {
  Resources bounds;
  bounds.amounts.fill(std::numeric_limits<double>::infinity());
  return bounds;
}

double size_of(const Resources& resources, const schedule::Target& target) {
  if (target.is_cell_library()) return resources[Resource::Area];
  return resources[Resource::Luts] + resources[Resource::Registers] / 2 +
         resources[Resource::BlockRams] * target.memory.block_luts +
         resources[Resource::Dsps] * target.dsp.luts;
}

namespace {

Resource unit_of(const schedule::Target& target) {
  return target.is_cell_library() ? Resource::Area : Resource::Luts;
}

Resources resources_of_layer(const schedule::LayerEstimate& row, const schedule::Target& target) {
  Resources resources;
  resources[unit_of(target)] = row.luts;
  resources[Resource::Registers] = static_cast<double>(row.register_bits);
  resources[Resource::BlockRams] = static_cast<double>(row.block_rams);
  resources[Resource::Dsps] = static_cast<double>(row.dsps);
  return resources;
}

double per_inference(const schedule::Toggles& toggles, const schedule::LayerToggles& row) {
  return static_cast<double>(row.words + row.registers) /
         static_cast<double>(std::max<std::int64_t>(toggles.inferences, 1));
}

}  // namespace

Resources resources_of(const schedule::Estimate& estimate, const schedule::Target& target,
                       const std::optional<schedule::Toggles>& toggles) {
  Resources resources;
  resources[unit_of(target)] = estimate.luts;
  resources[Resource::Registers] = static_cast<double>(estimate.register_bits);
  resources[Resource::BlockRams] = static_cast<double>(estimate.block_rams);
  resources[Resource::Dsps] = static_cast<double>(estimate.dsps);
  if (toggles) resources[Resource::Toggles] = per_inference(*toggles, toggles->total());
  return resources;
}

std::map<std::string, Resources> resources_by_layer(
    const schedule::Estimate& estimate, const schedule::Target& target,
    const std::optional<schedule::Toggles>& toggles) {
  std::map<std::string, Resources> layers;
  for (const auto& row : estimate.layers) layers[row.layer] += resources_of_layer(row, target);
  if (toggles)
    for (const auto& row : toggles->layers)
      layers[row.layer][Resource::Toggles] += per_inference(*toggles, row);
  return layers;
}

}  // namespace gatefold::driver
