#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/emitted_project.h"

// A dense layer of two inputs and two neurons with ReLU and saturation, pipelined into two stages,
// against tests/golden/emit/. GATEFOLD_UPDATE=1 rewrites the golden files.
namespace gatefold {
namespace {

using namespace testing;
using namespace hardware;
using numeric::Interval;

const std::filesystem::path golden_folder =
    std::filesystem::path(GATEFOLD_SOURCE_DIR) / "tests/golden/emit";

class DenseBuilder {
 public:
  DenseBuilder() {
    design_.name = "Tiny Net";
    design_.layers = {{"x", "input"}, {"fc1", "linear"}, {"act/1", "map+quantize"}};
    design_.channels = {{"x", {Interval{-8, 7, 0}, Interval{0, 15, 0}}, {}},
                        {"y", {Interval{0, 15, 0}, Interval{0, 15, 0}}, {}}};
    design_.inputs = {{"x", {0}, {2}}};
    design_.outputs = {{"y", {1}, {2}}};
    process_.name = "net";
    process_.takes = {{{0}, {}}};
  }

  /// y[0] = relu(3 x[0] + x[1]) / 2, y[1] = relu(x[0] - 4 x[1] + 5), both saturated to 4 bits.
  Design make() {
    const auto a = add(Receive{{0}, 0}, 0), b = add(Receive{{0}, 1}, 0);
    const auto twice = add(Add{a, a, 1, 0}, 1);
    const auto sum = add(Add{twice, b}, 1);
    const auto difference = add(Add{a, b, 0, 2, true}, 1);
    const auto bias = add(Constant{5}, 1);
    const auto biased = add(Add{difference, bias}, 1);
    const auto half = add(Shift{sum, -1}, 2);
    Give give{{1}, {add(Clamp{half, 0, 15}, 2), add(Clamp{biased, 0, 15}, 2)}, {}};
    process_.gives.push_back(give);
    design_.processes.push_back(process_);
    return design_;
  }

 private:
  ValueId add(const Kind& kind, int layer) {
    return process_.add(kind, range_of(kind, process_, design_.channels).value(), layer);
  }

  Design design_;
  Process process_;
};

schedule::Schedule two_stages(const Design& design) {
  schedule::Schedule schedule;
  for (const auto& operation : design.processes.front().body) {
    schedule.processes.resize(1);
    schedule.processes[0].stage.push_back(operation.layer == 2 ? 1 : 0);
  }
  schedule.processes[0].stages = 2;
  schedule.latency_cycles = 2;
  return schedule;
}

void compare(const emit::File& file) {
  const auto path = golden_folder / file.path;
  if (std::getenv("GATEFOLD_UPDATE") != nullptr) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << file.text;
  }
  EXPECT_EQ(content_of(path), file.text) << path << " (GATEFOLD_UPDATE=1 rewrites it)";
}

TEST(EmitGolden, DenseLayer) {
  const auto design = DenseBuilder().make();
  ASSERT_EQ(verify(design), "");
  const auto files = emit::emit_systemverilog(design, two_stages(design));
  ASSERT_EQ(files.size(), 3U);
  for (const auto& file : files) compare(file);
}

TEST(EmitGolden, Project) {
  std::mt19937_64 random(1);
  const auto design = DenseBuilder().make();
  emit::ProjectOptions options;
  const emit::HostFunction affine{"affine", {{"scale", {"2"}}, {"offset", {"-1/2", "0"}}}};
  options.encodings["x"] = {{"1/8"}, {"0"}, {affine, {"tanh", {}}}, "RND_CONV", "SAT"};
  options.extra_files = {{"flows/echo/run.sh", "echo flow \"$PWD\"\n"}};
  const auto files =
      emit::emit_project(design, two_stages(design), golden_vectors(random, design, 9), options);
  for (const auto& file : files) {
    if (file.path == "manifest.json" || file.path == "README.md") compare(file);
  }
}

TEST(BuildScript, RunsFlowsAndRefusesOthers) {
  std::mt19937_64 random(1);
  const auto design = DenseBuilder().make();
  emit::ProjectOptions options;
  options.extra_files = {{"flows/echo/run.sh", "echo flow $(basename \"$PWD\")\n"}};
  const TempFolder folder;
  write_files(folder, emit::emit_project(design, two_stages(design),
                                         golden_vectors(random, design, 9), options));
  EXPECT_EQ(build(folder, "echo").output, "flow " + folder.path().filename().string() + "\n");
  const auto wrong = build(folder, "nonsense");
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_EQ(wrong.output, "usage: build.sh lint|simulate|icarus|all|echo\n");
}

/// A testbench that cannot fail proves nothing: a changed golden word must be found and named.
TEST(Testbench, FindsAWrongWord) {
  GATEFOLD_NEEDS_PROGRAM("iverilog");
  std::mt19937_64 random(1);
  const auto design = DenseBuilder().make();
  auto vectors = golden_vectors(random, design, 9);
  vectors.outputs["y"].data[3] ^= 6;
  const TempFolder folder;
  write_files(folder, emit::emit_project(design, two_stages(design), vectors));
  const auto result = build(folder, "icarus");
  EXPECT_NE(result.exit_code, 0);
  EXPECT_THAT(result.output, ::testing::HasSubstr("mismatch: vector 1: y[1] is"));
  EXPECT_THAT(result.output,
              ::testing::HasSubstr("vectors=9 mismatches=1 bits=2 latency=2 interval=1"));
}

TEST(Testbench, FindsAWrongLatency) {
  GATEFOLD_NEEDS_PROGRAM("iverilog");
  std::mt19937_64 random(1);
  const auto design = DenseBuilder().make();
  auto schedule = two_stages(design);
  schedule.latency_cycles = 3;
  const TempFolder folder;
  write_files(folder, emit::emit_project(design, schedule, golden_vectors(random, design, 9)));
  const auto result = build(folder, "icarus");
  EXPECT_NE(result.exit_code, 0);
  EXPECT_THAT(result.output, ::testing::HasSubstr("mistimed: vector 0"));
}

TEST(Testbench, EndsWhenTheDesignHangs) {
  GATEFOLD_NEEDS_PROGRAM("iverilog");
  std::mt19937_64 random(1);
  const auto design = DenseBuilder().make();
  const TempFolder folder;
  auto files = emit::emit_project(design, two_stages(design), golden_vectors(random, design, 9));
  for (auto& file : files) {
    const std::string start = "assign step_s0 = x_valid_i;";
    const auto at = file.text.find(start);
    if (at != std::string::npos) file.text.replace(at, start.size(), "assign step_s0 = 1'b0;");
  }
  write_files(folder, files);
  const auto result = build(folder, "icarus");
  EXPECT_NE(result.exit_code, 0);
  EXPECT_THAT(result.output, ::testing::HasSubstr("no end after"));
}

}  // namespace
}  // namespace gatefold
