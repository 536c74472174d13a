#include <gmock/gmock.h>

#include "gatefold/adder_graph/standard_cells.h"

namespace gatefold::adder_graph {
namespace {

std::string error_of(std::string_view liberty) {
  const auto model = standard_cells(liberty, "cells.lib");
  return model.ok() ? "no error" : to_string(model.errors());
}

constexpr std::string_view remedy =
    "\n  remedy: give a .lib file with its cells' functions and areas, as the foundry or PDK ships "
    "it\n";

TEST(LibertyErrors, LibertyMalformed) {
  const auto message = [](const std::string& what) {
    return "error[LibertyMalformed]: 'cells.lib' is no Liberty library that can be read: " + what +
           std::string(remedy);
  };
  EXPECT_EQ(error_of(""), message("line 1: a name is missing"));
  EXPECT_EQ(error_of("time_unit : 1ns;"), message("line 1: it has no library group"));
  EXPECT_EQ(error_of("library (a) {\n  cell (b) {\n"), message("line 3: '}' is missing"));
  EXPECT_EQ(error_of("library {"), message("line 1: '(' is missing"));
  EXPECT_EQ(error_of("library (a {"), message("line 1: ')' is missing"));
}

TEST(LibertyErrors, LibertyLacksCell) {
  constexpr std::string_view inverter =
      "library (a) { cell (i) { area : 1; pin (A) { direction : input; } "
      "pin (Y) { direction : output; function : \"!A\"; } } }";
  const auto message = [](const std::string& what) {
    return "error[LibertyLacksCell]: 'cells.lib' has no usable " + what +
           "\n  remedy: give the library of the core cells, without dont_use on all of them\n";
  };
  EXPECT_EQ(error_of("library (a) { }"), message("inverter"));
  EXPECT_EQ(error_of(inverter), message("NAND gate of two inputs"));
}

}  // namespace
}  // namespace gatefold::adder_graph
