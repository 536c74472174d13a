#include <algorithm>
#include <fmt/core.h>
#include <limits>

#include "gatefold/emit/beats_ahead.h"
#include "gatefold/emit/project.h"
#include "gatefold/emit/text.h"
#include "gatefold/emit/timing_checks.h"

namespace gatefold::emit {
namespace {

constexpr auto head = R"(`timescale 1ns / 1ps

// Sends the vectors of vectors/ and compares every beat of every output. The first GapFree vectors
// come without a pause and are taken at once, which shows latency and interval; then valid and
// ready pause by a fixed pseudo-random sequence.
module @top@_tb;
  localparam int Vectors = @vectors@;
  localparam int GapFree = @gapfree@;
  localparam int Latency = @latency@;
  localparam int Interval = @interval@;
  localparam int Timeout = @timeout@;

  logic clk;
  logic rst_n;
  logic gaps;
  int cycle;
  int quiet;
  initial begin
    clk = 1'b0;
    rst_n = 1'b0;
    gaps = 1'b0;
    cycle = 0;
    quiet = 0;
  end
  always #5 clk = ~clk;

  function automatic logic [31:0] xorshift(input logic [31:0] word);
    logic [31:0] mixed;
    mixed = word ^ (word << 13);
    mixed = mixed ^ (mixed >> 17);
    xorshift = mixed ^ (mixed << 5);
  endfunction

  function automatic logic pause(input logic [31:0] word, input logic often);
    pause = often ? (word[5:4] != 2'd0) : (word[5:4] == 2'd0);
  endfunction
)";

constexpr auto load_part = R"(
  // Where the folder holds weights.hex, its words are loaded before the reset ends.
  localparam int LoadWords = @words@;
  logic load_valid;
  logic [@address_top@:0] load_address;
  logic [@data_top@:0] load_data;
  logic [@data_top@:0] load_words [0:LoadWords-1];
  logic loads;
  int image;
  int start;
  initial begin
    image = $fopen("weights.hex", "r");
    loads = image != 0;
    start = loads ? LoadWords + 4 : 3;
    load_valid = 1'b0;
    if (loads) begin
      $fclose(image);
      $readmemh("weights.hex", load_words);
    end
  end
  always @(posedge clk) begin
    load_valid <= loads && cycle < LoadWords;
    load_address <= cycle[@address_top@:0];
    load_data <= cycle < LoadWords ? load_words[cycle] : {@data_width@{1'bx}};
  end
)";

constexpr auto input_part = R"(
  // Input '@title@'.
  localparam int @port@_count = @beats@;  // beats of a vector
  logic @port@_valid;
  logic @port@_ready;
  logic [@top_bit@:0] @port@_data;
  logic [@top_bit@:0] @port@_beats [0:Vectors*@port@_count-1];
  logic [31:0] @port@_random;
  int @port@_next;
  int @port@_taken;
  initial begin
    $readmemh("vectors/@port@.hex", @port@_beats);
    @port@_random = 32'd@seed@;
    @port@_next = 0;
    @port@_taken = 0;
    @port@_valid = 1'b0;
  end
  always @(posedge clk) begin
    @port@_random <= xorshift(@port@_random);
    if (rst_n && @port@_valid && @port@_ready) @port@_taken <= @port@_taken + 1;
    if ((rst_n || cycle == @start@) && (!@port@_valid || @port@_ready)) begin
      if (@port@_next < (gaps ? Vectors : GapFree) * @port@_count
          && !(gaps && pause(@port@_random, cycle[6]))) begin
        @port@_valid <= 1'b1;
        @port@_data <= @port@_beats[@port@_next];
        @port@_next <= @port@_next + 1;
      end else begin
        @port@_valid <= 1'b0;
        @port@_data <= {@width@{1'bx}};
      end
    end
  end
)";

constexpr auto output_part = R"(
  // Output '@title@'.
  localparam int @port@_count = @beats@;  // beats of a vector
  localparam int @port@_ahead = @ahead@;  // beats that may come before the next vector's first beat
  localparam int @port@_words = @words@;
  localparam logic [32*@words@-1:0] @port@_offsets = {@offsets@};
  localparam logic [32*@words@-1:0] @port@_widths = {@widths@};
  localparam logic [@words@-1:0] @port@_signs = @words@'b@signs@;
  logic @port@_valid;
  logic @port@_ready;
  logic [@top_bit@:0] @port@_data;
  logic [@top_bit@:0] @port@_beats [0:Vectors*@port@_count-1];
  logic [31:0] @port@_random;
  int @port@_given;
  int @port@_mismatches;
  int @port@_bits;
  initial begin
    $readmemh("vectors/@port@.hex", @port@_beats);
    @port@_random = 32'd@seed@;
    @port@_given = 0;
    @port@_mismatches = 0;
    @port@_bits = 0;
    @port@_ready = 1'b1;
  end

  function automatic logic signed [63:0] @port@_word(input logic [@top_bit@:0] beat, input int k);
    logic [63:0] mask;
    logic [63:0] word;
    mask = ~(~64'd0 << @port@_widths[32*k+:32]);
    word = 64'(beat >> @port@_offsets[32*k+:32]) & mask;
    if (@port@_signs[k] && (word & ~(mask >> 1)) != 64'd0) word = word | ~mask;
    @port@_word = $signed(word);
  endfunction

  function automatic int @port@_differing(input logic [@top_bit@:0] a, input logic [@top_bit@:0] b);
    @port@_differing = 0;
    for (int i = 0; i <= @top_bit@; i = i + 1) begin
      if (a[i] !== b[i]) @port@_differing = @port@_differing + 1;
    end
  endfunction

  task automatic @port@_print(input logic [@top_bit@:0] beat, input logic [@top_bit@:0] golden);
    for (int k = 0; k < @port@_words; k = k + 1) begin
      if (@port@_word(beat, k) !== @port@_word(golden, k)) begin
        $display("mismatch: vector %0d: @port@[%0d] is %0d, expected %0d", @port@_given / @port@_count,
                 (@port@_given % @port@_count) * @port@_words + k, @port@_word(beat, k),
                 @port@_word(golden, k));
      end
    end
  endtask

  always @(posedge clk) begin
    @port@_random <= xorshift(@port@_random);
    if (rst_n) @port@_ready <= !(gaps && pause(@port@_random, cycle[7]));
    if (rst_n && @port@_valid && @port@_ready) begin
      @port@_given <= @port@_given + 1;
      if (@port@_given >= Vectors * @port@_count + @port@_ahead) begin
        @port@_mismatches <= @port@_mismatches + 1;
        if (@port@_mismatches < 5) $display("mismatch: @port@ gives more beats than there are vectors");
      end else if (@port@_given < Vectors * @port@_count
                   && @port@_data !== @port@_beats[@port@_given]) begin
        @port@_mismatches <= @port@_mismatches + 1;
        @port@_bits <= @port@_bits + @port@_differing(@port@_data, @port@_beats[@port@_given]);
        if (@port@_mismatches < 5) @port@_print(@port@_data, @port@_beats[@port@_given]);
      end
    end
  end
)";

constexpr auto tail = R"(
  logic complete;
  int mismatches;
  int bits;
  assign complete = @complete@;
  assign mismatches = @mismatches@;
  assign bits = @bits@;
  always @(posedge clk) begin
    cycle <= cycle + 1;
    if (cycle == @start@) rst_n <= 1'b1;
    if (complete && GapFree < Vectors) gaps <= 1'b1;
    // A beat too many would come now.
    if (complete && (gaps || GapFree == Vectors)) quiet <= quiet + 1;
    if (quiet == 2 * Latency + 64) begin
      $display("GATEFOLD_RESULT vectors=%0d mismatches=%0d bits=%0d latency=%0d interval=%0d",
               Vectors, mismatches, bits, latency, interval);
      if (mismatches != 0) $fatal(1, "the outputs differ from the golden vectors");
      if (mistimed != 0) $fatal(1, "latency or interval differ from the schedule");
      $finish;
    end
    if (cycle == Timeout) $fatal(1, "no end after %0d cycles", cycle);
  end

  @top@ dut (
@connections@
  );
endmodule
)";

/// All vectors come without gaps where there are too few to show an interval otherwise.
std::int64_t gap_free(std::int64_t samples) { return samples < 4 ? samples : (samples + 1) / 2; }

constexpr std::int64_t any_number = 1 << 30;

/// Generous: a pause takes four cycles on the average while both sides pause often.
std::int64_t timeout(const Network& network, const schedule::Schedule& schedule,
                     std::int64_t samples) {
  const auto cycles = 64 * (samples * schedule.interval_cycles + schedule.latency_cycles) + 4096 +
                      network.load.words;
  return std::min<std::int64_t>(cycles, std::numeric_limits<std::int32_t>::max());
}

/// The cycle in which the reset ends.
std::string start_of(const Network& network) { return network.load.words > 0 ? "start" : "3"; }

std::string load_text(const LoadPort& port) {
  if (port.words == 0) return {};
  return fill(load_part, {{"words", std::to_string(port.words)},
                          {"address_top", std::to_string(port.address_width - 1)},
                          {"data_top", std::to_string(port.data_width - 1)},
                          {"data_width", std::to_string(port.data_width)}});
}

TemplateFields port_fields(const Network& network, const NetworkPort& port, std::size_t index) {
  std::vector<std::string> offsets, widths;
  std::string signs;
  const auto words = port.beat.words();
  for (std::size_t k = words; k-- > 0;) {
    const auto word = port.beat.word(k);
    offsets.push_back(fmt::format("32'd{}", port.beat.offsets[k]));
    widths.push_back(fmt::format("32'd{}", word.width));
    signs += word.is_signed ? '1' : '0';
  }
  return {{"port", port.name},
          {"start", start_of(network)},
          {"title", comment_safe(port.port->name)},
          {"beats", std::to_string(port.beats)},
          {"width", std::to_string(port.beat.wire_width())},
          {"top_bit", std::to_string(port.beat.wire_width() - 1)},
          {"words", std::to_string(words)},
          {"offsets", join(offsets, ", ")},
          {"widths", join(widths, ", ")},
          {"signs", signs},
          {"seed", std::to_string(2463534242U + 7919U * static_cast<unsigned>(index))}};
}

std::string connections(const Network& network) {
  std::vector<std::string> lines{"    .clk_i(clk)", "    .rst_ni(rst_n)"};
  for (const auto& port : network.inputs) {
    lines.push_back(fmt::format("    .{0}_valid_i({0}_valid)", port.name));
    lines.push_back(fmt::format("    .{0}_ready_o({0}_ready)", port.name));
    lines.push_back(fmt::format("    .{0}_data_i({0}_data)", port.name));
  }
  for (const auto& port : network.outputs) {
    lines.push_back(fmt::format("    .{0}_valid_o({0}_valid)", port.name));
    lines.push_back(fmt::format("    .{0}_ready_i({0}_ready)", port.name));
    lines.push_back(fmt::format("    .{0}_data_o({0}_data)", port.name));
  }
  if (network.load.words > 0)
    for (const char* signal : {"valid", "address", "data"})
      lines.push_back(fmt::format("    .load_{0}_i(load_{0})", signal));
  return join(lines, ",\n");
}

TemplateFields tail_fields(const Network& network) {
  std::vector<std::string> complete, mismatches, bits;
  for (const auto& port : network.outputs) {
    complete.push_back(
        fmt::format("({0}_given >= (gaps ? Vectors : GapFree) * {0}_count)", port.name));
    mismatches.push_back(port.name + "_mismatches");
    bits.push_back(port.name + "_bits");
  }
  return {{"top", network.top},
          {"start", start_of(network)},
          {"complete", join(complete, " && ")},
          {"mismatches", join(mismatches, " + ")},
          {"bits", join(bits, " + ")},
          {"connections", connections(network)}};
}

}  // namespace

std::string testbench(const Network& network, const schedule::Schedule& schedule,
                      std::int64_t samples) {
  auto text =
      file_banner(network.banner, fmt::format("Testbench of model '{}'.", network.design->name));
  text += fill(head, {{"top", network.top},
                      {"vectors", std::to_string(samples)},
                      {"gapfree", std::to_string(gap_free(samples))},
                      {"latency", std::to_string(schedule.latency_cycles)},
                      {"interval", std::to_string(schedule.interval_cycles)},
                      {"timeout", std::to_string(timeout(network, schedule, samples))}});
  text += load_text(network.load);
  std::size_t index = 0;
  for (const auto& port : network.inputs)
    text += fill(input_part, port_fields(network, port, index++));
  const auto ahead = beats_ahead(*network.design);
  for (std::size_t i = 0; i < network.outputs.size(); ++i) {
    auto fields = port_fields(network, network.outputs[i], index++);
    fields.emplace_back(
        "ahead", std::to_string(ahead[i] < network.outputs[i].beats ? ahead[i] : any_number));
    text += fill(output_part, fields);
  }
  text += timing_checks(network);
  return text + fill(tail, tail_fields(network));
}

}  // namespace gatefold::emit
