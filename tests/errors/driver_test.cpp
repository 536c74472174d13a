// What the driver refuses, by its exact text.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

#include "gatefold/driver/data.h"
#include "gatefold/driver/image.h"
#include "gatefold/driver/project.h"
#include "gatefold/driver/reloadable.h"
#include "gatefold/driver/stateful.h"
#include "gatefold/driver/verify.h"
#include "gatefold/support/files.h"
#include "gatefold/support/npy.h"

namespace gatefold {
namespace {

using ::testing::HasSubstr;

/// `ports` inputs `x0`, `x1`, … of two elements; the first is the output.
graph::Graph ports(int count) {
  graph::Graph graph;
  graph::Quantize port;
  port.grid = numeric::make_grid(4, true, 1);
  for (int i = 0; i < count; ++i) {
    const auto x = *graph.add(graph::Input{"x" + std::to_string(i), {2}, port}, {}, "in");
    if (i == 0) graph.add_output("y", x);
  }
  return graph;
}

std::string saved(const testing::TempFolder& folder, const std::string& name, NpyArray array) {
  const auto path = folder.path() / name;
  EXPECT_TRUE(write_npy(path, array).ok());
  return path.string();
}

NpyArray rows(std::int64_t samples, std::int64_t elements) {
  return {"float64", {samples, elements}, std::vector<double>(samples * elements, 1.0)};
}

template <typename T>
std::string text(const Result<T>& result) {
  return result ? "" : to_string(result.errors());
}

/// A port of four words.
graph::Value port(graph::Graph& graph) {
  graph.name = "dense";
  graph::Quantize type;
  type.grid = numeric::make_grid(4, true, 1);
  return *graph.add(graph::Input{"x", {4}, type}, {}, "in");
}

/// One matrix of 4 x 4 behind a port.
graph::Graph dense() {
  graph::Graph graph;
  const auto x = port(graph);
  graph::Linear linear;
  linear.weights = {{1, 4, 4}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};
  graph.add_output("y", *graph.add(linear, {x}, "fc1"));
  return graph;
}

std::string folded(const driver::FoldGoals& goals, double clock_ns = 5) {
  const auto target = schedule::load_target("xcup");
  return text(driver::choose_folds(dense(), *target, {}, clock_ns, goals));
}

TEST(DriverErrors, RecurrentStates) {
  layers::ImportOptions options;
  EXPECT_EQ(text(driver::add_recurrent_state(options, "stateful")), "");
  EXPECT_EQ(text(driver::add_recurrent_state(options, "rnn=stateful")), "");
  EXPECT_EQ(options.stateful, (std::set<std::string>{"*", "rnn"}));
  for (const char* wrong : {"kept", "rnn", "=stateful", "rnn=static", ""})
    EXPECT_THAT(text(driver::add_recurrent_state(options, wrong)),
                HasSubstr("error[StateMalformed]: '" + std::string(wrong) +
                          "' says not which recurrent layers keep their states"));
  options.stateful = {"rnn"};
  EXPECT_THAT(text(driver::check_stateful(dense(), options)),
              HasSubstr("error[NothingStateful]: layer 'rnn' has no states to keep"));
  options.stateful = {"*"};
  EXPECT_THAT(text(driver::check_stateful(dense(), options)),
              HasSubstr("error[NothingStateful]: the model has no states to keep"));
}

TEST(DriverErrors, FoldsThatNoDesignMeets) {
  driver::FoldGoals goals;
  goals.most[driver::Resource::Luts] = 1;
  EXPECT_THAT(folded(goals), HasSubstr("error[FoldsImpossible]: no fold meets the budget; the "
                                       "nearest design takes an inference every "));
  goals = {};
  goals.latency = 1;
  EXPECT_THAT(folded(goals, 1.6), HasSubstr("error[FoldsImpossible]: no fold meets the latency;"));
  goals.latency = 100;
  EXPECT_EQ(folded(goals), "");
  goals.interval = 100;
  goals.most[driver::Resource::Registers] = 1;
  EXPECT_THAT(folded(goals),
              HasSubstr("error[FoldsImpossible]: no fold meets the budget at this interval;"));
}

TEST(DriverErrors, Reuse) {
  driver::FoldGoals goals;
  for (const std::string wrong : {"0", "-2", "x", "fc1=", "fc1=0", "4.5", ""})
    EXPECT_THAT(text(driver::add_reuse(goals, wrong)),
                HasSubstr("error[ReuseMalformed]: '" + wrong + "' is no reuse"));
  EXPECT_FALSE(goals.any());
  for (const std::string right : {"8", "a=b=16"})
    EXPECT_EQ(text(driver::add_reuse(goals, right)), "");
  EXPECT_EQ(goals.reuse, 8);
  EXPECT_EQ(goals.layers.at("a=b"), 16);
}

TEST(DriverErrors, StagesOfANetwork) {
  driver::Compilation compilation;
  compilation.imported = dense();
  compilation.options.stages = 3;
  compilation.options.folds.reuse = 2;
  EXPECT_THAT(text(driver::compile_imported(compilation)),
              HasSubstr("error[StagesOfNetwork]: --stages is for fully parallel designs"));
}

TEST(DriverErrors, TogglesWithoutInputs) {
  driver::Compilation compilation;
  compilation.imported = dense();
  compilation.options.folds.most[driver::Resource::Toggles] = 100;
  EXPECT_THAT(text(driver::compile_imported(compilation)),
              HasSubstr("error[TogglesWithoutData]: toggles are counted on real inputs"));
}

TEST(DriverErrors, BudgetsOfOtherTargets) {
  driver::Compilation compilation;
  compilation.imported = dense();
  compilation.options.folds.most[driver::Resource::Area] = 1000;
  EXPECT_EQ(text(driver::compile_imported(compilation)),
            "error[BudgetOfOtherTargets]: designs for 'xcup' have LUTs and no area\n"
            "  remedy: give --max-area for a Liberty file, --max-luts for a device family\n");
}

TEST(DriverErrors, MultipliersThatTheTargetLacks) {
  driver::Compilation compilation;
  compilation.imported = dense();
  compilation.options.lowering.multipliers = lowering::Multipliers::Dsps;
  compilation.options.target = "ice40";
  EXPECT_EQ(text(driver::compile_imported(compilation)),
            "error[TargetHasNoDsps]: target 'ice40' has no DSPs for multiplications\n"
            "  remedy: leave out --multipliers, or give --multipliers luts\n");
  compilation.options.target = "xcup";
  compilation.options.clock_ns = 2.5;
  EXPECT_EQ(text(driver::compile_imported(compilation)),
            "error[DspTooSlow]: a multiplication in a DSP of target 'xcup' needs a clock of 2.64 "
            "ns, not 2.50 ns\n"
            "  remedy: choose a slower clock with --clock, or give --multipliers luts\n");
  compilation.options.clock_ns = 3;
  EXPECT_EQ(text(driver::compile_imported(compilation)), "");
}

TEST(DriverErrors, Weights) {
  layers::ImportOptions options;
  for (const std::string wrong : {"", "constant", "=reloadable", "fc1=", "fc1=ram"})
    EXPECT_THAT(text(driver::add_weights(options, wrong)),
                HasSubstr("error[WeightsMalformed]: '" + wrong +
                          "' says not which weights are reloadable"));
  EXPECT_TRUE(options.reloadable.empty());
  for (const std::string right : {"reloadable", "a=b=reloadable"})
    EXPECT_EQ(text(driver::add_weights(options, right)), "");
  EXPECT_TRUE(options.reloadable.contains("*") && options.reloadable.contains("a=b"));
}

TEST(DriverErrors, NothingToReload) {
  driver::Compilation compilation;
  compilation.imported = dense();
  compilation.options.folds.reuse = 2;
  compilation.options.import.reloadable = {"*"};
  EXPECT_THAT(text(driver::compile_imported(compilation)),
              HasSubstr("error[NothingToReload]: the model has no matrix of weights that could be "
                        "reloadable"));
  compilation.options.import.reloadable = {"fc2"};
  EXPECT_THAT(text(driver::compile_imported(compilation)),
              HasSubstr("error[NothingToReload]: layer 'fc2' has no matrix of weights"));
}

/// The same with reloadable weights and a bias.
graph::Graph reloadable_dense(std::int64_t weight, const numeric::Rational& bias) {
  graph::Graph graph;
  const auto x = port(graph);
  graph::Linear linear;
  linear.weights = {{1, 4, 1}, {1, 2, 3, weight}};
  linear.bias = {bias};
  linear.reloadable = graph::Reloadable{{-8, 7, 0}, {0, 0, 0}, {}};
  graph.add_output("y", *graph.add(linear, {x}, "fc1"));
  return graph;
}

driver::Compilation compiled(graph::Graph graph) {
  driver::Compilation compilation;
  compilation.imported = std::move(graph);
  compilation.options.folds.reuse = 4;
  EXPECT_EQ(text(driver::compile_imported(compilation)), "");
  return compilation;
}

/// The project of the graph, and the graph as a file.
void write_dense(const testing::TempFolder& folder, const graph::Graph& graph) {
  const emulate::RawBatch inputs{{"x", {{1, 4}, {1, 2, 3, 4}}}};
  const auto outputs = emulate::Emulator(graph).run(inputs).value();
  const auto files = driver::project_files(compiled(graph), inputs, outputs).value();
  EXPECT_EQ(text(driver::write_project(folder.path() / "project", files)), "");
}

std::string image_error(const testing::TempFolder& folder, const graph::Graph& graph) {
  folder.write("model.gfg", graph::print(graph));
  return text(driver::make_image(folder.path() / "model.gfg", folder.path() / "project"));
}

TEST(DriverErrors, Images) {
  const testing::TempFolder folder;
  const std::string missing = image_error(folder, reloadable_dense(4, 1));
  EXPECT_THAT(missing, HasSubstr("error[FileNotReadable]"));
  write_dense(folder, dense());
  EXPECT_THAT(image_error(folder, reloadable_dense(4, 1)),
              HasSubstr("has no reloadable weights"));  // ProjectNotReloadable
  write_dense(folder, reloadable_dense(4, 1));
  EXPECT_EQ(image_error(folder, reloadable_dense(-7, 1)), "");
  EXPECT_THAT(image_error(folder, reloadable_dense(4, 2)),
              HasSubstr("error[ImageDiffers]: layer 'fc1': the model differs from that of the "
                        "project in more than weights that are loaded: 'bias {1}' there, 'bias "
                        "{2}' here"));
  EXPECT_THAT(image_error(folder, dense()), HasSubstr("error[ImageDiffers]: layer 'fc1'"));
  const auto options = folder.path() / "project" / "source" / "options.json";
  EXPECT_TRUE(write_file(options, "{\"target\": 3}").ok());
  EXPECT_THAT(image_error(folder, reloadable_dense(4, 1)),
              HasSubstr("it lacks options that can be read in source/options.json"));
}

TEST(DriverErrors, ImagesOfAnotherText) {
  const testing::TempFolder folder;
  write_dense(folder, reloadable_dense(4, 1));
  const auto module = folder.path() / "project" / "rtl" / "dense.sv";
  EXPECT_TRUE(write_file(module, "module dense;\nendmodule\n").ok());
  EXPECT_THAT(image_error(folder, reloadable_dense(4, 1)),
              HasSubstr("error[ImageDiffers]: the model differs from that of the project in more "
                        "than weights that are loaded: 'rtl/dense.sv' is not what this gatefold "
                        "writes for it"));
}

TEST(DriverErrors, Data) {
  const testing::TempFolder folder;
  const std::string good = saved(folder, "good.npy", rows(3, 2));
  EXPECT_EQ(text(driver::read_data(ports(1), {good})), "");
  EXPECT_THAT(text(driver::read_data(ports(1), {"z=" + good})),
              HasSubstr("error[DataPort]: 'z' names no input of the model"));
  EXPECT_THAT(text(driver::read_data(ports(2), {good})), HasSubstr("error[DataPort]"));
  EXPECT_THAT(text(driver::read_data(ports(1), {saved(folder, "wide.npy", rows(3, 5))})),
              HasSubstr("has the shape [3,5], and the model's input 'x0' takes [samples] and [2]"));
  EXPECT_THAT(text(driver::read_data(
                  ports(2), {"x0=" + good, "x1=" + saved(folder, "more.npy", rows(4, 2))})),
              HasSubstr("error[DataRows]: input 'x1' has 4 samples and input 'x0' has 3"));
  EXPECT_THAT(text(driver::read_raw_data(ports(1), {good})),
              HasSubstr("holds float64, and --raw takes integers"));
  EXPECT_THAT(text(driver::read_raw_data(ports(1), {good})), HasSubstr("error[DataNotInteger]"));
  EXPECT_THAT(text(driver::read_data(ports(1), {saved(folder, "w.npy", rows(3, 5))})),
              HasSubstr("error[DataShape]"));
}

TEST(DriverErrors, UnknownLevel) {
  EXPECT_EQ(text(driver::parse_levels({"graph", "netlist"})), "");
  EXPECT_THAT(text(driver::parse_levels({"graph", "silicon"})),
              HasSubstr("error[UnknownLevel]: 'silicon' is no level of comparison"));
}

TEST(DriverErrors, LevelsThatAreNotPossible) {
  EXPECT_THAT(text(driver::can_compare(driver::Level::Netlist, "unit")),
              HasSubstr("error[TargetUnknown]: there is no target 'unit'"));
  EXPECT_EQ(text(driver::can_compare(driver::Level::Design, "unit")), "");
}

TEST(DriverErrors, NoVectors) {
  driver::Compilation nothing;
  nothing.imported = ports(1);
  driver::VerifyOptions options;
  options.random = options.extreme = 0;
  EXPECT_THAT(text(driver::verify(nothing, options, "/tmp")),
              HasSubstr("error[NoVectors]: there is no vector to compare"));
}

}  // namespace
}  // namespace gatefold
