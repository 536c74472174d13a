// verify: several meanings of one model, compared bit by bit.
#include "gatefold/driver/verify.h"

#include <filesystem>
#include <fmt/core.h>
#include <memory>

#include "gatefold/cli/commands.h"
#include "gatefold/driver/data.h"
#include "gatefold/driver/verify_json.h"
#include "gatefold/support/scratch_folder.h"

namespace gatefold::cli {
namespace {

struct VerifyCommand : ModelOptions {
  std::vector<std::string> data;
  std::vector<std::string> levels;
  driver::VerifyOptions counts;
  std::string keep;
};

Result<driver::VerifyOptions> verify_options(const VerifyCommand& command,
                                             const driver::Compilation& compilation) {
  driver::VerifyOptions options = command.counts;
  GATEFOLD_TRY(options.levels, driver::parse_levels(command.levels));
  if (command.data.empty()) return options;
  GATEFOLD_TRY(const auto real, driver::read_data(compilation.imported, command.data));
  GATEFOLD_TRY(options.data, emulate::Emulator(compilation.imported).quantize(real));
  return options;
}

void print_levels(const driver::Verification& verification) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& level : verification.levels)
    rows.push_back({driver::name_of(level.level), std::to_string(level.vectors),
                    std::to_string(level.differing_bits), level.detail});
  fmt::print("{}", table({"level", "vectors", "differing bits", ""}, rows));
  for (const auto& level : verification.levels)
    if (level.first)
      fmt::print("first difference at level {}: {}\n", driver::name_of(level.level),
                 level.first->to_string());
}

Outcome verify(const VerifyCommand& command) {
  GATEFOLD_TRY(auto compile_options, command.compile_options());
  compile_options.data = command.data;
  GATEFOLD_TRY(const auto compilation, driver::compile(command.model, compile_options));
  GATEFOLD_TRY(const auto options, verify_options(command, compilation));
  GATEFOLD_TRY(const ScratchFolder scratch, ScratchFolder::create(command.keep));
  GATEFOLD_TRY(const auto verification, driver::verify(compilation, options, scratch.path()));
  if (command.json) {
    fmt::print("{}", driver::to_json(verification));
  } else {
    print_levels(verification);
    fmt::print("{}\n", verification.line());
  }
  return verification.equal() ? Equal : Different;
}

}  // namespace

void add_verify(CLI::App& app, Outcome& outcome) {
  auto* command = app.add_subcommand("verify", "Compare the model's meanings bit by bit");
  const auto options = std::make_shared<VerifyCommand>();
  options->declare_compile(*command);
  options->declare_toggles(*command);
  command->add_option("--data", options->data, "Real inputs: X.npy, or <input>=X.npy for each");
  command
      ->add_option("--levels", options->levels,
                   "Levels to compare: graph, design, verilator, netlist (default: all that the "
                   "target and this machine can)")
      ->delimiter(',');
  command->add_option("--random", options->counts.random, "Random vectors")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_option("--extreme", options->counts.extreme, "Vectors of interval ends")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command
      ->add_option("--netlist-vectors", options->counts.netlist_vectors,
                   "Vectors of each kind for the netlist")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_option("--keep", options->keep, "Folder in which the simulated projects are left");
  command->callback([options, &outcome] { outcome = verify(*options); });
}

}  // namespace gatefold::cli
