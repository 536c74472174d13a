#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>

#include "gatefold/schedule/estimate.h"
#include "gatefold/schedule/target.h"
#include "gatefold/schedule/toggles.h"

namespace gatefold::driver {

/// What a design takes, and what a user may bound.
enum class Resource { Luts, Area, Registers, BlockRams, Dsps, Toggles };
inline constexpr std::array all_resources{Resource::Luts,      Resource::Area, Resource::Registers,
                                          Resource::BlockRams, Resource::Dsps, Resource::Toggles};
inline constexpr std::size_t resource_count = all_resources.size();

/// A name for messages, such as "LUTs".
const char* name_of(Resource resource);

/// An amount of each resource: LUTs, or the area of a cell library with its registers, flip-flops,
/// block RAMs, DSPs, bits that change an inference.
struct Resources {
  std::array<double, resource_count> amounts{};

  double& operator[](Resource r) { return amounts[static_cast<std::size_t>(r)]; }
  double operator[](Resource r) const { return amounts[static_cast<std::size_t>(r)]; }
  Resources& operator+=(const Resources& other);
  Resources& operator-=(const Resources& other);
  /// No amount is above the other's.
  bool within(const Resources& bounds) const;
};

/// Bounds that nothing reaches.
Resources unbounded();

/// The area, or LUTs, and for the rest the LUTs that stand beside it in devices of the target: two
/// flip-flops a LUT, and the target's figures for block RAMs and DSPs.
double size_of(const Resources& resources, const schedule::Target& target);

/// Of the whole design; toggles where they were counted.
Resources resources_of(const schedule::Estimate& estimate, const schedule::Target& target,
                       const std::optional<schedule::Toggles>& toggles);

/// Of each layer. What stands between layers (queues, handshakes) is in none.
std::map<std::string, Resources> resources_by_layer(
    const schedule::Estimate& estimate, const schedule::Target& target,
    const std::optional<schedule::Toggles>& toggles);

}  // namespace gatefold::driver
