#include "gatefold/emit/emit.h"

#include "gatefold/emit/add3_text.h"
#include "gatefold/emit/layer_module.h"
#include "gatefold/emit/plan.h"
#include "gatefold/emit/project.h"
#include "gatefold/emit/top_module.h"

namespace gatefold::emit {
namespace {

std::vector<File> rtl_files(const Plan& plan) {
  std::vector<File> files = primitive_files(plan);
  for (const int layer : printed_layers(plan)) {
    const auto& module = plan.layers[static_cast<std::size_t>(layer)].module;
    files.push_back({"rtl/" + module + ".sv", layer_module(plan, layer)});
  }
  files.push_back({"rtl/" + plan.top + ".sv", top_module(plan)});
  return files;
}

Status check_emittable(const hardware::Design& design, const schedule::Schedule& schedule) {
  if (design.processes.size() != 1) {
    return diagnose(DiagnosticId::SeveralProcesses, "", design.name, design.processes.size());
  }
  GATEFOLD_ASSERT(schedule.processes.size() == 1, "the schedule belongs to the design");
  return success();
}

}  // namespace

Result<std::vector<File>> emit_systemverilog(const hardware::Design& design,
                                             const schedule::Schedule& schedule) {
  GATEFOLD_CHECK(check_emittable(design, schedule));
  return rtl_files(make_plan(design, schedule));
}

Result<std::vector<File>> emit_project(const hardware::Design& design,
                                       const schedule::Schedule& schedule, const Vectors& vectors,
                                       const ProjectOptions& options) {
  GATEFOLD_CHECK(check_emittable(design, schedule));
  const auto plan = make_plan(design, schedule);
  auto files = rtl_files(plan);
  append_project_files(files, plan, schedule, vectors, options);
  return files;
}

}  // namespace gatefold::emit
