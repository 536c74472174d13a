// Every refusal of recurrent layers, by its exact text.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/foreign_models.h"

#include "gatefold/layers/import_model.h"

namespace gatefold {
namespace {

using namespace testing;  // NOLINT: the model builders
using ::testing::HasSubstr;
using Integers = std::vector<std::int64_t>;

layers::ImportOptions typed() {
  layers::ImportOptions options;
  options.recurrent_types["*"] = *layers::parse_input_type("fixed<8,4>");
  return options;
}

std::string problems(const ForeignModel& model, const layers::ImportOptions& options = typed()) {
  const auto graph = layers::import_model(model, options);
  return graph ? "" : to_string(graph.errors());
}

ForeignNode with(ForeignNode node, const std::string& name, frontends::Attribute value) {
  node.attributes[name] = std::move(value);
  return node;
}

/// A layer of one hidden word on sequences of three pairs, and its last state.
ForeignModel sequences(ForeignNode layer) {
  ForeignModel made = model({});
  made.inputs.front().shape = {-1, 3, 2};
  const auto rows = static_cast<std::int64_t>(layer.type == "LSTM"  ? 4
                                              : layer.type == "GRU" ? 3
                                                                    : 1);
  made.arrays["w"] =
      array({1, rows, 2}, std::vector<double>(static_cast<std::size_t>(2 * rows), 1));
  made.arrays["r"] = array({1, rows, 1}, std::vector<double>(static_cast<std::size_t>(rows), 0.5));
  made.nodes.push_back(with(node("Transpose", {"q"}, "t"), "perm", Integers{1, 0, 2}));
  layer.outputs = {"s", "h"};
  made.nodes.push_back(with(std::move(layer), "hidden_size", std::int64_t{1}));
  made.nodes.push_back(with(node("Squeeze", {"h"}, "y"), "axes", Integers{0}));
  return made;
}

ForeignNode lstm() { return node("LSTM", {"t", "w", "r"}, "s"); }

TEST(RecurrentLayerErrors, SoundModelsHaveNone) {
  for (const char* type : {"LSTM", "GRU", "RNN"})
    EXPECT_EQ(problems(sequences(node(type, {"t", "w", "r"}, "s"))), "");
}

TEST(RecurrentLayerErrors, RecurrentNotTyped) {
  const std::string text = problems(sequences(lstm()), {});
  EXPECT_THAT(text,
              HasSubstr("error[RecurrentNotTyped]: layer 's_layer': LSTM rounds its gates in "
                        "each step, and the file says not to which type\n"
                        "  remedy: give it with --recurrent-type, for example 'gates=fixed<8,1>'"));
  EXPECT_THAT(text, HasSubstr("LSTM rounds its cell in each step"));
  EXPECT_THAT(text, HasSubstr("LSTM rounds its hidden in each step"));
}

TEST(RecurrentLayerErrors, Forms) {
  const auto said = [](ForeignNode layer) { return problems(sequences(std::move(layer))); };
  EXPECT_THAT(said(with(lstm(), "clip", 1.0)), HasSubstr("LSTM with clip is not supported"));
  EXPECT_THAT(said(with(lstm(), "input_forget", std::int64_t{1})), HasSubstr("coupled gates"));
  EXPECT_THAT(said(with(lstm(), "direction", std::string("up"))),
              HasSubstr("attribute 'direction' of LSTM"));
  EXPECT_THAT(said(with(lstm(), "activations", std::vector<std::string>{"Elu", "Tanh", "Tanh"})),
              HasSubstr("LSTM with the activation Elu is not supported"));
  EXPECT_THAT(said(node("LSTM", {"t", "w", "r", "", "bits"}, "s")),
              HasSubstr("lengths of sequences"));
  EXPECT_THAT(said(node("LSTM", {"t", "w", "r", "", "", "", "", "r"}, "s")),
              HasSubstr("peepholes"));
  EXPECT_THAT(said(node("LSTM", {"t", "r", "r"}, "s")), HasSubstr("error[BadBroadcast]"));
}

TEST(RecurrentLayerErrors, InitialStates) {
  const auto said = [](numeric::Shape shape, std::vector<double> values) {
    ForeignModel made = sequences(node("GRU", {"t", "w", "r", "", "", "h0"}, "s"));
    made.arrays["h0"] = array(std::move(shape), std::move(values));
    return problems(made);
  };
  EXPECT_EQ(said({1, 1, 1}, {0.5}) + said({1, 2, 1}, {0.5, 0.5}), "");
  EXPECT_THAT(said({1, 1, 1}, {0.3}), HasSubstr("an initial state that its type does not hold"));
  EXPECT_THAT(said({1, 2, 1}, {0.5, 1}), HasSubstr("initial states that differ between samples"));
}

TEST(RecurrentLayerErrors, KeptStatesThatAreComputed) {
  ForeignModel made = sequences(node("GRU", {"t", "w", "r", "", "", "h0"}, "s"));
  made.inputs.push_back({"first", frontends::ElementKind::Float32, {-1, 1, 1}});
  made.nodes.insert(made.nodes.begin(),
                    with(node("Transpose", {"first"}, "h0"), "perm", Integers{1, 0, 2}));
  auto options = typed();
  options.input_types = options.recurrent_types;
  options.stateful = {"s_layer"};
  EXPECT_THAT(problems(made, options),
              HasSubstr("error[UnsupportedForm]: layer 's_layer': GRU with kept states that the "
                        "model computes at first is not supported"));
}

TEST(RecurrentLayerErrors, BatchElsewhere) {
  ForeignModel first = sequences(lstm());
  first.nodes[2].inputs[0] = "q";
  EXPECT_THAT(problems(first),
              HasSubstr("error[BatchAxis]: layer 's_layer': LSTM moves or merges"));
  ForeignModel relu = sequences(lstm());
  relu.nodes.back() = node("Relu", {"s"}, "y");
  EXPECT_THAT(problems(relu), HasSubstr("error[BatchAxis]: layer 'y_layer': Relu moves or merges"));
  ForeignModel turned = sequences(lstm());
  turned.nodes.back() = node("Identity", {"h"}, "y");
  EXPECT_THAT(problems(turned),
              HasSubstr("error[BatchAxis]: layer 'y': the output moves or merges"));
}

}  // namespace
}  // namespace gatefold
