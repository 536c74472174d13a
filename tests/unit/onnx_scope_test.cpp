#include "gatefold/frontends/onnx/onnx_scope.h"

#include <gtest/gtest.h>

namespace gatefold::frontends {
namespace {

constexpr const char* scopes = "pkg.torch.onnx.name_scopes";

std::string scope_of(const std::string& value, const std::string& key = scopes) {
  onnx::NodeProto node;
  auto& other = *node.add_metadata_props();
  other.set_key("namespace");
  other.set_value("['', 'other', 'operator']");
  auto& entry = *node.add_metadata_props();
  entry.set_key(key);
  entry.set_value(value);
  return module_scope(node);
}

TEST(ModuleScope, IsTheInnermostModuleAndTheOperator) {
  EXPECT_EQ(scope_of("['', 'dense1', 'linear']"), "/dense1/linear");
  EXPECT_EQ(scope_of("['', 'layers', 'layers.0', 'layers.0.act_quant', 'quant']"),
            "/layers/0/act_quant/quant");
  EXPECT_EQ(scope_of("['head', 'relu_1']"), "/head/relu_1");
}

TEST(ModuleScope, IsEmptyForAnOperatorOutsideOfModules) {
  EXPECT_EQ(scope_of("['', 'linear']"), "");
  EXPECT_EQ(scope_of("['linear']"), "");
  EXPECT_EQ(scope_of("[]"), "");
  EXPECT_EQ(scope_of(""), "");
}

TEST(ModuleScope, IsEmptyForOtherText) {
  EXPECT_EQ(scope_of("['', 'dense1', 'lin ear']"), "");
  EXPECT_EQ(scope_of("['', 'a/b', 'linear']"), "");
  EXPECT_EQ(scope_of("['', 'unclosed', 'linear"), "");
  EXPECT_EQ(scope_of("dense1, linear"), "");
}

TEST(ModuleScope, ReadsItsOwnKeyOnly) {
  EXPECT_EQ(scope_of("['', 'dense1', 'linear']", "pkg.torch.onnx.stack_trace"), "");
  EXPECT_EQ(module_scope(onnx::NodeProto()), "");
}

}  // namespace
}  // namespace gatefold::frontends
