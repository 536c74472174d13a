#include "gatefold/frontends/link_model.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "gatefold/frontends/text.h"

namespace gatefold::frontends {
namespace {

using Names = std::vector<std::string>;

TEST(UniqueNodeNames, KeepsInventsAndNumbers) {
  const std::vector<NodeLabel> labels = {{"a", "Relu"}, {"", "Relu"},   {"a", "Add"},
                                         {"", "Relu"},  {"a_1", "Add"}, {"Relu_1", "Add"},
                                         {"a", "Add"},  {"", "Gemm"}};
  EXPECT_EQ(unique_node_names(labels),
            (Names{"a", "Relu_0", "a_2", "Relu_2", "a_1", "Relu_1", "a_3", "Gemm_0"}));
}

TEST(UniqueNodeNames, TakesManyEqualNames) {
  const std::vector<NodeLabel> labels(100000, {"a", "Relu"});
  const Names names = unique_node_names(labels);
  EXPECT_EQ(names.front(), "a");
  EXPECT_EQ(names.back(), "a_99999");
}

ForeignNode node(const std::string& name, const Names& inputs, const Names& outputs) {
  return {name, "", "", "Op", inputs, outputs, {}};
}

Names order_of(std::vector<ForeignNode> nodes, const std::string& output) {
  ForeignModel model;
  model.inputs = {{"x", ElementKind::Float32, {1}}};
  model.outputs = {{output, ElementKind::Float32, {1}}};
  model.nodes = std::move(nodes);
  const auto linked = link_model(std::move(model));
  EXPECT_TRUE(linked.ok());
  Names names;
  for (const ForeignNode& n : linked->nodes) names.push_back(n.name);
  return names;
}

TEST(LinkModel, SortsAndKeepsTheFileOrderOtherwise) {
  EXPECT_EQ(order_of({node("last", {"b", "a"}, {"y"}), node("n2", {"x"}, {"b"}),
                      node("n1", {"x", "", "x"}, {"a"})},
                     "y"),
            (Names{"n2", "n1", "last"}));
  EXPECT_EQ(order_of({node("c", {"x"}, {"1", ""}), node("b", {"x"}, {"2", ""}),
                      node("a", {"1", "1"}, {"3"})},
                     "3"),
            (Names{"c", "b", "a"}));
}

TEST(LinkModel, SortsALongReversedChain) {
  std::vector<ForeignNode> nodes;
  for (int i = 100000; i > 0; --i) {
    const std::string input = i == 1 ? "x" : "v" + std::to_string(i - 1);
    nodes.push_back(node(std::to_string(i), {input}, {"v" + std::to_string(i)}));
  }
  const Names order = order_of(std::move(nodes), "v100000");
  EXPECT_EQ(order.front(), "1");
  EXPECT_EQ(order.back(), "100000");
}

TEST(LinkModel, TakesAnInputAsOutput) { EXPECT_EQ(order_of({}, "x"), Names{}); }

TEST(IsUtf8, KnowsTheEdges) {
  for (const char* good : {"", "plain", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
                           "\xee\x80\x80", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(is_utf8(good)) << good;
  }
  for (const char* bad :
       {"\x80", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2z", "\xe0\x9f\xbf", "\xe1\x80", "\xed\xa0\x80",
        "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) {
    EXPECT_FALSE(is_utf8(bad)) << bad;
  }
}

TEST(IsReadableName, RefusesControlsAndEmpty) {
  EXPECT_TRUE(is_readable_name("/features/0/Conv_output_0"));
  EXPECT_TRUE(is_readable_name("größe"));
  EXPECT_FALSE(is_readable_name(""));
  EXPECT_FALSE(is_readable_name("a\nb"));
  EXPECT_FALSE(is_readable_name("\x7f"));
  EXPECT_FALSE(is_readable_name(std::string_view("a\0b", 3)));
}

}  // namespace
}  // namespace gatefold::frontends
