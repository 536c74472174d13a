#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/small_report.h"

#include "gatefold/report/html.h"
#include "gatefold/report/words.h"

namespace gatefold::report {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;
using testing::SmallReport;

const std::string hostile =
    "<script>alert(\"a\")</script>&'\n\x01"
    "\xff";

/// The first tag that does not close what is open, or what stays open; empty when all is balanced.
std::string unbalanced(const std::string& html) {
  std::vector<std::string> open;
  for (std::size_t at = html.find('<'); at != std::string::npos; at = html.find('<', at + 1)) {
    const std::size_t end = html.find('>', at);
    if (end == std::string::npos) return "no end: " + html.substr(at, 40);
    const std::string tag = html.substr(at + 1, end - at - 1);
    const std::string name = tag.substr(0, tag.find_first_of(" \n"));
    if (tag.starts_with("!") || tag.ends_with("/") || name == "meta") continue;
    if (!tag.starts_with("/")) {
      open.push_back(name);
    } else if (open.empty() || open.back() != name.substr(1)) {
      return tag;
    } else {
      open.pop_back();
    }
  }
  return open.empty() ? "" : open.back();
}

TEST(Report, EveryTrainedLayerHasARowInOrder) {
  const Report report = SmallReport().make();
  std::vector<std::string> layers, notes, kinds;
  for (const LayerRow& row : report.layers) {
    layers.push_back(row.layer);
    notes.push_back(row.note);
    kinds.push_back(row.kind);
  }
  EXPECT_THAT(layers, ElementsAre("x", "fc1", "bn", "relu_quant"));
  EXPECT_THAT(notes, ElementsAre("", "", "absorbed by relu_quant", ""));
  EXPECT_THAT(kinds, ElementsAre("input", "matrix product", "scale and offset", "ReLU, quantizer"));
  EXPECT_THAT(report.edges,
              ElementsAre(Pair("x", "fc1"), Pair("fc1", "bn"), Pair("bn", "relu_quant")));
}

TEST(Report, ShowsBlockRamsAndDspsWhereThereAreSome) {
  const Report none = SmallReport().make();
  EXPECT_THAT(to_text(none), Not(HasSubstr("DSP")));
  EXPECT_THAT(to_html(none), Not(HasSubstr("DSP, estimated")));
  SmallReport small;
  small.use_blocks();
  const Report report = small.make();
  EXPECT_THAT(to_text(report), HasSubstr("1,256 LUT, 79 FF, 3 BRAM, 5 DSP, longest path"));
  EXPECT_THAT(to_html(report), HasSubstr("<b>5</b><span>DSP, estimated"));
  EXPECT_EQ(unbalanced(to_html(report)), "");
  const auto json = nlohmann::json::parse(to_json(report));
  EXPECT_EQ(json["layers"][1]["estimated"]["block_rams"], 2);
  EXPECT_EQ(json["layers"][1]["estimated"]["dsps"], 5);
  EXPECT_EQ(json["control"]["estimated"]["block_rams"], 1);
  EXPECT_EQ(json["total"]["estimated"]["block_rams"], 3);
  EXPECT_EQ(json["total"]["estimated"]["dsps"], 5);
}

TEST(Report, RowsHoldTheFiguresOfTheirLayer) {
  const Report report = SmallReport().make();
  const LayerRow& dense = report.layers[1];
  EXPECT_EQ(dense.weights, 6);
  EXPECT_EQ(dense.zero_weights, 3);
  EXPECT_EQ(dense.adders, 4);
  EXPECT_THAT(dense.operations, ElementsAre("add 3", "subtract 1"));
  EXPECT_EQ(dense.input_type, "[2] s4 *1/4");
  EXPECT_EQ(dense.input_words, "2 x s4");
  EXPECT_THAT(dense.output_words, HasSubstr("3 x s"));
  EXPECT_EQ(report.layers[3].output_words, "3 x u4");
  EXPECT_EQ(dense.cycles(), 3);
  EXPECT_FALSE(dense.synthesised);
}

/// The small report as if its matrix were worked off by so many multipliers.
Report folded(std::int64_t multipliers, std::int64_t steps) {
  SmallReport small;
  Report report = small.make();
  report.processes = {{"fc1 fold", steps, 2, multipliers}};
  const auto& linear = std::get<graph::Linear>(small.graph().node({1}).op);
  report.matrices = matrix_rows(small.graph(), {{&linear, multipliers, steps}});
  return report;
}

TEST(Report, ZerosOfAFoldSaveSteps) {
  const Report report = folded(2, 2);  // for three of six weights
  ASSERT_EQ(report.matrices.size(), 1);
  const MatrixRow& row = report.matrices[0];
  EXPECT_EQ(row.zero_weights, 3);
  EXPECT_EQ(row.dense_steps(), 3);
  EXPECT_EQ(row.saved_steps(), 1);
  const std::string line =
      "fc1               6       50.0 %            2            2            3       33.3 %\n";
  EXPECT_THAT(to_text(report), HasSubstr(line));
  EXPECT_THAT(to_html(report), HasSubstr("<h2>Matrices</h2>"));
  EXPECT_THAT(to_html(report), HasSubstr("\n" + line));
  const auto json = nlohmann::json::parse(to_json(report))["matrices"][0];
  EXPECT_EQ(json["form"], "fold");
  EXPECT_EQ(json["dense_steps"], 3);
  EXPECT_EQ(folded(2, 4).matrices[0].saved_steps(), 0);
}

TEST(Report, ZerosOfAnAdderGraphHaveNoAdders) {
  Report report = SmallReport().make();
  ASSERT_EQ(report.matrices.size(), 1);
  EXPECT_FALSE(report.matrices[0].is_fold());
  EXPECT_THAT(to_text(report), Not(HasSubstr("Matrices")));
  report.processes = {{"fc1"}};
  EXPECT_THAT(to_text(report), HasSubstr("adders for 3 weights that are not zero"));
}

TEST(Report, TotalsHoldTheHandshakeToo) {
  SmallReport small;
  small.synthesise();
  const Report report = small.make();
  EXPECT_EQ(report.total.weights, 6);
  EXPECT_EQ(report.total.estimated_luts, 1256.4);
  EXPECT_NEAR(report.control.estimated_luts, 1, 1e-9);
  EXPECT_EQ(report.control.estimated_flip_flops, 3);
  EXPECT_EQ(report.control.synthesised->luts, 1);
  EXPECT_EQ(report.total.synthesised->luts, 1100);
  EXPECT_FALSE(report.layers[0].synthesised);
  EXPECT_EQ(report.latency_ns, 7.5);
}

TEST(Report, JsonParsesAndCountsStagesFromOne) {
  const auto json = nlohmann::json::parse(to_json(SmallReport().make()));
  EXPECT_EQ(json["latency_cycles"], 3);
  EXPECT_TRUE(json["synthesis"].is_null());
  EXPECT_EQ(json["layers"][1]["operations"]["add"], 3);
  EXPECT_EQ(json["layers"][1]["pipeline"]["first_stage"], 1);
  EXPECT_EQ(json["layers"][1]["pipeline"]["nanoseconds"], 7.5);
  EXPECT_TRUE(json["layers"][2]["pipeline"].is_null());
  EXPECT_EQ(json["edges"][0]["to"], "fc1");
  EXPECT_EQ(json["seconds"][1]["stage"], "lower");
}

TEST(Report, HostileNamesAreEscaped) {
  SmallReport small(hostile);
  small.synthesise();
  const Report report = small.make();
  const std::string html = to_html(report);
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_EQ(unbalanced(html), "");
  const auto json = nlohmann::json::parse(to_json(report));
  EXPECT_EQ(json["layers"][1]["layer"], "<script>alert(\"a\")</script>&'\n\x01\uFFFD");
  EXPECT_EQ(escaped("a<b>&\"'\n"), "a&lt;b&gt;&amp;&quot;&#39;?");
}

TEST(Report, PageStandsAlone) {
  SmallReport small;
  EXPECT_EQ(unbalanced(to_html(small.make())), "");
  small.synthesise();
  const std::string html = to_html(small.make());
  EXPECT_EQ(unbalanced(html), "");
  EXPECT_EQ(unbalanced("<p><b></p></b>"), "/p");
  for (const char* outside : {"http:", "https:", "src=", "@import", "<link", "<script"})
    EXPECT_THAT(html, Not(HasSubstr(outside)));
  EXPECT_THAT(html, HasSubstr("absorbed by relu_quant"));
  EXPECT_THAT(html, HasSubstr("Yosys 0.23"));
}

TEST(Report, TextFitsTheTerminal) {
  SmallReport small(
      "a/very/long/name/of/a/layer/that/an/exporter/has/made/from/the/scopes/Gemm_123");
  small.synthesise();
  std::istringstream lines(to_text(small.make()));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(width_of(line), 120) << line;
}

TEST(Report, EmptyModelHasAReport) {
  const graph::Graph graph;
  const Report report = make_report({graph, graph, {}, {}, {}, std::nullopt, {}, "unit"});
  EXPECT_EQ(unbalanced(to_html(report)), "");
  EXPECT_TRUE(report.layers.empty());
}

TEST(ReportWords, SumsHaveNoTrainedWeights) {
  graph::Linear linear;
  linear.weights = {{1, 2, 1}, {1, 1}};
  EXPECT_EQ(kind_of(graph::Op(linear)), "sum");
  linear.weights.data[1] = -1;
  EXPECT_EQ(kind_of(graph::Op(linear)), "matrix product");
}

TEST(ReportWords, NumbersAreWrittenForReaders) {
  EXPECT_EQ(count(1234567), "1,234,567");
  EXPECT_EQ(count(999), "999");
  EXPECT_EQ(count(-1000), "-1,000");
  EXPECT_EQ(rounded(1999.6), "2,000");
  EXPECT_EQ(decimal(2.50), "2.5");
  EXPECT_EQ(decimal(30), "30");
  EXPECT_EQ(percent(1, 8), "12.5 %");
  EXPECT_EQ(percent(0, 0), "");
  EXPECT_EQ(shorten("äbcdefgh", 5), "äb…gh");
  EXPECT_EQ(shorten("äbcde", 5), "äbcde");
  EXPECT_EQ(shorten("a\x1b[2J\n", 9), "a?[2J?");
}

}  // namespace
}  // namespace gatefold::report
