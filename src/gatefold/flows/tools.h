#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "gatefold/support/result.h"

// The programs of others that the flows run, and where they are found.
namespace gatefold::flows {

/// A program that a flow needs.
struct Tool {
  std::string name;                  // as a user calls it
  std::string purpose;               // "to ..."
  std::string install;               // the command that installs it
  std::vector<std::string> version;  // the arguments that make it print its version
  std::vector<std::string> wheels;   // distributions on PyPI that hold it, the preferred first
};

/// Every tool, in the order in which they are listed for a user.
const std::vector<Tool>& tools();

/// A tool as it was found on this machine.
struct FoundTool {
  std::string name;
  std::vector<std::string> command;  // what comes before the arguments
  std::string version;               // number, empty when it says none
  std::string where;                 // program, or folder of the wheel
  std::filesystem::path share;       // data files (cell models), where the tool has some
};

/// Looks for a tool of the table on the PATH, then among the wheels of the Python that
/// $GATEFOLD_PYTHON names, that of $VIRTUAL_ENV, and the `python3` on the PATH.
std::optional<FoundTool> find_tool(const std::string& name);

/// The same, or MissingTool: what it is for and the command that installs it.
Result<FoundTool> need_tool(const std::string& name);

/// One line of `gatefold doctor`.
struct ToolStatus {
  std::string name, version, where, purpose, install;
  bool found = false;
};

/// All tools, in table order.
std::vector<ToolStatus> doctor();

}  // namespace gatefold::flows
