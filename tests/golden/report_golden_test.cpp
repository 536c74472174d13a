#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

#include "tests/support/small_report.h"

// The text report against tests/golden/report/. GATEFOLD_UPDATE=1 rewrites the golden files.
namespace gatefold {
namespace {

void expect_golden(const std::string& text, const std::string& name) {
  const std::string path = std::string(GATEFOLD_SOURCE_DIR) + "/tests/golden/report/" + name;
  if (std::getenv("GATEFOLD_UPDATE") != nullptr) std::ofstream(path) << text;
  std::stringstream golden;
  golden << std::ifstream(path).rdbuf();
  EXPECT_EQ(text, golden.str());
}

TEST(ReportGolden, TextOfAnEstimate) {
  expect_golden(report::to_text(testing::SmallReport().make()), "estimated.txt");
}

TEST(ReportGolden, TextWithSynthesis) {
  testing::SmallReport small;
  small.synthesise();
  expect_golden(report::to_text(small.make()), "synthesised.txt");
}

}  // namespace
}  // namespace gatefold
