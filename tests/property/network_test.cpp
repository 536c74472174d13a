// Random designs of several processes.
#include <gmock/gmock.h>

#include "tests/random_network.h"

#include "gatefold/hardware/design.h"

namespace gatefold::hardware {
namespace {

class NetworkProperty : public ::testing::TestWithParam<int> {
 protected:
  std::mt19937_64 random_{static_cast<std::uint64_t>(GetParam())};
  Design design_ = testing::random_network(random_, {.processes = 1 + GetParam() % 7});
};

TEST_P(NetworkProperty, VerifiesPrintsAndRuns) {
  ASSERT_EQ(verify(design_), "") << print(design_);
  const auto parsed = parse(print(design_));
  ASSERT_TRUE(parsed.ok()) << to_string(parsed.errors());
  EXPECT_EQ(print(*parsed), print(design_));
  const Batch outputs = run_design(design_, testing::random_batch(random_, design_, 3));
  EXPECT_EQ(outputs.size(), design_.outputs.size());
}

INSTANTIATE_TEST_SUITE_P(Seeds, NetworkProperty, ::testing::Range(0, 200));

}  // namespace
}  // namespace gatefold::hardware
