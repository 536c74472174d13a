#pragma once

#include <string>

#include "gatefold/emit/plan.h"

namespace gatefold::emit {

/// The functions of the tables that a layer looks up: a case over the argument, whose default is
/// the most frequent entry.
std::string table_functions(const Plan& plan, int layer);

}  // namespace gatefold::emit
