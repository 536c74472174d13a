#pragma once

#include <string>

#include "gatefold/emit/plan.h"

namespace gatefold::emit {

/// The statements that compute an Add3 in its layer's module: an instance of the primitive over the
/// bits of the carry chain, and the assignment of the value.
std::string add3_statements(const Plan& plan, ValueId id);

}  // namespace gatefold::emit
