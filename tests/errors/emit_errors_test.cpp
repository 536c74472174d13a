#include <gtest/gtest.h>

#include "gatefold/emit/emit.h"

namespace gatefold {
namespace {

TEST(SeveralProcesses, NamesTheModelAndTheWayOut) {
  hardware::Design design;
  design.name = "jets";
  design.processes.resize(2);
  const auto result = emit::emit_systemverilog(design, {});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(to_string(result.errors()),
            "error[SeveralProcesses]: design 'jets' has 2 processes, and SystemVerilog is written "
            "for designs of one\n  remedy: compile the model fully parallel\n");
}

}  // namespace
}  // namespace gatefold
