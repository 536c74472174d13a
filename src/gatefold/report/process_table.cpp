#include <algorithm>
#include <fmt/format.h>

#include "gatefold/report/report.h"
#include "gatefold/report/words.h"

namespace gatefold::report {
namespace {

using namespace hardware;

std::int64_t width_of_beat(const Channel& channel) {
  std::int64_t bits = 0;
  for (const auto& range : channel.words) bits += word_of(range).width;
  return bits;
}

ProcessRow row_of(const Design& design, const schedule::Schedule& schedule, std::size_t index) {
  const Process& process = design.processes[index];
  ProcessRow row{process.name, process.steps() * process.interval,
                 schedule.processes[index].stages};
  for (const Operation& operation : process.body)
    row.multipliers += std::holds_alternative<Multiply>(operation.kind) ? 1 : 0;
  for (const State& state : process.states) row.state_bits += word_of(state.range).width;
  for (const Memory& memory : process.memories)
    row.memory_bits +=
        word_of(memory.range).width * static_cast<std::int64_t>(memory.initial.size());
  for (const Take& take : process.takes) {
    const auto at = static_cast<std::size_t>(take.channel.index);
    row.queued_beats += schedule.channels[at].depth;
    row.queue_bits += schedule.channels[at].depth * width_of_beat(design.channels[at]);
  }
  return row;
}

}  // namespace

std::vector<ProcessRow> process_rows(const Design& design, const schedule::Schedule& schedule) {
  std::vector<ProcessRow> rows;
  for (std::size_t i = 0; i < design.processes.size(); ++i)
    rows.push_back(row_of(design, schedule, i));
  return rows;
}

std::string process_lines(const Report& report) {
  if (report.processes.empty()) return {};
  int width = 7;
  for (const ProcessRow& row : report.processes)
    width = std::clamp(width_of(row.process), width, 40);
  const auto line = [&](const std::string& name, const auto&... cells) {
    std::string text = shorten(name, width);
    text.append(static_cast<std::size_t>(width - width_of(text)), ' ');
    ((text += fmt::format("  {:>11}", cells)), ...);
    return text + "\n";
  };
  std::string text = line("process", "steps", "busy", "stages", "multipliers", "state bits",
                          "memory bits", "queue bits");
  for (const ProcessRow& row : report.processes)
    text += line(row.process, count(row.steps), percent(row.steps, report.interval_cycles),
                 count(row.stages), row.multipliers ? count(row.multipliers) : "",
                 row.state_bits ? count(row.state_bits) : "",
                 row.memory_bits ? count(row.memory_bits) : "",
                 row.queue_bits ? count(row.queue_bits) : "");
  return text;
}

}  // namespace gatefold::report
