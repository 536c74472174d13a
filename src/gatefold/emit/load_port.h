#pragma once

#include <string>
#include <vector>

#include "gatefold/emit/layer_module.h"
#include "gatefold/emit/network.h"

// The port by which the words of reloadable arrays are written: one flat address space, in which
// each array begins at a multiple of a power of two that holds it, so that the high bits of an
// address choose the array and the low ones its word.
namespace gatefold::emit {

/// Gives every reloadable array of the processes its addresses.
LoadPort plan_load_port(std::vector<Plan>& processes);

/// The port of a process's module: the words of its arrays, as wide as the widest.
LoadPort load_port_of(const Plan& plan);

/// Whether arrays of the layer are loaded, and the ports of its module for that.
bool has_load_port(const Plan& plan, int layer);
std::vector<ModulePort> load_ports(const Plan& plan, int layer);

/// The lines of a module's header; none without a port.
std::vector<std::string> load_port_lines(const LoadPort& port);

/// The registers between the top module's port and the processes.
std::string load_registers(const LoadPort& port);

/// `[7:0]`, empty where all of the `width` bits are meant.
std::string load_slice(int used, int width);

/// The write of a loaded word into an array.
std::string load_write(const Plan& plan, const ArrayPlan& array);

/// A reloadable array and whose it is.
struct LoadedArray {
  std::size_t process = 0;
  const ArrayPlan* array = nullptr;
};
/// By address.
std::vector<LoadedArray> loaded_arrays(const Network& network);

/// The words of all addresses from 0 on, a line of hexadecimal digits each; 0 where no array is.
std::string load_image(const Network& network);

}  // namespace gatefold::emit
