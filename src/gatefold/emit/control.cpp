#include "gatefold/emit/control.h"

#include <algorithm>
#include <fmt/core.h>

#include "gatefold/emit/primitive_modules.h"
#include "gatefold/emit/text.h"

namespace gatefold::emit {
namespace {

using namespace hardware;

const Loop& loop_of(const Plan& plan, std::size_t index) { return plan.process->loops[index]; }

bool counts(const Plan& plan, std::size_t loop) { return loop_of(plan, loop).trips > 1; }

std::string count_literal(const Plan& plan, std::size_t loop, std::int64_t value) {
  return literal(value, count_width(loop_of(plan, loop).trips), false);
}

/// The counts of one loop at which the range holds, as a condition; empty when it always does.
std::string range_condition(const Plan& plan, const CountRange& range) {
  const auto loop = static_cast<std::size_t>(range.loop);
  const auto trips = loop_of(plan, loop).trips;
  const auto& name = plan.loop_names[loop];
  std::vector<std::string> parts;
  if (range.stride > 1 || !range.counts.empty()) {
    for (std::int64_t count = 0; count < trips; ++count) {
      if (range.holds(count))
        parts.push_back(fmt::format("({} == {})", name, count_literal(plan, loop, count)));
    }
    return trips > 1 ? fmt::format("({})", join(parts, " | ")) : "";
  }
  if (range.first > 0) {
    parts.push_back(fmt::format("({} >= {})", name, count_literal(plan, loop, range.first)));
  }
  if (range.end < trips) {
    parts.push_back(fmt::format("({} < {})", name, count_literal(plan, loop, range.end)));
  }
  return join(parts, " & ");
}

/// Empty when it always holds.
std::string when_condition(const Plan& plan, const When& when) {
  std::vector<std::string> parts;
  for (const auto& range : when) {
    if (auto text = range_condition(plan, range); !text.empty()) parts.push_back(std::move(text));
  }
  return join(parts, " & ");
}

std::string when_name(const PortPlan& port, int stage) {
  return fmt::format("{}_when_s{}", port.name, stage);
}

bool sometimes(const Plan& plan, const PortPlan& port) {
  return !when_condition(plan, port.when).empty();
}

/// The port has its beat, or this step needs none.
std::string served(const Plan& plan, const PortPlan& input) {
  if (!sometimes(plan, input)) return input.name + "_valid_i";
  return fmt::format("({}_valid_i | ~{})", input.name, when_name(input, 0));
}

std::string phase_condition(const Plan& plan) {
  return plan.process->interval > 1
             ? fmt::format("(phase == {})", literal(0, count_width(plan.process->interval), false))
             : "";
}

std::string all_of(std::vector<std::string> parts) {
  std::erase(parts, "");
  return parts.empty() ? "1'b1" : join(parts, " & ");
}

std::string starts(const Plan& plan) {
  std::vector<std::string> parts{phase_condition(plan)};
  for (const auto& input : plan.inputs) parts.push_back(served(plan, input));
  return fmt::format("  logic {};\n  assign {} = {};\n", step_name(0), step_name(0), all_of(parts));
}

std::string ready(const Plan& plan, const PortPlan& port) {
  std::vector<std::string> parts{"advance", phase_condition(plan)};
  if (sometimes(plan, port)) parts.push_back(when_name(port, 0));
  for (const auto& other : plan.inputs) {
    if (&other != &port) parts.push_back(served(plan, other));
  }
  return fmt::format("  assign {}_ready_o = {};\n", port.name, all_of(parts));
}

std::string advance(const Plan& plan) {
  std::vector<std::string> parts;
  for (const auto& output : plan.outputs) {
    parts.push_back(fmt::format("({0}_ready_i | ~{0}_valid_o)", output.name));
  }
  return "\n  // Every register of the pipeline loads when `advance` is high: no output waits.\n"
         "  logic advance;\n  assign advance = " +
         all_of(parts) + ";\n";
}

std::string always_ff(const std::string& reset, const std::string& enable,
                      const std::string& load) {
  return fmt::format(
      "  always_ff @(posedge clk_i) begin\n    if (!rst_ni) begin\n{}    end else if ({}) begin\n"
      "{}    end\n  end\n",
      reset, enable, load);
}

/// The counts, outermost first: each steps when all inner ones wrap.
std::string loop_counts(const Plan& plan) {
  std::string declarations, resets, body;
  std::string indent = "      ";
  int open = 0;
  for (std::size_t loop = plan.process->loops.size(); loop-- > 0;) {
    if (!counts(plan, loop)) continue;
    const auto& name = plan.loop_names[loop];
    const auto zero = count_literal(plan, loop, 0);
    declarations += fmt::format("  {} {};  // of loop '{}'\n",
                                type_of({count_width(loop_of(plan, loop).trips), false}), name,
                                comment_safe(loop_of(plan, loop).name));
    resets += fmt::format("      {} <= {};\n", name, zero);
    body +=
        fmt::format("{}if ({} != {}) begin\n{}  {} <= {} + {};\n{}end else begin\n{}  {} <= {};\n",
                    indent, name, count_literal(plan, loop, loop_of(plan, loop).trips - 1), indent,
                    name, name, count_literal(plan, loop, 1), indent, indent, name, zero);
    indent += "  ";
    ++open;
  }
  if (open == 0) return {};
  for (; open > 0; --open) {
    indent.resize(indent.size() - 2);
    body += indent + "end\n";
  }
  return "\n  // The counts of the step that enters stage 0.\n" + declarations +
         always_ff(resets, "advance & " + step_name(0), body);
}

/// Cycles until the next step may start.
std::string phase(const Plan& plan) {
  const auto interval = plan.process->interval;
  if (interval == 1) return {};
  const int width = count_width(interval);
  const auto zero = literal(0, width, false);
  return fmt::format("\n  // A step starts every {} cycles.\n  {} phase;\n", interval,
                     type_of({width, false})) +
         always_ff(fmt::format("      phase <= {};\n", zero), "advance",
                   fmt::format("      if (phase != {}) begin\n        phase <= phase - {};\n"
                               "      end else if ({}) begin\n        phase <= {};\n      end\n",
                               zero, literal(1, width, false), step_name(0),
                               literal(interval - 1, width, false)));
}

std::string whens(const Plan& plan) {
  std::string text;
  for (const auto* ports : {&plan.inputs, &plan.outputs}) {
    for (const auto& port : *ports) {
      const auto condition = when_condition(plan, port.when);
      if (condition.empty()) continue;
      text += fmt::format("  logic {};\n  assign {} = {};\n", when_name(port, 0),
                          when_name(port, 0), condition);
    }
  }
  return text.empty() ? text : "\n  // Whether the step moves a beat of the port.\n" + text;
}

/// The valid bit of each stage, and the bits that say which outputs its step gives.
std::string stage_bits(const Plan& plan) {
  std::string declarations, resets, loads;
  for (int stage = 1; stage < plan.stages; ++stage) {
    declarations += fmt::format("  logic {};\n", step_name(stage));
    resets += fmt::format("      {} <= 1'b0;\n", step_name(stage));
    loads += fmt::format("      {} <= {};\n", step_name(stage), step_name(stage - 1));
    for (const auto& output : plan.outputs) {
      if (!sometimes(plan, output)) continue;
      declarations += fmt::format("  logic {};\n", when_name(output, stage));
      resets += fmt::format("      {} <= 1'b0;\n", when_name(output, stage));
      loads +=
          fmt::format("      {} <= {};\n", when_name(output, stage), when_name(output, stage - 1));
    }
  }
  return loads.empty() ? loads : declarations + always_ff(resets, "advance", loads);
}

std::string output_valid(const Plan& plan, const PortPlan& output) {
  std::vector<std::string> parts{step_name(plan.stages - 1)};
  if (sometimes(plan, output)) parts.push_back(when_name(output, plan.stages - 1));
  auto load = fmt::format("      {}_valid_o <= {};\n", output.name, join(parts, " & "));
  // A beat that was taken leaves even while another output waits.
  if (plan.outputs.size() > 1) {
    load += fmt::format("    end else if ({0}_ready_i) begin\n      {0}_valid_o <= 1'b0;\n",
                        output.name);
  }
  return always_ff(fmt::format("      {}_valid_o <= 1'b0;\n", output.name), "advance", load);
}

/// A clock for the registers at the end of each stage that has some.
std::string gated_clocks(const Plan& plan) {
  if (plan.register_enable != RegisterEnable::GatedClock) return {};
  std::set<int> stages;
  for (const int layer : printed_layers(plan)) stages.merge(register_stages(plan, layer));
  std::string text;
  for (const int stage : stages)
    text += fmt::format(
        "  logic {0};\n  {1} {0}_gate (\n    .clk_i(clk_i),\n    .enable_i(advance & {2}),\n"
        "    .clk_o({0})\n  );\n",
        clock_name(stage), clock_gate_module, step_name(stage));
  return text.empty() ? text : "\n  // The clocks of the stages' registers.\n" + text;
}

/// What only takes its beats has no registers; this gathers what they would read.
std::string unused_control(const Plan& plan) {
  const auto& loops = plan.process->loops;
  const bool counted = std::ranges::any_of(loops, [](const Loop& loop) { return loop.trips > 1; });
  if (!plan.outputs.empty() || counted || plan.process->interval > 1) return {};
  return fmt::format("  logic unused_control;\n  assign unused_control = ^{{clk_i, rst_ni, {}}};\n",
                     step_name(0));
}

}  // namespace

std::string step_name(int stage) { return fmt::format("step_s{}", stage); }

std::string clock_name(int stage) { return fmt::format("clk_s{}", stage); }

std::string control_text(const Plan& plan) {
  auto text = advance(plan);
  text += loop_counts(plan) + phase(plan) + whens(plan);
  text += "\n  // The step that enters each stage.\n" + starts(plan) + stage_bits(plan) +
          unused_control(plan);
  for (const auto& output : plan.outputs) text += output_valid(plan, output);
  text += gated_clocks(plan);
  text += "\n";
  for (const auto& input : plan.inputs) text += ready(plan, input);
  return text;
}

}  // namespace gatefold::emit
