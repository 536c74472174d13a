#include <cstdlib>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

#include "gatefold/flows/simulate.h"
#include "gatefold/flows/synthesise.h"
#include "gatefold/flows/yosys/figures.h"

namespace gatefold::flows {
namespace {

using gatefold::testing::TempFolder;
using ::testing::HasSubstr;

constexpr auto manifest =
    R"({"top": "net", "testbench": "net_tb", "layers": [{"name": "x"}, {"name": "fc1", "module": "net_fc1"}]})";

/// A project by hand, and a PATH on which only the tools of the test stand.
class FlowErrors : public ::testing::Test {
 protected:
  FlowErrors() : path_(std::getenv("PATH")) {
    project_.write("manifest.json", manifest);
    project_.write("files.f", "rtl/net.sv\n");
    ::unsetenv("VIRTUAL_ENV");
    ::unsetenv("GATEFOLD_PYTHON");
    ::setenv("PATH", tools_.path().c_str(), 1);
  }
  ~FlowErrors() override { ::setenv("PATH", path_.c_str(), 1); }

  /// A tool that does what the shell script says.
  void tool(const std::string& name, const std::string& script) {
    const auto file = tools_.write(name, "#!/bin/sh\n" + script + "\n");
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  }

  std::string in_project(const std::string& path) { return (project_ / path).string(); }

  TempFolder project_, tools_;
  std::string path_;
};

template <typename T>
std::string message(const Result<T>& result) {
  return result.ok() ? "no error" : to_string(result.errors());
}

TEST_F(FlowErrors, MissingTool) {
  EXPECT_EQ(
      message(lint(project_.path())),
      "error[MissingTool]: 'verilator' is not here; it is needed to check and simulate the "
      "SystemVerilog\n  remedy: apt-get install verilator (or pip install 'gatefold[eda]')\n");
  EXPECT_THAT(message(simulate(project_.path(), Simulator::Verilator)), HasSubstr("'verilator'"));
  EXPECT_THAT(message(simulate(project_.path(), Simulator::Icarus)), HasSubstr("'iverilog'"));
  EXPECT_THAT(message(synthesise(project_.path(), "xcup")), HasSubstr("'yosys'"));
}

TEST_F(FlowErrors, VerilatorNeedsACompiler) {
  tool("verilator", "exit 0");
  EXPECT_THAT(message(simulate(project_.path(), Simulator::Verilator)),
              HasSubstr("error[MissingTool]: 'g++' is not here"));
  EXPECT_EQ(message(lint(project_.path())), "no error");
}

TEST_F(FlowErrors, ToolFailedQuotesTheLog) {
  tool("verilator", "echo first; echo '%Error: no such module'; exit 3");
  EXPECT_EQ(message(lint(project_.path())),
            "error[ToolFailed]: 'verilator' ended with exit code 3; the last lines of '" +
                in_project("build/verilator/lint.log") +
                "':\nfirst\n%Error: no such module\n  remedy: read the log; `gatefold doctor` "
                "lists the versions of the tools\n");
}

TEST_F(FlowErrors, SimulationWithoutAResultIsToolFailed) {
  tool("iverilog", "exit 0");
  tool("vvp", "echo hello");
  EXPECT_THAT(message(simulate(project_.path(), Simulator::Icarus)),
              HasSubstr("error[ToolFailed]: 'vvp' ended with exit code 0; the last lines of '" +
                        in_project("build/icarus/simulation.log") + "':\nhello\n"));
}

TEST_F(FlowErrors, WrongLatencyIsToolFailed) {
  tool("iverilog", "exit 0");
  tool("vvp",
       "echo GATEFOLD_RESULT vectors=9 mismatches=0 bits=0 latency=3 interval=1; echo mistimed; "
       "exit 1");
  EXPECT_THAT(message(simulate(project_.path(), Simulator::Icarus)), HasSubstr("mistimed"));
}

TEST_F(FlowErrors, ToolOutputOfYosysThatWritesNothing) {
  tool("yosys", "exit 0");
  EXPECT_THAT(message(synthesise(project_.path(), "xcup")),
              HasSubstr("error[FileNotReadable]: cannot read '" +
                        in_project("build/yosys/xcup/total.json")));
}

TEST_F(FlowErrors, ToolOutputOfAnotherForm) {
  const auto target = yosys::find_target("ice40").value();
  const auto read = [&](const std::string& stat, const std::string& levels) {
    return message(yosys::read_cells(target, stat, levels, "total.json"));
  };
  EXPECT_EQ(read("{", ""),
            "error[ToolOutput]: 'total.json' is not what Yosys was expected to write: it holds no "
            "modules\n  remedy: `gatefold doctor` lists the versions of the tools; try another "
            "one\n");
  EXPECT_THAT(read(R"({"modules": {"\\n": {}}})", ""), HasSubstr("module 'n' has no cells"));
  const std::string cells = R"({"modules": {"\\n": {"num_cells_by_type": {"SB_NEW": 1}}}})";
  EXPECT_THAT(read(cells, ""), HasSubstr("module 'n' has no longest path"));
  EXPECT_THAT(read(cells, "Longest topological path in n (length=1):"),
              HasSubstr("it has cells of type 'SB_NEW'"));
}

TEST_F(FlowErrors, ToolOutputWithoutALayersModule) {
  tool("yosys",
       "for i in total layers; do\n"
       "  echo '{\"modules\": {\"net\": {\"num_cells_by_type\": {}}}}' "
       ">build/yosys/xcup/$i.json\n"
       "  echo 'Longest topological path in net (length=1):' >build/yosys/xcup/${i}_levels.txt\n"
       "done");
  EXPECT_THAT(message(synthesise(project_.path(), "xcup")),
              HasSubstr("was expected to write: it lacks module 'net_fc1'"));
}

TEST_F(FlowErrors, TargetUnknown) {
  const std::string text = "error[TargetUnknown]: there is no target 'z80'; there are xcup, xc7, ";
  EXPECT_THAT(message(synthesise(project_.path(), "z80")), HasSubstr(text));
  EXPECT_THAT(message(simulate_netlist(project_.path(), "z80")), HasSubstr(text));
}

TEST_F(FlowErrors, NetlistThatIsNotThere) {
  EXPECT_THAT(message(simulate_netlist(project_.path(), "xcup")),
              HasSubstr("error[FileNotReadable]: cannot read '" +
                        in_project("build/yosys/xcup/netlist.v")));
}

TEST_F(FlowErrors, NetlistIsLeftToVerilatorWhereIcarusFails) {
  project_.write("build/yosys/generic_lut6/netlist.v", "");
  EXPECT_THAT(message(simulate_netlist(project_.path(), "generic_lut6")),
              HasSubstr("error[MissingTool]: 'iverilog'"));
  tool("iverilog", "exit 3");
  EXPECT_THAT(message(simulate_netlist(project_.path(), "generic_lut6")),
              HasSubstr("error[ToolFailed]: 'iverilog' ended with exit code 3"));
  for (const auto* name : {"verilator", "g++", "make"}) tool(name, "exit 4");
  EXPECT_THAT(message(simulate_netlist(project_.path(), "generic_lut6")),
              HasSubstr("error[ToolFailed]: 'verilator' ended with exit code 4"));
}

TEST_F(FlowErrors, NetlistModelsThatAreNotThere) {
  project_.write("build/yosys/xcup/netlist.v", "");
  tool("yosys", "exit 0");
  EXPECT_THAT(message(simulate_netlist(project_.path(), "xcup")),
              HasSubstr("xilinx/cells_sim.v': No such file"));
}

TEST_F(FlowErrors, ProjectMalformed) {
  EXPECT_THAT(message(lint(tools_.path())), HasSubstr("error[FileNotReadable]"));
  project_.write("files.f", "\n");
  EXPECT_THAT(message(lint(project_.path())),
              HasSubstr("error[ProjectMalformed]: '" + project_.path().string() +
                        "' is not a project that gatefold has written: it lacks the names of its "
                        "modules in files.f"));
  for (const auto* text : {"", "[]", "{", R"({"top": 3})", R"({"top": "a", "testbench": "b"})"}) {
    project_.write("manifest.json", text);
    EXPECT_THAT(message(lint(project_.path())), HasSubstr("error[ProjectMalformed]")) << text;
  }
}

TEST_F(FlowErrors, Timeout) {
  tool("verilator", "if [ $1 = --lint-only ]; then exec /bin/sleep 20; fi");
  EXPECT_THAT(message(lint(project_.path(), std::chrono::seconds(1))),
              HasSubstr("error[ProgramTimedOut]"));
}

}  // namespace
}  // namespace gatefold::flows
