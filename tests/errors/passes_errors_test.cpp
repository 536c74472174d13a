#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

#include "gatefold/passes/run_passes.h"
#include "gatefold/passes/unroll_scans.h"

namespace gatefold::passes {
namespace {

std::string error_of(const RunOptions& options) {
  const auto result = run_passes(Graph{}, options);
  return result.ok() ? "" : to_string(result.errors());
}

TEST(PassesErrors, PassUnknown) {
  RunOptions options;
  options.skip = {"fold"};
  options.stop_after = "everything";
  EXPECT_EQ(error_of(options),
            "error[PassUnknown]: there is no pass 'fold'\n"
            "  remedy: `gatefold passes` lists the passes\n"
            "error[PassUnknown]: there is no pass 'everything'\n"
            "  remedy: `gatefold passes` lists the passes\n");
}

TEST(PassesErrors, PassNeeds) {
  RunOptions options;
  options.skip = {"absorb_encodings"};
  EXPECT_EQ(error_of(options),
            "error[PassNeeds]: pass 'fuse_quantizers' builds on 'absorb_encodings', which does not "
            "run before it\n  remedy: skip both, or neither\n");
}

TEST(PassesErrors, StatefulInParallel) {
  Graph g;
  const auto body = std::make_shared<Graph>();
  graph::Quantize port;
  port.grid = numeric::make_grid(4, true, 1);
  body->add_output("h", *body->add(graph::Input{"x", {}, port}, {}, "lstm"));
  ASSERT_TRUE(body->add(graph::Input{"h", {}, port}, {}, "lstm").ok());
  const auto x = *g.add(graph::Input{"x", {3}, port}, {}, "in");
  const auto state = *g.add(graph::Constant{{{}, {0}}, {}}, {}, "in");
  for (const std::string layer : {"lstm1", "lstm2"})
    for (const bool reverse : {false, true})
      g.add_output(layer + (reverse ? "_reverse" : ""),
                   *g.add(graph::Scan{body, 1, 0, reverse, true}, {x, state}, layer));
  const auto unrolled = unroll_scans(g);
  ASSERT_FALSE(unrolled.ok());
  ASSERT_EQ(unrolled.errors().size(), 2);
  EXPECT_EQ(
      to_string({unrolled.errors().front()}),
      "error[StatefulInParallel]: layer 'lstm1': a recurrence that goes on with the states of "
      "the inference before works step after step, and a fully parallel design takes an "
      "inference in every cycle\n"
      "  remedy: give --reuse 1 (a network of processes whose matrices are parallel), or leave "
      "out --recurrent-state\n");
  EXPECT_EQ(unroll_inner_scans(g).value(), g);
}

TEST(PassesErrors, DumpNotWritable) {
  const auto file = std::filesystem::temp_directory_path() / "gatefold_passes_dump";
  std::ofstream(file) << "in the way";
  RunOptions options;
  options.dump = file;
  EXPECT_EQ(error_of(options),
            "error[FileNotWritable]: cannot write '" + (file / "00-imported.gfg").string() +
                "': Not a directory\n  remedy: choose another folder with --output\n");
  std::filesystem::remove(file);
}

TEST(PassesErrors, DumpsAreAllOrNone) {
  const testing::TempFolder folder;
  std::filesystem::create_directories(folder / "dumps/04-absorb_encodings.gfg");
  RunOptions options;
  options.dump = folder / "dumps";
  EXPECT_THAT(error_of(options), ::testing::HasSubstr("04-absorb_encodings.gfg': Is a directory"));
  EXPECT_EQ(testing::listing(options.dump), "04-absorb_encodings.gfg ");
}

}  // namespace
}  // namespace gatefold::passes
