#include "gatefold/driver/source_files.h"

#include <nlohmann/json.hpp>

#include "gatefold/support/files.h"

namespace gatefold::driver {
namespace {

using Json = nlohmann::ordered_json;

constexpr auto model_path = "source/model.gfg";
constexpr auto options_path = "source/options.json";

using Types = std::map<std::string, numeric::FixedType>;

Json texts(const Types& types) {
  Json json = Json::object();
  for (const auto& [name, type] : types) json[name] = type.to_string();
  return json;
}

Types types_in(const Json& json) {
  Types types;
  for (const auto& [name, text] : json.items())
    types[name] = numeric::FixedType::parse(text.get<std::string>()).value();
  return types;
}

template <typename T>
Json optional(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

template <typename T>
std::optional<T> optional_in(const Json& json) {
  return json.is_null() ? std::nullopt : std::optional(json.get<T>());
}

/// The name of a choice in a table of names.
template <typename Names, typename Choice>
std::string name_in(const Names& names, Choice wanted) {
  for (const auto& [name, choice] : names)
    if (choice == wanted) return std::string(name);
  GATEFOLD_ASSERT(false, "every choice has a name");
}

/// Sets the choice of that name.
template <typename Names, typename Choice>
void choose(const Names& names, const Json& wanted, Choice& to) {
  for (const auto& [name, choice] : names)
    if (name == wanted.get<std::string>()) to = choice;
}

/// By layer the longer and the shorter factor, and the least product of widths.
Json dsps(const std::map<std::string, lowering::DspFactors>& layers) {
  Json json = Json::object();
  for (const auto& [layer, dsp] : layers)
    json[layer] = {dsp.long_bits, dsp.short_bits, dsp.from_area};
  return json;
}

std::map<std::string, lowering::DspFactors> dsps_in(const Json& json) {
  std::map<std::string, lowering::DspFactors> layers;
  for (const auto& [layer, dsp] : json.items())
    layers[layer] = {dsp.at(0).get<int>(), dsp.at(1).get<int>(), dsp.at(2).get<double>()};
  return layers;
}

Json to_json(const CompileOptions& o) {
  return {{"input_types", texts(o.import.input_types)},
          {"recurrent_types", texts(o.import.recurrent_types)},
          {"stateful", o.import.stateful},
          {"final_activation_on_host", o.import.final_activation_on_host},
          {"reloadable", o.import.reloadable},
          {"stop_after", o.passes.stop_after},
          {"skip", o.passes.skip},
          {"extra_depth", o.lowering.extra_depth},
          {"effort", o.lowering.effort},
          {"target", o.target},
          {"clock_ns", optional(o.clock_ns)},
          {"reuse", optional(o.folds.reuse)},
          {"reuse_of_layers", o.folds.layers},
          {"dsps_of_layers", dsps(o.folds.dsps)},
          {"multipliers", name_in(lowering::multipliers, o.lowering.multipliers)},
          {"register_enable", name_in(emit::register_enables, o.text.register_enable)}};
}

CompileOptions options_in(const Json& json) {
  CompileOptions o;
  o.import.input_types = types_in(json.at("input_types"));
  o.import.recurrent_types = types_in(json.at("recurrent_types"));
  json.at("stateful").get_to(o.import.stateful);
  json.at("final_activation_on_host").get_to(o.import.final_activation_on_host);
  json.at("reloadable").get_to(o.import.reloadable);
  json.at("stop_after").get_to(o.passes.stop_after);
  json.at("skip").get_to(o.passes.skip);
  json.at("extra_depth").get_to(o.lowering.extra_depth);
  json.at("effort").get_to(o.lowering.effort);
  json.at("target").get_to(o.target);
  o.clock_ns = optional_in<double>(json.at("clock_ns"));
  o.folds.reuse = optional_in<std::int64_t>(json.at("reuse"));
  json.at("reuse_of_layers").get_to(o.folds.layers);
  o.folds.dsps = dsps_in(json.at("dsps_of_layers"));
  choose(lowering::multipliers, json.at("multipliers"), o.lowering.multipliers);
  choose(emit::register_enables, json.at("register_enable"), o.text.register_enable);
  return o;
}

Result<std::string> read_text(const std::filesystem::path& path) {
  GATEFOLD_TRY(const Bytes bytes, read_file(path));
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

}  // namespace

std::vector<emit::File> source_files(const Compilation& compilation) {
  CompileOptions options = compilation.options;
  if (compilation.folds) {
    options.folds = {};
    options.folds.reuse = compilation.folds->reuse;
    options.folds.layers = compilation.folds->layers;
    options.folds.dsps = compilation.folds->dsps;
  }
  return {{model_path, graph::print(compilation.imported)},
          {options_path, to_json(options).dump(1) + "\n"}};
}

Result<Source> read_source(const std::filesystem::path& project) {
  std::error_code error;
  GATEFOLD_TRY(const std::string manifest, read_text(project / "manifest.json"));
  if (!std::filesystem::exists(project / options_path, error))
    return diagnose(DiagnosticId::ProjectNotReloadable, "", project.string());
  GATEFOLD_TRY(const std::string text, read_text(project / options_path));
  GATEFOLD_TRY(const std::string model, read_text(project / model_path));
  GATEFOLD_TRY(graph::Graph imported, graph::parse(model));
  try {
    return Source{std::move(imported), options_in(Json::parse(text))};
  } catch (const std::exception&) {  // of JSON, and std::bad_optional_access of a type
    return diagnose(DiagnosticId::ProjectMalformed, "", project.string(),
                    std::string("options that can be read in ") + options_path);
  }
}

}  // namespace gatefold::driver
