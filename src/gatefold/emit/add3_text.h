#pragma once

#include <string>

#include "gatefold/emit/file.h"
#include "gatefold/emit/plan.h"

namespace gatefold::emit {

/// Name of the module of rtl/ that adds three words.
inline constexpr auto add3_module = "gatefold_add3";

/// The statements that compute an Add3 in its layer's module: an instance of the primitive over the
/// bits of the carry chain, and the assignment of the value.
std::string add3_statements(const Plan& plan, ValueId id);

/// The primitive's file, when a value of the plan needs it.
std::vector<File> primitive_files(const Plan& plan);

}  // namespace gatefold::emit
