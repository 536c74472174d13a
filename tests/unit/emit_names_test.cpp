#include <gtest/gtest.h>

#include "gatefold/emit/names.h"
#include "gatefold/emit/text.h"

namespace gatefold::emit {
namespace {

TEST(LegalName, KeepsWhatIsLegal) {
  EXPECT_EQ(legal_name("fc1"), "fc1");
  EXPECT_EQ(legal_name("dense_relu_2"), "dense_relu_2");
}

TEST(LegalName, LowersAndJoins) {
  EXPECT_EQ(legal_name("Dense.1/MatMul:0"), "dense_1_matmul_0");
  EXPECT_EQ(legal_name("__a  b__"), "a_b");
  EXPECT_EQ(legal_name("café"), "caf");
}

TEST(LegalName, BeginsWithALetter) {
  EXPECT_EQ(legal_name("0"), "n0");
  EXPECT_EQ(legal_name("2nd"), "n2nd");
  EXPECT_EQ(legal_name(""), "n");
  EXPECT_EQ(legal_name("層"), "n");
}

TEST(LegalName, AvoidsKeywords) {
  for (const auto* word : {"input", "Output", "logic", "table", "entity", "signal", "xor"}) {
    EXPECT_EQ(legal_name(word).substr(legal_name(word).size() - 2), "_n") << word;
  }
}

TEST(NameTable, HandsOutEachNameOnce) {
  NameTable names;
  names.reserve("clk");
  EXPECT_EQ(names.claim("a/b"), "a_b");
  EXPECT_EQ(names.claim("a.b"), "a_b_2");
  EXPECT_EQ(names.claim("a_b_2"), "a_b_2_2");
  EXPECT_EQ(names.claim("A B"), "a_b_3");
  EXPECT_EQ(names.claim("CLK"), "clk_2");
}

TEST(Literal, IsSizedAndSigned) {
  EXPECT_EQ(literal(5, 8, false), "8'd5");
  EXPECT_EQ(literal(-1, 8, false), "8'd255");
  EXPECT_EQ(literal(-5, 8, true), "-8'sd5");
  EXPECT_EQ(literal(-128, 8, true), "8'sh80");
  EXPECT_EQ(literal(200, 8, true), "-8'sd56");
  EXPECT_EQ(literal(-1, 1, true), "1'sh1");
  EXPECT_EQ(literal(std::int64_t{1} << 61, 62, false), "62'd2305843009213693952");
  EXPECT_EQ(literal(-(std::int64_t{1} << 61), 62, true), "62'sh2000000000000000");
}

TEST(CommentSafe, StaysOnItsLine) {
  EXPECT_EQ(comment_safe("a\nassign x = 1;\\"), "a assign x = 1;/");
}

TEST(CountWidth, HoldsTheLastCount) {
  EXPECT_EQ(count_width(1), 1);
  EXPECT_EQ(count_width(2), 1);
  EXPECT_EQ(count_width(3), 2);
  EXPECT_EQ(count_width(256), 8);
  EXPECT_EQ(count_width(257), 9);
}

}  // namespace
}  // namespace gatefold::emit
