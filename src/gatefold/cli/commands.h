#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "gatefold/driver/compile.h"
#include "gatefold/emulate/emulator.h"

// One function a command: it declares its options on its subcommand and, when that was chosen,
// runs.
namespace gatefold::cli {

/// Exit codes of the process.
enum ExitCode { Equal = 0, Different = 1, Mistake = 2 };

/// What a command leaves: its exit code, or diagnostics (exit code 2, or 130 when interrupted).
using Outcome = Result<int>;

/// Sets `outcome` when the command has run.
using Command = void (*)(CLI::App& app, Outcome& outcome);

void add_check(CLI::App& app, Outcome& outcome);
void add_compile(CLI::App& app, Outcome& outcome);
void add_predict(CLI::App& app, Outcome& outcome);
void add_trace(CLI::App& app, Outcome& outcome);
void add_verify(CLI::App& app, Outcome& outcome);
void add_build(CLI::App& app, Outcome& outcome);
void add_image(CLI::App& app, Outcome& outcome);
void add_report(CLI::App& app, Outcome& outcome);
void add_passes(CLI::App& app, Outcome& outcome);
void add_doctor(CLI::App& app, Outcome& outcome);

/// The options that every command on a model shares, as the user writes them.
struct ModelOptions {
  std::string model;
  std::vector<std::string> input_types;       // `fixed<16,6>` or `port=fixed<16,6>`
  std::vector<std::string> recurrent_types;   // `fixed<16,6>` or `role=fixed<16,6>`
  std::vector<std::string> recurrent_states;  // `stateful` or `lstm1=stateful`
  std::string final_activation = "hardware";
  std::string target = "xcup";
  std::optional<double> clock_ns;
  int stages = 0;
  std::vector<std::string> reuse;    // `16` or `dense1=16`
  std::vector<std::string> weights;  // `reloadable` or `dense1=reloadable`
  driver::FoldGoals folds;
  int extra_depth = 0;
  int effort = 1;
  std::string multipliers = "auto";
  std::string register_enable = "step";
  std::string stop_after;
  std::vector<std::string> skip;
  std::string dump;
  bool json = false;

  /// The model's path and how it is imported.
  void declare_import(CLI::App& command);
  /// How much of the hardware is used again.
  void declare_folds(CLI::App& command);
  /// A bound on toggles, for commands that have inputs on which they are counted.
  void declare_toggles(CLI::App& command);
  /// And how it becomes hardware.
  void declare_compile(CLI::App& command);

  Result<layers::ImportOptions> import_options() const;
  Result<driver::CompileOptions> compile_options() const;
};

/// Rows under headings, columns aligned (numbers to the right).
std::string table(const std::vector<std::string>& headings,
                  const std::vector<std::vector<std::string>>& rows);

}  // namespace gatefold::cli
