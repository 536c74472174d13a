#include "gatefold/cli/cli.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fmt/core.h>
#include <string>
#include <system_error>

#include "gatefold/cli/commands.h"
#include "gatefold/support/interrupt.h"

namespace gatefold::cli {
namespace {

constexpr Command commands[] = {add_check, add_compile, add_predict, add_trace,  add_verify,
                                add_build, add_image,   add_report,  add_passes, add_doctor};

void print_unwritable(const std::string& reason) {
  fmt::print(stderr,
             "error: cannot write to the standard output: {}\n"
             "  remedy: send the results to a place with room\n",
             reason);
}

/// What was printed may still be on its way to a full disk or a closed pipe.
bool flush_results() {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return true;
  print_unwritable(std::strerror(errno));
  return false;
}

int finish(const Outcome& outcome) {
  if (outcome.ok()) return flush_results() ? *outcome : Mistake;
  fmt::print(stderr, "{}", to_string(outcome.errors()));
  return interrupted() ? interrupt_exit_code : Mistake;
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
    return app.exit(error) == 0 ? Equal : Mistake;
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
  } catch (const std::system_error& error) {  // fmt::print's
    print_unwritable(error.code().message());
  } catch (const std::exception& error) {
    fmt::print(stderr, "error: {}\n", error.what());
  }
  return interrupted() ? interrupt_exit_code : Mistake;
}

}  // namespace gatefold::cli
