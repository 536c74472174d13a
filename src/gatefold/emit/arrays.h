#pragma once

#include <string>
#include <vector>

#include "gatefold/emit/file.h"
#include "gatefold/emit/plan.h"

// The memories of a process as arrays: those of a layer that are read and written together, by the
// same addresses, are one wide array, so that they share the ports of few block RAMs.
namespace gatefold::emit {

/// Places each live memory in an array and settles which reads go through a register: those that no
/// operation of their own stage reads. Values must have their places.
void plan_arrays(Plan& plan);

/// The read port of a ReadMemory that is alive.
const ArrayRead& read_port(const Plan& plan, ValueId read);

/// Whether the read is the first of its port, with which the port is printed.
bool opens_port(const Plan& plan, ValueId read);

/// The declarations of the port's address and word.
std::string port_declarations(const Plan& plan, ValueId read);

/// `memory_x[v4_address]`
std::string port_word(const Plan& plan, ValueId read);

/// The memory's word in the word that its port has read, as an operand.
std::string memory_word(const Plan& plan, ValueId read);

/// The file of the array's contents, where they stand in one.
std::string array_path(const Plan& plan, const ArrayPlan& array);

/// Each word of the array as hexadecimal digits.
std::vector<std::string> array_contents(const Plan& plan, const ArrayPlan& array);

/// Declarations and contents of the arrays of a layer.
std::string array_declarations(const Plan& plan, int layer);

/// The contents that array_declarations reads from files, of all layers.
std::vector<File> array_files(const Plan& plan);

}  // namespace gatefold::emit
