#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gatefold/support/progress.h"
#include "gatefold/support/result.h"

namespace gatefold {

/// An external program to run. It reads nothing from standard input.
struct Command {
  std::vector<std::string> arguments;              // the program first: a path, or a name on PATH
  std::filesystem::path folder = ".";              // its working folder
  std::map<std::string, std::string> environment;  // added to ours
  std::optional<std::filesystem::path> log;        // takes both outputs instead of the strings
  std::optional<std::chrono::milliseconds> timeout;
  Progress* progress = nullptr;  // ticks while the program runs
};

struct ProcessOutput {
  int exit_code = 0;   // 128 + n when signal n ended it
  std::string output;  // standard output, empty when it went to the log
  std::string errors;  // standard error, likewise
};

/// The program's absolute path: `name` itself when it has a slash, else looked for on PATH.
std::optional<std::filesystem::path> find_program(const std::string& name);

/// Runs a program in a process group of its own, which is ended as a whole on a timeout, on an
/// interrupt, and when the program leaves children behind. An exit code other than 0 is no error
/// here. ProgramNotStarted, ProgramTimedOut, Interrupted, FileNotWritable (the log).
Result<ProcessOutput> run_process(const Command& command);

}  // namespace gatefold
