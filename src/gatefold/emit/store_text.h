#pragma once

#include <set>
#include <string>

#include "gatefold/emit/plan.h"

// States and memories of a layer's module.
namespace gatefold::emit {

/// The stages in which the layer writes stores.
std::set<int> write_stages(const Plan& plan, int layer);

/// Whether the layer's states or writes look at the reset (the words of memories have none).
bool needs_reset(const Plan& plan, int layer);

std::string store_declarations(const Plan& plan, int layer);
std::string store_writes(const Plan& plan, int layer);

}  // namespace gatefold::emit
