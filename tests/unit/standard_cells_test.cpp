#include "gatefold/adder_graph/standard_cells.h"

#include <filesystem>
#include <gmock/gmock.h>

#include "gatefold/adder_graph/adder_graph.h"
#include "gatefold/cells/liberty.h"
#include "gatefold/schedule/target.h"

namespace gatefold::adder_graph {
namespace {

using cells::truth_table;

const std::vector<std::string> abc = {"A", "B", "CI"};

TEST(TruthTable, OperatorsOfLiberty) {
  EXPECT_EQ(truth_table("A", abc), 0xaau);
  EXPECT_EQ(truth_table("!A", abc), 0x55u);
  EXPECT_EQ(truth_table("A'", abc), 0x55u);
  EXPECT_EQ(truth_table("(A ^ B) ^ CI", abc), 0x96u);
  EXPECT_EQ(truth_table("(A&B) | (A*CI)+B CI", abc), 0xe8u);
  EXPECT_EQ(truth_table("!(A | B) & 1", abc), 0x11u);
  EXPECT_EQ(truth_table("0", abc), 0u);
  // `^` is stronger than `&`, and that than `|`.
  EXPECT_EQ(truth_table("A | B & CI ^ A", abc), 0xaau | (0xccu & (0xf0u ^ 0xaau)));
}

TEST(TruthTable, WhatIsNoFunctionOfTheInputs) {
  for (const char* text : {"", "A &", "(A", "A)", "IQ", "A $ B", "!"}) {
    EXPECT_EQ(truth_table(text, abc), std::nullopt) << text;
  }
}

// With comments, continued lines, quoted and bare names, and timing that is skipped.
constexpr std::string_view library = R"lib(/* a library */
library ("small") {
  time_unit : "1ns";
  capacitive_load_unit (1, pf);
  lu_table_template (t) { variable_1 : input_net_transition; index_1 ("1, 2"); }
  cell (INV) { area : 1.0;
    pin (A) { direction : input; capacitance : 0.5; }
    pin (Y) { direction : output; function : "!A";
      timing () { related_pin : "A"; cell_rise (t) { values ("1, 2", \
        "3, 4"); } } } }
  cell ("NAND2") { area : 2.0; pin ("A") { direction : "input"; } pin ("B") { direction : "input"; }
    pin ("Y") { direction : "output"; function : "(A*B)'"; } }
  cell (XOR2) { area : 3.5; pin (A) { direction : input } pin (B) { direction : input }
    pin (Y) { direction : output; function : "A^B" } }
  cell (FA) { area : 11; pin (A) { direction : input; } pin (B) { direction : input; }
    pin (CI) { direction : input; }
    pin (CO) { direction : output; function : "(A B) + (CI (A + B))"; }
    pin (S) { direction : output; function : "A ^ B ^ CI"; } }
  cell (CHEAP) { area : 1; dont_use : true; pin (A) { direction : input; }
    pin (B) { direction : input; } pin (Y) { direction : output; function : "!(A & B)"; } }
  cell (DFF) { area : 9; ff (IQ, IQN) { next_state : "D"; clocked_on : "CK"; }
    pin (D) { direction : input; } pin (CK) { direction : input; }
    pin (Q) { direction : output; function : "IQ"; } }
})lib";

TEST(Liberty, CombinationalCells) {
  const auto found = cells::read_liberty(library, "small.lib")->cells;
  std::vector<std::string> names;
  for (const auto& cell : found) names.push_back(cell.name);
  EXPECT_THAT(names, testing::ElementsAre("INV", "NAND2", "XOR2", "FA"));
  EXPECT_EQ(found[3].inputs, abc);
  EXPECT_THAT(found[3].functions, testing::ElementsAre(0xe8, 0x96));
}

// By hand: the full adder's cell is smaller than 2 * 3.5 + 3 * 2, the half adder is XOR, NAND and
// inverter.
TEST(StandardCells, AreasOfAdders) {
  const CostModel model = *standard_cells(library, "small.lib");
  EXPECT_EQ(model.per_unit, 1000);
  EXPECT_EQ(model.full_adder, 11000);
  EXPECT_EQ(model.half_adder, 3500 + 2000 + 1000);
  EXPECT_EQ(model.inverter, 1000);
  EXPECT_EQ(model.chain, model.half_adder - model.full_adder);
  // 1 + 1 of four bits: a half adder, three full adders, whose last carry is the sum's top bit;
  // the model gives that bit a half adder of its own.
  Problem problem{2, 1, {1, 1}, {{0, 15, 0}, {0, 15, 0}}, {}, model};
  EXPECT_EQ(solve(problem).cost, 6500 + 3 * 11000 + 6500);
}

// Times of tests/support/tiny.lib are linear in the input's transition s and the load c:
// base + 0.1 s + 2 c ps, transitions 10 + 0.1 s + 4 c. Four inverters load with 4 fF; s = 26 + 0.1
// s is 28.9 ps there, so each delay is its base plus 10.9 ps.
TEST(CellTarget, AreasAndDelaysByHand) {
  const std::filesystem::path path = GATEFOLD_SOURCE_DIR "/tests/support/tiny.lib";
  const auto read = schedule::load_target(path.string());
  ASSERT_TRUE(read.ok()) << to_string(read.errors());
  const schedule::Target& target = *read;
  EXPECT_EQ(target.title, "Cells of tiny");
  EXPECT_EQ(target.area_unit, "um2");
  constexpr double slack = 0.01089;
  const schedule::Cost& add = target.cost(schedule::CostClass::Add);
  // the first bit is a half adder: XOR2, NAND2 and INV; a sum ends after A to S, carries go by CI
  EXPECT_NEAR(add.luts.at(1), 4 + 2 + 1, 1e-9);
  EXPECT_NEAR(add.luts.at(5), 4 + 2 + 1 + 4 * 9, 1e-9);
  EXPECT_NEAR(add.delay_ns.at(1), 0.090 + slack, 1e-4);
  EXPECT_NEAR(add.delay_ns.at(2) - add.delay_ns.at(1), 0.050 + slack, 1e-4);
  EXPECT_NEAR(target.cost(schedule::CostClass::Select).luts.at(8), 8 * 5, 1e-9);
  EXPECT_NEAR(target.cost(schedule::CostClass::Select).delay_ns.at(8), 0.040 + slack, 1e-4);
  EXPECT_NEAR(target.register_area, 10 + 5, 1e-9);
  EXPECT_NEAR(target.register_ns, 0.070 + slack + 0.030, 1e-4);
  EXPECT_EQ(target.clock_ns, 5);
}

// Areas of FA, HA and INV as the libraries state them; the IHP has no adder cells: two XOR and
// three NAND, XOR and AND.
TEST(StandardCells, OfThePdks) {
  const std::filesystem::path pdk = GATEFOLD_SOURCE_DIR "/../shared/pdk";
  if (!std::filesystem::exists(pdk)) GTEST_SKIP() << "no PDKs at " << pdk;
  const auto model = [&](const char* file) { return *read_standard_cells(pdk / file); };
  const auto nangate = model("nangate45/NangateOpenCellLibrary_typical.lib");
  EXPECT_EQ(nangate.full_adder, 4256);
  EXPECT_EQ(nangate.half_adder, 2660);
  EXPECT_EQ(nangate.inverter, 532);
  const auto sky130 = model("sky130hd/sky130_fd_sc_hd__tt_025C_1v80.lib");
  EXPECT_EQ(sky130.full_adder, 20019);
  EXPECT_EQ(sky130.inverter, 3754);
  const auto ihp = model("ihp-sg13g2/sg13g2_stdcell_typ_1p20V_25C.lib");
  EXPECT_EQ(ihp.full_adder, 50803);  // 2 * 14.5152 + 3 * 7.2576
}

}  // namespace
}  // namespace gatefold::adder_graph
