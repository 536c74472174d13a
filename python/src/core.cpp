#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>
#include <string>
#include <vector>

#include "model.h"

#include "gatefold/cli/cli.h"

namespace nb = nanobind;

namespace {

int run_command_line(const std::vector<std::string>& arguments) {
  std::vector<const char*> argv;
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  argv.push_back(nullptr);
  return gatefold::cli::run(static_cast<int>(arguments.size()), argv.data());
}

}  // namespace

NB_MODULE(_core, module) {
  module.def(
      "version", [] { return GATEFOLD_VERSION; }, "The version of the C++ core.");
  module.def("main", run_command_line, nb::arg("arguments"),
             nb::call_guard<nb::gil_scoped_release>(),
             "Runs the command line with `arguments` (the program's name first) and returns its "
             "exit code.");
  gatefold::python::bind_model(module);
}
