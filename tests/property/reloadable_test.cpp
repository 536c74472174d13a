// Random networks with reloadable weights: the hardware of one set of weights, loaded with another,
// gives what the graph of the other means, and nothing but the loaded words depends on the weights.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/random_graph.h"
#include "tests/support/emitted_project.h"

#include "gatefold/emulate/emulator.h"
#include "gatefold/graph/run.h"
#include "gatefold/hardware/simplify.h"
#include "gatefold/lowering/lower.h"
#include "gatefold/passes/rewrite.h"
#include "gatefold/passes/run_passes.h"
#include "gatefold/schedule/schedule.h"
#include "gatefold/schedule/target.h"

namespace gatefold {
namespace {

using graph::Graph;
using testing::TempFolder;

constexpr int samples = 6;

/// Chains of reloadable matrices behind windows or alone, quantizers without a zero point between.
class RandomReloadable : public testing::RandomGraphs {
 public:
  using RandomGraphs::RandomGraphs;

  Graph chain() {
    Graph g;
    g.name = "chain";
    const bool image = coin();
    graph::Shape shape{below(6) + 1};
    if (image) shape = {below(3) + 2, below(3) + 2, below(3) + 1};
    graph::Quantize port;
    port.grid = symmetric();
    graph::Value v = *g.add(graph::Input{"x", shape, port}, {}, "in");
    for (int layer = 0; layer < 1 + below(3); ++layer) {
      if (image && layer == 0) v = windows(g, v);
      const std::string name = "fc" + std::to_string(layer);
      v = *g.add(matrix(g.type(v).shape.back()), {v}, name);
      graph::Quantize quantize;
      quantize.grid = symmetric();
      quantize.rounding = numeric::Rounding::Floor;
      v = *g.add(quantize, {v}, "act" + std::to_string(layer));
    }
    g.add_output("y", v);
    return g;
  }

  /// The graph with other weights of the same ranges.
  Graph retrained(const Graph& graph) {
    auto result =
        passes::rewrite(graph, [&](passes::Rewriter& to, graph::NodeId id) -> Result<bool> {
          graph::Op op = graph.node(id).op;
          if (auto* linear = std::get_if<graph::Linear>(&op)) fill(*linear);
          GATEFOLD_CHECK(to.replace(id, std::move(op)));
          return true;
        });
    return std::move(result.value());
  }

 private:
  numeric::Grid symmetric() {
    const bool is_signed = coin();
    return numeric::make_grid(static_cast<int>(below(4)) + 1 + is_signed, is_signed,
                              numeric::power_of_two(static_cast<int>(below(5)) - 2));
  }

  graph::Linear matrix(std::int64_t inputs) {
    graph::Linear op;
    const std::int64_t groups = inputs % 2 == 0 && coin(4) ? 2 : 1;
    op.weights.shape = {groups, inputs / groups, below(5) + 1};
    op.weights.data.resize(static_cast<std::size_t>(numeric::element_count(op.weights.shape)));
    graph::Reloadable& type = op.reloadable.emplace();
    type.weights = numeric::Interval{between(-9, 0), between(0, 9), 0};
    if (coin()) {
      type.addend = {between(-40, 0), between(0, 40), 0};
      type.addends.resize(static_cast<std::size_t>(groups * op.weights.shape[2]));
    }
    fill(op);
    return op;
  }

  void fill(graph::Linear& op) {
    graph::Reloadable& type = *op.reloadable;
    for (std::int64_t& weight : op.weights.data)
      weight = coin(3) ? 0 : between(type.weights.low, type.weights.high);
    for (std::int64_t& addend : type.addends) addend = between(type.addend.low, type.addend.high);
  }

  graph::Value windows(Graph& g, graph::Value v) {
    const graph::Shape x = g.type(v).shape;
    v = *g.add(graph::Rearrange{graph::Window{{2, 2}, {1, 1}, {1, 1}}}, {v}, "fc0");
    return *g.add(graph::Rearrange{graph::Reshape{{x[0] - 1, x[1] - 1, 4 * x[2]}}}, {v}, "fc0");
  }
};

std::vector<std::vector<numeric::IntTensor>> rows_of(RandomReloadable& random, const Graph& graph) {
  std::vector<std::vector<numeric::IntTensor>> rows;
  for (int i = 0; i < samples; ++i) rows.push_back(random.inputs(graph, i % 2 == 0));
  return rows;
}

/// Inputs, and what the graph's own meaning makes of them.
emit::Vectors vectors_of(const Graph& graph,
                         const std::vector<std::vector<numeric::IntTensor>>& rows) {
  emit::Vectors vectors;
  auto& x = vectors.inputs["x"];
  auto& y = vectors.outputs["y"];
  for (const auto& row : rows) {
    const auto outputs = graph::run_reference(graph, row);
    x.data.insert(x.data.end(), row[0].data.begin(), row[0].data.end());
    y.data.insert(y.data.end(), outputs[0].data.begin(), outputs[0].data.end());
  }
  x.shape = {samples, std::ssize(x.data) / samples};
  y.shape = {samples, std::ssize(y.data) / samples};
  return vectors;
}

struct Pair {
  Graph first, second;  // the same but for weights
  std::vector<std::vector<numeric::IntTensor>> rows;
};

Pair pair_of(std::uint64_t seed) {
  RandomReloadable random(seed);
  Pair pair{random.chain(), {}, {}};
  pair.second = random.retrained(pair.first);
  pair.rows = rows_of(random, pair.first);
  return pair;
}

Result<hardware::Design> lowered(const Graph& graph, std::int64_t reuse) {
  GATEFOLD_TRY(const auto passed, passes::run_passes(graph, {}));
  GATEFOLD_TRY(const auto design,
               lowering::lower_network(passed.graph, {}, {.reuse = reuse, .layers = {}}));
  return hardware::simplify(design);
}

TEST(Reloadable, TheEmulatorIsTheReference) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const Pair pair = pair_of(seed);
    const auto vectors = vectors_of(pair.first, pair.rows);
    emulate::RawBatch batch = vectors.inputs;
    batch.at("x").shape = pair.first.type({pair.first.inputs()[0], 0}).shape;
    batch.at("x").shape.insert(batch.at("x").shape.begin(), samples);
    for (const Graph& graph : {pair.first, passes::run_passes(pair.first, {}).value().graph})
      EXPECT_EQ(emulate::Emulator(graph).run(batch).value().at("y").data,
                vectors.outputs.at("y").data)
          << "seed " << seed;
  }
}

TEST(Reloadable, TextForm) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Graph graph = pair_of(seed).first;
    EXPECT_EQ(graph::parse(graph::print(graph)).value(), graph);
    const auto design = lowered(graph, 4);
    if (!design) continue;
    EXPECT_EQ(hardware::print(hardware::parse(hardware::print(*design)).value()),
              hardware::print(*design));
  }
}

TEST(Reloadable, NothingElseDependsOnTheWeights) {
  int compared = 0;
  for (std::uint64_t seed = 1; seed <= 120; ++seed)
    for (const std::int64_t reuse : {2, 3, 8, 1000}) {
      const Pair pair = pair_of(seed);
      const auto first = lowered(pair.first, reuse), second = lowered(pair.second, reuse);
      ASSERT_EQ(first.ok(), second.ok()) << "seed " << seed;
      if (!first) {
        EXPECT_EQ(to_string(first.errors()), to_string(second.errors()));
        continue;
      }
      ++compared;
      ASSERT_EQ(hardware::verify(*first), "");
      ASSERT_EQ(hardware::print(hardware::unloaded(*first)),
                hardware::print(hardware::unloaded(*second)))
          << "seed " << seed << ", reuse " << reuse;
      for (const auto& [graph, design] :
           {std::pair(&pair.first, &*first), {&pair.second, &*second}}) {
        const auto vectors = vectors_of(*graph, pair.rows);
        ASSERT_EQ(hardware::run_design(*design, vectors.inputs).at("y").data,
                  vectors.outputs.at("y").data)
            << "seed " << seed << ", reuse " << reuse;
      }
    }
  EXPECT_GT(compared, 300);
}

/// The project of one graph, the image and the vectors of the other.
std::vector<emit::File> loading_project(const hardware::Design& project,
                                        const hardware::Design& loaded, const Graph& graph,
                                        const std::vector<std::vector<numeric::IntTensor>>& rows,
                                        emit::RegisterEnable enable) {
  const auto target = schedule::load_target("generic_lut6").value();
  const auto schedule = schedule::pipeline(project, target, 8).value();
  emit::ProjectOptions options;
  options.text.register_enable = enable;
  options.extra_files.push_back({"weights.hex", emit::load_image(loaded, schedule)});
  return emit::emit_project(project, schedule, vectors_of(graph, rows), options);
}

ProcessOutput simulated(const std::vector<emit::File>& files, const std::string& tool) {
  const TempFolder folder;
  testing::write_files(folder, files);
  return testing::build(folder, tool);
}

TEST(Reloadable, LoadedThroughThePort) {
  int loaded = 0;
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    const Pair pair = pair_of(seed);
    const auto first = lowered(pair.first, 2 + static_cast<std::int64_t>(seed % 5) * 4);
    const auto second = lowered(pair.second, 2 + static_cast<std::int64_t>(seed % 5) * 4);
    if (!first) continue;
    ++loaded;
    const auto enable = emit::register_enables[seed % emit::register_enables.size()].second;
    const auto files = loading_project(*first, *second, pair.second, pair.rows, enable);
    const auto result = simulated(files, "icarus");
    EXPECT_EQ(result.exit_code, 0) << "seed " << seed << "\n" << result.output;
    const auto lint = simulated(files, "lint");
    EXPECT_EQ(lint.exit_code, 0) << "seed " << seed << "\n" << lint.output;
  }
  EXPECT_GT(loaded, 12);
}

TEST(Reloadable, TheWrongImageIsFound) {
  int found = 0;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const Pair pair = pair_of(seed);
    const auto first = lowered(pair.first, 6);
    if (!first) continue;
    const auto files =
        loading_project(*first, *first, pair.second, pair.rows, emit::RegisterEnable::Valid);
    found += simulated(files, "icarus").exit_code != 0;
  }
  EXPECT_GT(found, 1);
}

}  // namespace
}  // namespace gatefold
