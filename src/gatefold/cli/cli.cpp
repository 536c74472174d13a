#include "gatefold/cli/cli.h"

#include <exception>
#include <fmt/core.h>

#include "gatefold/cli/commands.h"
#include "gatefold/support/interrupt.h"

namespace gatefold::cli {
namespace {

constexpr Command commands[] = {add_check, add_compile, add_predict, add_trace, add_verify,
                                add_build, add_report,  add_passes,  add_doctor};

int finish(const Outcome& outcome) {
  if (outcome.ok()) return *outcome;
  fmt::print(stderr, "{}", to_string(outcome.errors()));
  return interrupted() ? interrupt_exit_code : mistake;
}

int parse_and_run(int argc, const char* const* argv) {
  CLI::App app{"Folds a trained neural network into gates."};
  app.set_version_flag("--version", GATEFOLD_VERSION);
  app.require_subcommand(1);
  Outcome outcome = 0;
  for (const Command add : commands) add(app, outcome);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? equal : mistake;
  }
  return finish(outcome);
}

}  // namespace

int run(int argc, const char* const* argv) {
  install_interrupt_handler();
  try {
    return parse_and_run(argc, argv);
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "error: out of memory\n  remedy: use a smaller model or fewer samples\n");
  } catch (const std::exception& error) {
    fmt::print(stderr, "error: {}\n", error.what());
  }
  return interrupted() ? interrupt_exit_code : mistake;
}

}  // namespace gatefold::cli
