#pragma once

#include <string>

#include "gatefold/emit/plan.h"

namespace gatefold::emit {

/// Whether a multiplier of the device computes the value.
bool is_in_dsp(const Plan& plan, ValueId id);

/// The statements that compute such a product in its layer's module: an instance of the primitive
/// on both factors as signed words, and the assignment of the value.
std::string multiply_statements(const Plan& plan, ValueId id);

/// The attribute by which vendors' synthesis keeps the other multiplications of a layer's module in
/// LUTs; empty where it has none.
std::string multiplier_attribute(const Plan& plan, int layer);

}  // namespace gatefold::emit
