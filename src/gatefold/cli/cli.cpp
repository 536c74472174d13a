#include "gatefold/cli/cli.h"

#include <CLI/CLI.hpp>

namespace gatefold::cli {

int run(int argc, const char* const* argv) {
  CLI::App app{"Folds a trained neural network into gates."};
  app.set_version_flag("--version", GATEFOLD_VERSION);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return 0;
}

}  // namespace gatefold::cli
