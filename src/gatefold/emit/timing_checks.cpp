#include "gatefold/emit/timing_checks.h"

#include <algorithm>
#include <fmt/core.h>

#include "gatefold/emit/text.h"

namespace gatefold::emit {
namespace {

// Of the input whose beats come first and of the output whose beats come last.
constexpr auto process_part = R"(
  // Latency, from the first beat of a vector taken to its last beat given, and interval.
  int started [0:GapFree-1];
  int ended;
  int latency;
  int interval;
  int mistimed;
  initial begin
    ended = 0;
    latency = 0;
    interval = 0;
    mistimed = 0;
  end
  always @(posedge clk) begin
    if (rst_n && !gaps && @in@_valid && @in@_ready && @in@_taken % @in@_count == 0) begin
      started[@in@_taken / @in@_count] <= cycle;
    end
    if (rst_n && !gaps && @out@_valid && @out@_ready && @out@_given < GapFree * @out@_count
        && @out@_given % @out@_count == @out@_count - 1) begin
      ended <= cycle;
      if (@out@_given < @out@_count) latency <= cycle - started[0];
      else interval <= cycle - ended;
      if (cycle - started[@out@_given / @out@_count] != Latency
          || (@out@_given >= @out@_count && cycle - ended != Interval)) begin
        mistimed <= mistimed + 1;
        if (mistimed < 5) begin
          $display("mistimed: vector %0d ends in cycle %0d, %0d cycles after its start and %0d after the vector before",
                   @out@_given / @out@_count, cycle,
                   cycle - started[@out@_given / @out@_count], cycle - ended);
        end
      end
    end
  end
)";

constexpr auto network_part = R"(
  // Latency of the first vector, from its first beat taken to its last beat given, and the interval
  // of the later half of the vectors that come without a pause.
  localparam int Middle = (GapFree + 1) / 2;
  int finished;  // vectors of which every output has given all beats
  int seen;
  int started;
  int middle;
  int latency;
  int interval;
  int mistimed;
  always_comb begin
    finished = Vectors;
@finished@
  end
  initial begin
    seen = 0;
    started = -1;
    middle = 0;
    latency = 0;
    interval = 0;
    mistimed = 0;
  end
  always @(posedge clk) begin
    if (rst_n && started < 0 && (@taking@)) started <= cycle;
    seen <= finished;
    if (finished != seen && finished == Middle) middle <= cycle;
    if (finished != seen && seen == 0) begin
      latency <= cycle - 1 - started;
      if (cycle - 1 - started != Latency) begin
        mistimed <= 1;
        $display("mistimed: vector 0 ends %0d cycles after its start", cycle - 1 - started);
      end
    end
    if (finished != seen && finished == GapFree && GapFree > Middle) begin
      interval <= (cycle - middle + GapFree - Middle - 1) / (GapFree - Middle);
      if (cycle - middle > Interval * (GapFree - Middle)) begin
        mistimed <= 1;
        $display("mistimed: the last %0d vectors end in %0d cycles", GapFree - Middle, cycle - middle);
      end
    end
  end
)";

/// The first step at which a beat moves.
std::int64_t first_step(const hardware::Process& process, const hardware::When& when) {
  std::int64_t step = 0;
  while (!process.holds(when, step)) ++step;
  return step;
}
std::int64_t last_step(const hardware::Process& process, const hardware::When& when) {
  auto step = process.steps() - 1;
  while (!process.holds(when, step)) --step;
  return step;
}

std::string process_checks(const Plan& plan) {
  const auto& first = *std::ranges::min_element(
      plan.inputs, {}, [&](const PortPlan& port) { return first_step(*plan.process, port.when); });
  const auto& last = *std::ranges::max_element(
      plan.outputs, {}, [&](const PortPlan& port) { return last_step(*plan.process, port.when); });
  return fill(process_part, {{"in", first.name}, {"out", last.name}});
}

std::string network_checks(const Network& network) {
  std::vector<std::string> taking, finished;
  for (const auto& port : network.inputs)
    taking.push_back(fmt::format("({0}_valid && {0}_ready)", port.name));
  for (const auto& port : network.outputs)
    finished.push_back(fmt::format(
        "    if ({0}_given / {0}_count < finished) finished = {0}_given / {0}_count;", port.name));
  return fill(network_part, {{"taking", join(taking, " || ")}, {"finished", join(finished, "\n")}});
}

}  // namespace

std::string timing_checks(const Network& network) {
  return network.is_one_process() ? process_checks(network.processes.front())
                                  : network_checks(network);
}

}  // namespace gatefold::emit
