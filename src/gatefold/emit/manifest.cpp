#include <nlohmann/json.hpp>

#include "gatefold/emit/project.h"

namespace gatefold::emit {
namespace {

using Json = nlohmann::ordered_json;

Json words_of_beat(const PortPlan& port) {
  Json words = Json::array();
  for (std::size_t k = 0; k < port.channel->words.size(); ++k) {
    const auto& range = port.channel->words[k];
    const auto word = hardware::word_of(range);
    words.push_back({{"offset", port.offsets[k]},
                     {"width", word.width},
                     {"signed", word.is_signed},
                     {"low", range.low},
                     {"high", range.high}});
  }
  return words;
}

Json functions(const std::vector<HostFunction>& host_functions) {
  Json list = Json::array();
  for (const HostFunction& function : host_functions) {
    Json entry{{"function", function.name}};
    for (const auto& [name, values] : function.parameters) entry[name] = values;
    list.push_back(std::move(entry));
  }
  return list;
}

Json port_entry(const PortPlan& port, const ProjectOptions& options) {
  Json entry{{"name", port.port->name},
             {"signals", port.name},
             {"shape", port.port->shape},
             {"beats_per_inference", port.beats},
             {"data_width", port.wire_width()},
             {"words_of_beat", words_of_beat(port)},
             {"vectors", "vectors/" + port.name + ".hex"}};
  if (!port.port->axes.empty()) entry["axes_of_beats"] = port.port->axes;
  const auto encoding = options.encodings.find(port.port->name);
  if (encoding != options.encodings.end()) {
    entry["scale"] = encoding->second.scale;
    entry["zero_point"] = encoding->second.zero_point;
    if (!encoding->second.rounding.empty()) {
      entry["rounding"] = encoding->second.rounding;
      entry["overflow"] = encoding->second.overflow;
    }
    entry["host_functions"] = functions(encoding->second.host_functions);
  }
  return entry;
}

Json layer_entries(const Plan& plan) {
  Json entries = Json::array();
  for (std::size_t i = 0; i < plan.layers.size(); ++i) {
    const auto& layer = plan.layers[i];
    Json entry{{"name", plan.design->layers[i].name}, {"kind", plan.design->layers[i].kind}};
    if (!layer.module.empty()) {
      entry["module"] = layer.module;
      entry["instance"] = layer.stem + "_inst";
      entry["file"] = "rtl/" + layer.module + ".sv";
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace

std::string manifest(const Plan& plan, const schedule::Schedule& schedule, std::int64_t samples,
                     const ProjectOptions& options) {
  Json json{{"model", plan.design->name},
            {"generator", plan.banner},
            {"top", plan.top},
            {"testbench", plan.top + "_tb"},
            {"files", "files.f"},
            {"clock", "clk_i"},
            {"reset", "rst_ni"},
            {"clock_ns", schedule.clock_ns},
            {"critical_ns", schedule.critical_ns},
            {"stages", plan.stages},
            {"latency_cycles", schedule.latency_cycles},
            {"interval_cycles", schedule.interval_cycles},
            {"vectors", samples},
            {"inputs", Json::array()},
            {"outputs", Json::array()},
            {"layers", layer_entries(plan)}};
  for (const auto& port : plan.inputs) json["inputs"].push_back(port_entry(port, options));
  for (const auto& port : plan.outputs) json["outputs"].push_back(port_entry(port, options));
  return json.dump(1) + "\n";
}

}  // namespace gatefold::emit
