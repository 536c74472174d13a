#pragma once

#include <string>

#include "gatefold/emit/expression.h"
#include "gatefold/emit/plan.h"

// The tables that a layer looks up by one word: side by side they are one wide table, which tools
// read in a fraction of the time of as many functions.
namespace gatefold::emit {

/// Joins the lookups of each layer. Values must have their places.
void plan_joint_tables(Plan& plan);

/// Whether the lookup is the first of its joint table, with which that is printed.
bool opens_joint_table(const Plan& plan, ValueId lookup);

/// The wire of the joint table's word.
std::string joint_table_declarations(const Plan& plan, ValueId lookup);

/// The entry of a joined lookup, as an operand: its bits in that wire.
Operand joint_table_entry(const Plan& plan, ValueId lookup);

/// `function` of the joint table: its word by the argument, as in table_text.h.
std::string joint_table_functions(const Plan& plan, int layer);

}  // namespace gatefold::emit
