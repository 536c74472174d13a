#include <algorithm>
#include <nlohmann/json.hpp>

#include "gatefold/emit/load_port.h"
#include "gatefold/emit/project.h"

namespace gatefold::emit {
namespace {

using Json = nlohmann::ordered_json;

Json words_of_beat(const NetworkPort& port) {
  Json words = Json::array();
  for (std::size_t k = 0; k < port.beat.words(); ++k) {
    const auto& range = port.beat.channel->words[k];
    const auto word = port.beat.word(k);
    words.push_back({{"offset", port.beat.offsets[k]},
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

Json port_entry(const NetworkPort& port, const ProjectOptions& options) {
  Json entry{{"name", port.port->name},
             {"signals", port.name},
             {"shape", port.port->shape},
             {"beats_per_inference", port.beats},
             {"data_width", port.beat.wire_width()},
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

std::string file_of(const std::string& module) { return "rtl/" + module + ".sv"; }

/// The path from the top module to the instance of a part of a layer.
std::string path_of(const Network& network, const LayerModule& layer) {
  const auto instance = layer.plan->stem + "_inst";
  if (network.is_one_process()) return instance;
  return network.process_stems[layer.process] + "_inst." + instance;
}

/// An entry for each module that a layer has, or one without.
Json layer_entries(const Network& network) {
  Json entries = Json::array();
  for (std::size_t i = 0; i < network.design->layers.size(); ++i) {
    const auto& layer = network.design->layers[i];
    const Json named{{"name", layer.name}, {"kind", layer.kind}};
    const auto modules = modules_of(network, i);
    if (modules.empty()) entries.push_back(named);
    for (const auto& module : modules) {
      entries.push_back(named);
      entries.back()["module"] = module.plan->module;
      entries.back()["instance"] = path_of(network, module);
      entries.back()["file"] = file_of(module.plan->module);
    }
  }
  return entries;
}

Json process_entries(const Network& network) {
  Json entries = Json::array();
  for (std::size_t p = 0; p < network.processes.size(); ++p) {
    const auto& plan = network.processes[p];
    entries.push_back({{"name", plan.process->name},
                       {"module", plan.module},
                       {"instance", network.process_stems[p] + "_inst"},
                       {"file", file_of(plan.module)},
                       {"steps_per_inference", plan.process->steps()},
                       {"cycles_per_step", plan.process->interval},
                       {"stages", plan.stages}});
  }
  return entries;
}

Json channel_entries(const Network& network) {
  Json entries = Json::array();
  for (const auto& channel : network.channels)
    entries.push_back({{"name", channel.title},
                       {"signals", channel.name},
                       {"data_width", channel.beat.wire_width()},
                       {"depth", channel.depth}});
  return entries;
}

/// Which memory of which layer each address of the load port writes.
Json load_entry(const Network& network) {
  Json memories = Json::array();
  for (const auto& [process, array] : loaded_arrays(network)) {
    const auto& plan = network.processes[process];
    const auto& layer = plan.layers[static_cast<std::size_t>(array->layer)];
    memories.push_back({{"layer", plan.design->layers[static_cast<std::size_t>(array->layer)].name},
                        {"module", layer.module},
                        {"memory", array->name},
                        {"first_address", array->first_address},
                        {"words", array->words},
                        {"bits", array->width}});
  }
  return {{"signals", "load"},
          {"address_width", network.load.address_width},
          {"data_width", network.load.data_width},
          {"words", network.load.words},
          {"memories", std::move(memories)}};
}

/// Stages of the process that has most.
int deepest(const Network& network) {
  return std::ranges::max_element(network.processes, {}, &Plan::stages)->stages;
}

}  // namespace

std::string manifest(const Network& network, const schedule::Schedule& schedule,
                     std::int64_t samples, const ProjectOptions& options) {
  Json json{{"model", network.design->name},
            {"generator", network.banner},
            {"top", network.top},
            {"testbench", network.top + "_tb"},
            {"files", "files.f"},
            {"clock", "clk_i"},
            {"reset", "rst_ni"},
            {"clock_ns", schedule.clock_ns},
            {"critical_ns", schedule.critical_ns},
            {"stages", deepest(network)},
            {"latency_cycles", schedule.latency_cycles},
            {"interval_cycles", schedule.interval_cycles},
            {"vectors", samples},
            {"inputs", Json::array()},
            {"outputs", Json::array()},
            {"layers", layer_entries(network)}};
  if (!network.is_one_process()) {
    json["processes"] = process_entries(network);
    json["channels"] = channel_entries(network);
  }
  if (const auto stateful = stateful_layers(*network.design); !stateful.empty())
    json["stateful"] = stateful;
  if (network.load.words > 0) json["load"] = load_entry(network);
  for (const auto& port : network.inputs) json["inputs"].push_back(port_entry(port, options));
  for (const auto& port : network.outputs) json["outputs"].push_back(port_entry(port, options));
  return json.dump(1) + "\n";
}

}  // namespace gatefold::emit
