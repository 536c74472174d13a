#pragma once

#include <string>

#include "gatefold/emit/plan.h"

namespace gatefold::emit {

/// A function that is a case over its argument, whose default is the most frequent entry.
struct CaseFunction {
  std::string name, result;  // the result's type
  hardware::Word argument;
  std::vector<std::pair<std::string, std::vector<std::int64_t>>> entries;  // and their arguments
};
std::string text_of(const CaseFunction& function);

/// The functions of the tables that a layer looks up one by one.
std::string table_functions(const Plan& plan, int layer);

}  // namespace gatefold::emit
