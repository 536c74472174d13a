#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "gatefold/flows/tools.h"
#include "gatefold/support/result.h"

namespace gatefold::flows {

/// How long one run of a tool may take unless the caller says otherwise.
inline constexpr std::chrono::seconds default_time{3600};

/// One run of a tool in a project's folder.
struct ToolRun {
  const FoundTool& tool;
  std::vector<std::string> arguments;
  std::filesystem::path project;  // the working folder
  std::filesystem::path log;      // takes all output; relative to the project
  std::string label;              // of the progress line
  std::chrono::seconds time = default_time;
  std::map<std::string, std::string> environment = {};
};

/// Runs the tool and returns its exit code. Interrupted, ProgramTimedOut, ProgramNotStarted, and
/// FileNotWritable (the log).
Result<int> run_tool(const ToolRun& run);

/// The same; an exit code other than 0 is ToolFailed.
Status run_to_success(const ToolRun& run);

/// ToolFailed with the last lines of the log.
Diagnostic tool_failed(const ToolRun& run, int exit_code);

/// The text of the log.
Result<std::string> log_of(const ToolRun& run);

}  // namespace gatefold::flows
