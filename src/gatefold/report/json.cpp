#include <nlohmann/json.hpp>

#include "gatefold/report/report.h"

namespace gatefold::report {
namespace {

using Json = nlohmann::ordered_json;

Json cells(const flows::Cells& cells) {
  return {{"luts", cells.luts},
          {"carries", cells.carries},
          {"muxes", cells.muxes},
          {"flip_flops", cells.flip_flops},
          {"shift_registers", cells.shift_registers},
          {"brams", cells.brams},
          {"dsps", cells.dsps},
          {"levels", cells.levels}};
}

/// `add 123` as {"add": 123}.
Json operations(const LayerRow& row) {
  Json object = Json::object();
  for (const std::string& text : row.operations) {
    const auto space = text.rfind(' ');
    object[text.substr(0, space)] = std::stoll(text.substr(space + 1));
  }
  return object;
}

/// Stages count from 1, as everywhere that a user reads them.
Json time(const LayerRow& row, double clock_ns) {
  if (!row.has_hardware()) return nullptr;
  return {{"first_stage", row.first_stage + 1},
          {"last_stage", row.last_stage + 1},
          {"cycles", row.cycles()},
          {"nanoseconds", row.cycles() * clock_ns}};
}

Json area(const LayerRow& row) {
  return {{"estimated",
           {{"luts", row.estimated_luts},
            {"flip_flops", row.estimated_flip_flops},
            {"block_rams", row.estimated_block_rams},
            {"dsps", row.estimated_dsps}}},
          {"synthesised", row.synthesised ? cells(*row.synthesised) : Json(nullptr)}};
}

Json layer(const LayerRow& row, double clock_ns) {
  Json object{{"layer", row.layer},
              {"kind", row.kind},
              {"note", row.note},
              {"operations", operations(row)},
              {"weights", row.weights},
              {"zero_weights", row.zero_weights},
              {"input_type", row.input_type},
              {"output_type", row.output_type},
              {"adders", row.adders},
              {"pipeline", time(row, clock_ns)}};
  object.update(area(row));
  return object;
}

Json total(const LayerRow& row) {
  Json object{{"weights", row.weights}, {"zero_weights", row.zero_weights}, {"adders", row.adders}};
  object.update(area(row));
  return object;
}

Json processes(const Report& report) {
  Json rows = Json::array();
  for (const ProcessRow& row : report.processes)
    rows.push_back({{"process", row.process},
                    {"steps", row.steps},
                    {"stages", row.stages},
                    {"multipliers", row.multipliers},
                    {"state_bits", row.state_bits},
                    {"memory_bits", row.memory_bits},
                    {"queued_beats", row.queued_beats},
                    {"queue_bits", row.queue_bits}});
  return rows;
}

Json matrices(const Report& report) {
  Json rows = Json::array();
  for (const MatrixRow& row : report.matrices)
    rows.push_back({{"layer", row.layer},
                    {"form", row.is_fold() ? "fold" : "adder_graph"},
                    {"weights", row.weights},
                    {"zero_weights", row.zero_weights},
                    {"multipliers", row.multipliers},
                    {"steps", row.steps},
                    {"dense_steps", row.dense_steps()},
                    {"saved_steps", row.saved_steps()}});
  return rows;
}

/// Bits over all inferences.
Json activity(const schedule::Toggles& toggles) {
  Json layers = Json::array();
  for (const auto& row : toggles.layers)
    layers.push_back({{"layer", row.layer},
                      {"toggles", row.words},
                      {"register_toggles", row.registers},
                      {"clocked", row.clocked},
                      {"read", row.read},
                      {"written", row.written}});
  return {{"inferences", toggles.inferences}, {"queued", toggles.queued}, {"layers", layers}};
}

Json synthesis(const flows::Synthesis& done) {
  return {{"target", done.target}, {"tool", done.tool_version}, {"seconds", done.seconds}};
}

}  // namespace

std::string to_json(const Report& report) {
  Json seconds = Json::array(), layers = Json::array(), edges = Json::array();
  for (const auto& [stage, time] : report.seconds)
    seconds.push_back({{"stage", stage}, {"seconds", time}});
  for (const LayerRow& row : report.layers) layers.push_back(layer(row, report.clock_ns));
  for (const auto& [from, to] : report.edges) edges.push_back({{"from", from}, {"to", to}});
  const Json object{{"model", report.model},
                    {"target", report.target},
                    {"area_unit", report.area_unit},
                    {"target_title", report.target_title},
                    {"clock_ns", report.clock_ns},
                    {"critical_ns", report.critical_ns},
                    {"latency_cycles", report.latency_cycles},
                    {"latency_ns", report.latency_ns},
                    {"interval_cycles", report.interval_cycles},
                    {"interval_ns", report.interval_cycles * report.clock_ns},
                    {"total", total(report.total)},
                    {"control", area(report.control)},
                    {"synthesis", report.synthesis ? synthesis(*report.synthesis) : Json(nullptr)},
                    {"folds", report.folds},
                    {"processes", processes(report)},
                    {"matrices", matrices(report)},
                    {"activity", report.toggles ? activity(*report.toggles) : Json(nullptr)},
                    {"layers", layers},
                    {"edges", edges},
                    {"seconds", seconds}};
  return object.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace gatefold::report
