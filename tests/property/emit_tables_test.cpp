#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/hand_made_design.h"

// Tables that are looked up by one word, as functions and as one wide table.
namespace gatefold {
namespace {

using namespace testing;
using namespace hardware;
using ::testing::HasSubstr;
using ::testing::Not;

/// Four tables: two by the same word, one of them by another word too, and one by a word of its
/// own.
HandMadeDesign lookups() {
  HandMadeDesign builder;
  builder.process().tables = {{"weights a", -4, {7, -3, 0, 0, 5, -8, 1, 2}},
                              {"weights b", -4, {0, 0, 1, 0, 1, 1, 0, 1}},
                              {"steps", 0, {9, 30, 9, 9}}};
  const auto x = builder.input("x", {{-4, 3, 0}, {-4, 3, 0}, {0, 3, 0}}, {}, 1);
  const auto first = builder.add(Receive{x, 0}, 0, 0);
  const auto second = builder.add(Receive{x, 1}, 0, 0);
  const auto third = builder.add(Receive{x, 2}, 0, 0);
  const auto a = builder.add(Lookup{{0}, first}, 0, 0);
  const auto b = builder.add(Lookup{{1}, first}, 0, 0);
  const auto other = builder.add(Lookup{{1}, second}, 0, 0);
  const auto alone = builder.add(Lookup{{2}, third}, 0, 1);
  builder.output("y", {a, b, other, alone}, {}, 1);
  return builder;
}

TEST(EmitTables, AgreeWithRunDesign) { check(lookups(), 2, 2, 1); }

TEST(EmitTables, AreOneTableWhereOneWordLooksThemUp) {
  const auto builder = lookups();
  std::string text;
  for (const auto& file : emit::emit_systemverilog(builder.design(), builder.schedule(2, 2, 1)))
    if (file.path == "rtl/hand_made_first.sv") text = file.text;
  EXPECT_THAT(text, HasSubstr("function automatic logic [4:0] tables_v3(input logic signed [2:0]"));
  EXPECT_THAT(text, HasSubstr("-3'sd3: tables_v3 = 5'h0d;"));  // b = 0, a = -3
  EXPECT_THAT(text, HasSubstr("$signed(v3_tables[3:0])"));
  EXPECT_THAT(text, HasSubstr("= v3_tables[4:4];"));
  EXPECT_THAT(text, HasSubstr("= table_weights_b(x_1_i);"));
  EXPECT_THAT(text, Not(HasSubstr("table_weights_a")));
}

}  // namespace
}  // namespace gatefold
