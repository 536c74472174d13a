#include <fmt/format.h>

#include "gatefold/cli/commands.h"
#include "gatefold/driver/reloadable.h"
#include "gatefold/driver/stateful.h"

namespace gatefold::cli {

void ModelOptions::declare_import(CLI::App& command) {
  command.add_option("model", model, "Model file (QONNX or ONNX), or a graph as --dump writes it")
      ->required();
  command.add_option("--input-type", input_types,
                     "Type of inputs that the model does not quantize: fixed<16,6>, or "
                     "<input>=fixed<16,6> (width, integer bits with the sign)");
  command.add_option("--recurrent-type", recurrent_types,
                     "Type of what LSTM, GRU and RNN round in each step: fixed<16,6>, or "
                     "<role>=fixed<16,6> or <layer>.<role>=… (roles: gates, cell, hidden)");
  command.add_option("--recurrent-state", recurrent_states,
                     "Recurrent layers whose states go on from one inference to the next: "
                     "stateful, or <layer>=stateful");
  command
      .add_option("--final-activation", final_activation,
                  "Where an activation at the very end is computed")
      ->check(CLI::IsMember({"hardware", "host"}))
      ->capture_default_str();
  command.add_flag("--json", json, "Print JSON");
}

void ModelOptions::declare_folds(CLI::App& command) {
  command.add_option("--reuse", reuse,
                     "Steps in which a matrix may be worked off at a position: a number for all "
                     "layers, or <layer>=<number>");
  command.add_option("--interval", folds.interval, "Most cycles from one inference to the next")
      ->check(CLI::PositiveNumber);
  command.add_option("--latency", folds.latency, "Most cycles from first input to last output")
      ->check(CLI::PositiveNumber);
  const auto budget = [&](const char* option, driver::Resource resource, const char* text) {
    command.add_option(option, folds.most[resource], text)->check(CLI::NonNegativeNumber);
  };
  budget("--max-luts", driver::Resource::Luts, "Most LUTs, by the estimate");
  budget("--max-area", driver::Resource::Area,
         "Most area in the unit of a Liberty file, registers too, by the estimate");
  budget("--max-registers", driver::Resource::Registers, "Most flip-flops, by the estimate");
  budget("--max-block-rams", driver::Resource::BlockRams, "Most block RAMs, by the estimate");
  budget("--max-dsps", driver::Resource::Dsps, "Most DSPs, by the estimate");
}

void ModelOptions::declare_toggles(CLI::App& command) {
  command
      .add_option("--max-toggles", folds.most[driver::Resource::Toggles],
                  "Most bits that change an inference, on the inputs of --data: what power goes by")
      ->check(CLI::NonNegativeNumber);
}

namespace {

template <typename Names>
std::vector<std::string> names_of(const Names& choices) {
  std::vector<std::string> names;
  for (const auto& [name, choice] : choices) names.emplace_back(name);
  return names;
}

}  // namespace

void ModelOptions::declare_compile(CLI::App& command) {
  declare_import(command);
  command.add_option("--target", target, "Device family of data/targets, or a Liberty file (.lib)")
      ->capture_default_str();
  command
      .add_option("--clock", clock_ns,
                  "Clock period in ns (default: the shortest for --stages, else the target's)")
      ->check(CLI::PositiveNumber);
  command.add_option("--stages", stages, "Pipeline stages (default: the fewest for the clock)")
      ->check(CLI::PositiveNumber);
  declare_folds(command);
  command.add_option("--weights", weights,
                     "Weights that hardware exchanges: reloadable, or <layer>=reloadable");
  command
      .add_option("--extra-depth", extra_depth,
                  "Adder levels above the least possible in a matrix; -1: as many as save area")
      ->check(CLI::Range(-1, 64))
      ->capture_default_str();
  command
      .add_option("--effort", effort,
                  "Work of the search for fewer adders, in proportion; 0: the first graph found")
      ->check(CLI::Range(0, 1000))
      ->capture_default_str();
  command
      .add_option(
          "--multipliers", multipliers,
          "What multiplies two computed words: LUTs, DSPs wherever the factors fit, or DSPs "
          "where LUTs are dearer or too slow")
      ->check(CLI::IsMember(names_of(lowering::multipliers)))
      ->capture_default_str();
  command
      .add_option("--register-enable", register_enable,
                  "When data registers load: with a step, with the whole pipeline, by gated clocks")
      ->check(CLI::IsMember(names_of(emit::register_enables)))
      ->capture_default_str();
  command.add_option("--stop-after", stop_after, "Last pass to run (see `gatefold passes`)");
  command.add_option("--skip", skip, "Pass to leave out");
  command.add_option("--dump", dump, "Folder for the graph after each pass");
}

namespace {

/// `name=type`, or a type for the name `*`.
Result<std::map<std::string, numeric::FixedType>> types_by_name(
    const std::vector<std::string>& texts) {
  std::map<std::string, numeric::FixedType> types;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    const bool named = equals != std::string::npos;
    const std::string spelled = named ? text.substr(equals + 1) : text;
    GATEFOLD_TRY(const auto type, layers::parse_input_type(spelled));
    types[named ? text.substr(0, equals) : "*"] = type;
  }
  return types;
}

}  // namespace

Result<layers::ImportOptions> ModelOptions::import_options() const {
  layers::ImportOptions options;
  options.final_activation_on_host = final_activation == "host";
  GATEFOLD_TRY(options.input_types, types_by_name(input_types));
  GATEFOLD_TRY(options.recurrent_types, types_by_name(recurrent_types));
  for (const std::string& text : recurrent_states)
    GATEFOLD_CHECK(driver::add_recurrent_state(options, text));
  return options;
}

Result<driver::CompileOptions> ModelOptions::compile_options() const {
  driver::CompileOptions options;
  GATEFOLD_TRY(options.import, import_options());
  options.passes.stop_after = stop_after;
  options.passes.skip = skip;
  options.passes.dump = dump;
  options.lowering.extra_depth = extra_depth;
  options.lowering.effort = effort;
  options.folds = folds;
  for (const std::string& text : weights) GATEFOLD_CHECK(driver::add_weights(options.import, text));
  for (const std::string& text : reuse) GATEFOLD_CHECK(driver::add_reuse(options.folds, text));
  options.target = target;
  options.clock_ns = clock_ns;
  if (stages > 0) options.stages = stages;
  for (const auto& [name, choice] : lowering::multipliers)
    if (name == multipliers) options.lowering.multipliers = choice;
  for (const auto& [name, enable] : emit::register_enables)
    if (name == register_enable) options.text.register_enable = enable;
  return options;
}

namespace {

bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789.-+%, e") == std::string::npos;
}

}  // namespace

std::string table(const std::vector<std::string>& headings,
                  const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  std::vector<bool> right(headings.size(), !rows.empty());
  for (const std::string& heading : headings) widths.push_back(heading.size());
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], row[i].size());
      if (!row[i].empty() && !is_number(row[i])) right[i] = false;
    }
  std::string text;
  const auto add = [&](const std::vector<std::string>& row) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i)
      line += right[i] ? fmt::format("{:>{}}  ", row[i], widths[i])
                       : fmt::format("{:<{}}  ", row[i], widths[i]);
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  };
  add(headings);
  for (const auto& row : rows) add(row);
  return text;
}

}  // namespace gatefold::cli
