#include "gatefold/driver/image.h"

#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <sstream>

#include "gatefold/driver/reloadable.h"
#include "gatefold/driver/source_files.h"
#include "gatefold/emit/emit.h"
#include "gatefold/passes/rewrite.h"
#include "gatefold/support/files.h"

namespace gatefold::driver {
namespace {

using graph::Graph;

/// The graph with 0 for everything that is loaded.
Graph with_zeros(const Graph& graph) {
  auto result = passes::rewrite(graph, [&](passes::Rewriter& to, graph::NodeId id) -> Result<bool> {
    graph::Op op = graph.node(id).op;
    if (auto* scan = std::get_if<graph::Scan>(&op))
      scan->body = std::make_shared<const Graph>(with_zeros(*scan->body));
    auto* linear = std::get_if<graph::Linear>(&op);
    if (linear != nullptr && linear->reloadable) {
      std::ranges::fill(linear->weights.data, 0);
      std::ranges::fill(linear->reloadable->addends, 0);
    }
    GATEFOLD_CHECK(to.replace(id, std::move(op)));
    return true;
  });
  GATEFOLD_ASSERT(result.ok(), "types do not depend on what is loaded");
  return *std::move(result);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// The layer of the node that the line is a part of: the next that a line ends with.
std::string layer_at(const std::vector<std::string>& lines, std::size_t line) {
  for (; line < lines.size(); ++line) {
    const std::size_t begin = lines[line].rfind("@\"");
    if (begin == std::string::npos) continue;
    return lines[line].substr(begin + 2, lines[line].find('"', begin + 2) - begin - 2);
  }
  return "";
}

/// The first word in which two lines differ, with the word before.
std::string first_difference(const std::string& there, const std::string& here) {
  std::istringstream a(there), b(here);
  std::string before;
  for (;;) {
    std::string word_a, word_b;
    a >> word_a;
    b >> word_b;
    if (word_a != word_b || word_a.empty())
      return fmt::format("'{0}{1}' there, '{0}{2}' here", before, word_a, word_b);
    before = word_a + " ";
  }
}

Status compare(const Graph& project, const Graph& model) {
  const auto there = lines_of(graph::print(with_zeros(project)));
  const auto here = lines_of(graph::print(with_zeros(model)));
  const auto [a, b] = std::ranges::mismatch(there, here);
  if (a == there.end() && b == here.end()) return success();
  const std::string layer = layer_at(here, static_cast<std::size_t>(b - here.begin()));
  return diagnose(DiagnosticId::ImageDiffers, layer,
                  first_difference(a == there.end() ? "" : *a, b == here.end() ? "" : *b));
}

/// The hardware that the model would be is, byte for byte, that of the project.
Status compare(const std::filesystem::path& project, const Compilation& model) {
  for (const emit::File& file :
       emit::emit_unloaded(model.design, model.schedule, model.options.text)) {
    GATEFOLD_TRY(const Bytes bytes, read_file(project / file.path));
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (text != file.text)
      return diagnose(DiagnosticId::ImageDiffers, "",
                      fmt::format("'{}' is not what this gatefold writes for it", file.path));
  }
  return success();
}

}  // namespace

Result<std::string> make_image(const std::filesystem::path& model,
                               const std::filesystem::path& project) {
  GATEFOLD_TRY(Source source, read_source(project));
  Compilation c;
  c.options = std::move(source.options);
  c.options.import.settled = reloadable_matrices(source.imported);
  GATEFOLD_TRY(c.imported, import_file(model, c.options.import));
  c.imported.name = source.imported.name;
  GATEFOLD_CHECK(compare(source.imported, c.imported));
  GATEFOLD_CHECK(compile_imported(c));
  GATEFOLD_CHECK(compare(project, c));
  return emit::load_image(c.design, c.schedule);
}

}  // namespace gatefold::driver
