// image: the weights of a model for the hardware of a project with reloadable ones.
#include "gatefold/driver/image.h"

#include <algorithm>
#include <fmt/core.h>
#include <memory>

#include "gatefold/cli/commands.h"
#include "gatefold/support/files.h"

namespace gatefold::cli {
namespace {

struct ImageOptions {
  std::string model, project, output;
};

Outcome image(const ImageOptions& options) {
  GATEFOLD_TRY(const std::string text, driver::make_image(options.model, options.project));
  GATEFOLD_CHECK(write_file(options.output, text));
  fmt::print("image: {} ({} words)\n", options.output, std::ranges::count(text, '\n'));
  return Equal;
}

}  // namespace

void add_image(CLI::App& app, Outcome& outcome) {
  auto* command = app.add_subcommand(
      "image", "The weights of a retrained model, to be loaded into a project's hardware");
  const auto options = std::make_shared<ImageOptions>();
  command->add_option("model", options->model, "Model of the project's structure")->required();
  command->add_option("--project", options->project, "Folder that `gatefold compile` wrote")
      ->required();
  command->add_option("--output,-o", options->output, "File of the image")->required();
  command->callback([options, &outcome] { outcome = image(*options); });
}

}  // namespace gatefold::cli
