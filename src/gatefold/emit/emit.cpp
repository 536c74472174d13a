#include "gatefold/emit/emit.h"

#include <algorithm>
#include <fmt/core.h>
#include <iterator>

#include "gatefold/emit/arrays.h"
#include "gatefold/emit/layer_module.h"
#include "gatefold/emit/load_port.h"
#include "gatefold/emit/network.h"
#include "gatefold/emit/primitive_files.h"
#include "gatefold/emit/process_module.h"
#include "gatefold/emit/project.h"

namespace gatefold::emit {
namespace {

std::vector<File> process_files(const Network& network, const Plan& plan) {
  std::vector<File> files = array_files(plan);
  for (const int layer : printed_layers(plan)) {
    const auto& module = plan.layers[static_cast<std::size_t>(layer)].module;
    files.push_back({"rtl/" + module + ".sv", layer_module(plan, layer)});
  }
  const auto title =
      network.is_one_process()
          ? fmt::format("Model '{}'.", network.design->name)
          : fmt::format("Process '{}' of model '{}'.", plan.process->name, network.design->name);
  files.push_back({"rtl/" + plan.module + ".sv", process_module(plan, title)});
  return files;
}

std::vector<File> rtl_files(const Network& network) {
  std::vector<File> files = primitive_files(network);
  for (const auto& plan : network.processes) {
    auto more = process_files(network, plan);
    std::ranges::move(more, std::back_inserter(files));
  }
  if (!network.is_one_process())
    files.push_back({"rtl/" + network.top + ".sv", network_module(network)});
  return files;
}

}  // namespace

std::vector<File> emit_systemverilog(const hardware::Design& design,
                                     const schedule::Schedule& schedule,
                                     const EmitOptions& options) {
  return rtl_files(make_network(design, schedule, options));
}

std::vector<File> emit_unloaded(const hardware::Design& design, const schedule::Schedule& schedule,
                                const EmitOptions& options) {
  const auto network = make_network(design, schedule, options);
  auto files = rtl_files(network);
  for (const auto& [process, array] : loaded_arrays(network))
    std::erase_if(files, [&](const File& file) {
      return file.path == array_path(network.processes[process], *array);
    });
  return files;
}

std::string load_image(const hardware::Design& design, const schedule::Schedule& schedule) {
  return load_image(make_network(design, schedule, EmitOptions{}));
}

std::vector<File> emit_project(const hardware::Design& design, const schedule::Schedule& schedule,
                               const Vectors& vectors, const ProjectOptions& options) {
  const auto network = make_network(design, schedule, options.text);
  auto files = rtl_files(network);
  append_project_files(files, network, schedule, vectors, options);
  return files;
}

}  // namespace gatefold::emit
