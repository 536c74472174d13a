#pragma once

#include <string>

#include "gatefold/emit/plan.h"

namespace gatefold::emit {

/// A port of a layer's module, and what the top module joins it to.
struct ModulePort {
  bool is_input = true;
  std::string type;
  std::string name;
  std::string outer;
};

/// The ports in the order of the module's header.
std::vector<ModulePort> module_ports(const Plan& plan, int layer);

/// The whole module of a layer that has one.
std::string layer_module(const Plan& plan, int layer);

}  // namespace gatefold::emit
