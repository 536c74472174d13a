#include "gatefold/passes/run_passes.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fmt/format.h>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include "gatefold/passes/rewrite.h"
#include "gatefold/support/assert.h"
#include "gatefold/support/files.h"
#include "gatefold/support/interrupt.h"

namespace gatefold::passes {
namespace {

constexpr PassDef passes[] = {
#define PASS(name, summary, requires_facts, provides_facts) \
  {#name, summary, requires_facts, provides_facts, name},
#include "gatefold/passes/pipeline.def"
#undef PASS
};

bool is_pass(const std::string& name) {
  return std::ranges::find(passes, name, &PassDef::name) != std::end(passes);
}

bool is_skipped(const PassDef& pass, const RunOptions& options) {
  return std::ranges::find(options.skip, pass.name) != options.skip.end();
}

// The pass that would have provided a missing fact.
std::string_view provider_of(std::uint32_t missing) {
  const auto* provider =
      std::ranges::find_if(passes, [&](const PassDef& p) { return (p.provided & missing) != 0; });
  GATEFOLD_ASSERT(provider != std::end(passes), "every fact has a pass that provides it");
  return provider->name;
}

Status check_names(const RunOptions& options) {
  Diagnostics errors;
  std::vector<std::string> names = options.skip;
  if (!options.stop_after.empty()) names.push_back(options.stop_after);
  for (const std::string& name : names)
    if (!is_pass(name)) errors.push_back(diagnose(DiagnosticId::PassUnknown, "", name));
  if (errors.empty()) return success();
  return errors;
}

Result<std::vector<const PassDef*>> chosen_passes(const RunOptions& options) {
  GATEFOLD_CHECK(check_names(options));
  std::vector<const PassDef*> chosen;
  std::uint32_t facts = 0;
  for (const PassDef& pass : passes) {
    if (options.bisect_limit && static_cast<int>(chosen.size()) >= *options.bisect_limit) break;
    if (!is_skipped(pass, options)) {
      if (const std::uint32_t missing = pass.required & ~facts; missing != 0)
        return diagnose(DiagnosticId::PassNeeds, "", pass.name, provider_of(missing));
      facts |= pass.provided;
      chosen.push_back(&pass);
    }
    if (pass.name == options.stop_after) break;
  }
  return chosen;
}

/// The graph after every pass, in a folder; all files or none.
class Dump {
 public:
  explicit Dump(std::filesystem::path folder) : folder_(std::move(folder)) {}

  Status write(const std::string& name, const Graph& graph) {
    if (folder_.empty()) return success();
    std::error_code ignored;
    is_new_ |= std::filesystem::create_directories(folder_, ignored);
    const auto path = folder_ / fmt::format("{:02}-{}.gfg", written_.size(), name);
    auto status = write_file(path, graph::print(graph));
    if (!status) remove();
    written_.push_back(path);
    return status;
  }

 private:
  void remove() const {
    std::error_code ignored;
    for (const auto& path : written_) std::filesystem::remove(path, ignored);
    if (is_new_) std::filesystem::remove(folder_, ignored);
  }

  std::filesystem::path folder_;
  std::vector<std::filesystem::path> written_;
  bool is_new_ = false;
};

Result<Graph> run_on_bodies(const PassDef& pass, const Graph& graph, const PassContext& context) {
  return rewrite(graph, [&](Rewriter& to, graph::NodeId id) -> Result<bool> {
    const graph::Node& node = to.old().node(id);
    const auto* scan = std::get_if<graph::Scan>(&node.op);
    if (scan == nullptr) return false;
    graph::Scan changed = *scan;
    GATEFOLD_TRY(Graph body, run_pass(pass, *scan->body, context));
    changed.body = std::make_shared<const Graph>(std::move(body));
    GATEFOLD_CHECK(to.replace(id, std::move(changed)));
    return true;
  });
}

bool has_scan(const Graph& graph) {
  return std::ranges::any_of(graph.nodes(), [](const graph::Node& n) {
    return std::holds_alternative<graph::Scan>(n.op);
  });
}

}  // namespace

std::span<const PassDef> pipeline() { return passes; }

std::string describe_pipeline() {
  std::size_t width = 0;
  for (const PassDef& pass : passes) width = std::max(width, pass.name.size());
  std::string text;
  for (std::size_t i = 0; i < std::size(passes); ++i)
    fmt::format_to(std::back_inserter(text), "{:02}  {:{}}  {}\n", i + 1, passes[i].name, width,
                   passes[i].summary);
  return text;
}

Result<Graph> run_pass(const PassDef& pass, Graph graph, const PassContext& context) {
  if (!has_scan(graph)) return pass.run(std::move(graph), context);
  GATEFOLD_TRY(Graph inner, run_on_bodies(pass, graph, context));
  return pass.run(std::move(inner), context);
}

Result<PassesResult> run_passes(Graph graph, const RunOptions& options) {
  GATEFOLD_TRY(const auto chosen, chosen_passes(options));
  Dump dump(options.dump);
  GATEFOLD_CHECK(dump.write("imported", graph));
  PassesResult result{std::move(graph), {}};
  for (const PassDef* pass : chosen) {
    PassRecord record{std::string(pass->name), 0, result.graph.nodes().size(), 0, {}};
    const auto start = std::chrono::steady_clock::now();
    GATEFOLD_TRY(result.graph, run_pass(*pass, std::move(result.graph), {&record.notes}));
    record.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    GATEFOLD_CHECK(check_interrupt());
    record.nodes_after = result.graph.nodes().size();
    const std::string violation = graph::verify(result.graph);
    GATEFOLD_ASSERT(violation.empty(), fmt::format("after pass {}: {}", pass->name, violation));
    GATEFOLD_CHECK(dump.write(record.name, result.graph));
    result.records.push_back(std::move(record));
  }
  return result;
}

}  // namespace gatefold::passes
