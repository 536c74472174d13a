#pragma once

namespace gatefold::cli {

/// Runs the command line `gatefold ...` and returns the exit code of the process: 0 done and
/// equal, 1 compared and different, 2 the user's mistake, 130 interrupted. `argv[0]` is the
/// program's name, as in main(). Never throws.
int run(int argc, const char* const* argv);

}  // namespace gatefold::cli
