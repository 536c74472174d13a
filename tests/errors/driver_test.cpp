// What the driver refuses, by its exact text.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

#include "gatefold/driver/data.h"
#include "gatefold/driver/verify.h"
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

/// One matrix of 4 x 4 behind a port.
graph::Graph dense() {
  graph::Graph graph;
  graph.name = "dense";
  graph::Quantize port;
  port.grid = numeric::make_grid(4, true, 1);
  const auto x = *graph.add(graph::Input{"x", {4}, port}, {}, "in");
  graph::Linear linear;
  linear.weights = {{1, 4, 4}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};
  graph.add_output("y", *graph.add(linear, {x}, "fc1"));
  return graph;
}

std::string folded(const driver::FoldGoals& goals, double clock_ns = 5) {
  const auto target = schedule::load_target("xcup");
  return text(driver::choose_folds(dense(), *target, {}, clock_ns, goals));
}

TEST(DriverErrors, FoldsThatNoDesignMeets) {
  driver::FoldGoals goals;
  goals.luts = 1;
  EXPECT_THAT(folded(goals), HasSubstr("error[FoldsImpossible]: no fold meets the budget; the "
                                       "nearest design takes an inference every "));
  goals = {};
  goals.latency = 1;
  EXPECT_THAT(folded(goals, 1), HasSubstr("error[FoldsImpossible]: no fold meets the latency;"));
  goals.latency = 100;
  EXPECT_EQ(folded(goals), "");
  goals.interval = 100;
  goals.registers = 1;
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
