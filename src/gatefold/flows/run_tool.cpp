#include "gatefold/flows/run_tool.h"

#include <algorithm>

#include "gatefold/flows/project.h"
#include "gatefold/support/process.h"
#include "gatefold/support/progress.h"

namespace gatefold::flows {
namespace {

/// The last `count` lines.
std::string tail(const std::string& text, int count) {
  auto at = text.find_last_not_of('\n');
  if (at == std::string::npos) return "";
  const auto end = at + 1;
  while (count-- > 0 && at != std::string::npos)
    at = at == 0 ? std::string::npos : text.rfind('\n', at - 1);
  const auto begin = at == std::string::npos ? 0 : at + 1;
  return text.substr(begin, end - begin);
}

}  // namespace

Result<int> run_tool(const ToolRun& run) {
  GATEFOLD_CHECK(make_folder((run.project / run.log).parent_path()));
  Progress progress(run.label);
  Command command;
  command.arguments = run.tool.command;
  command.arguments.insert(command.arguments.end(), run.arguments.begin(), run.arguments.end());
  command.folder = run.project;
  command.environment = run.environment;
  command.log = std::filesystem::absolute(run.project / run.log);
  command.timeout = run.time;
  command.progress = &progress;
  GATEFOLD_TRY(const auto output, run_process(command));
  return output.exit_code;
}

Status run_to_success(const ToolRun& run) {
  GATEFOLD_TRY(const auto exit_code, run_tool(run));
  if (exit_code != 0) return tool_failed(run, exit_code);
  return success();
}

Diagnostic tool_failed(const ToolRun& run, int exit_code) {
  const auto log = log_of(run);
  return diagnose(DiagnosticId::ToolFailed, "", run.tool.name, exit_code,
                  (run.project / run.log).string(), log.ok() ? tail(*log, 12) : "");
}

Result<std::string> log_of(const ToolRun& run) { return read_text(run.project / run.log); }

}  // namespace gatefold::flows
