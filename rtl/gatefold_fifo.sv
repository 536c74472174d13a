// A queue of DEPTH beats. A beat pushed at the end of a cycle can be popped from the next cycle on.
// push_ready_o comes from registers only, so that two places carry a beat every cycle. The oldest
// beat stands in a register of its own; the places behind it are registers, LUT RAM or, where there
// are many, a memory with a registered read, for block RAM. After a reset the queue holds INITIAL
// beats, the oldest in the high bits of INITIAL_BEATS.
module gatefold_fifo #(
  parameter int WIDTH = 1,
  parameter int DEPTH = 2,
  parameter int INITIAL = 0,
  parameter [WIDTH*(INITIAL > 0 ? INITIAL : 1)-1:0] INITIAL_BEATS = 0
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic push_valid_i,
  output logic push_ready_o,
  input  logic [WIDTH-1:0] push_data_i,
  output logic pop_valid_o,
  input  logic pop_ready_i,
  output logic [WIDTH-1:0] pop_data_o
);
  localparam int Behind = DEPTH - 1;
  localparam int WidestLutRam = 32;

  logic push, free, waiting, store, refill, load;
  logic [WIDTH-1:0] next;
  assign push = push_valid_i & push_ready_o;
  assign free = pop_ready_i | ~pop_valid_o;
  assign store = push & (waiting | ~free);
  assign refill = waiting & free;
  assign load = free & (waiting | push);

  // The oldest beat.
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      pop_valid_o <= INITIAL > 0;
    end else if (free) begin
      pop_valid_o <= waiting | push;
    end
  end
  if (INITIAL > 0) begin : gen_head_of_initial
    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        pop_data_o <= INITIAL_BEATS[WIDTH*INITIAL-1 -: WIDTH];
      end else if (load) begin
        pop_data_o <= waiting ? next : push_data_i;
      end
    end
  end else begin : gen_head
    always_ff @(posedge clk_i) begin
      if (load) pop_data_o <= waiting ? next : push_data_i;
    end
  end

  if (Behind == 0) begin : gen_one_place
    assign push_ready_o = ~pop_valid_o;
    assign waiting = 1'b0;
    assign next = push_data_i;
    logic unused;
    assign unused = ^{store, refill};
  end else begin : gen_behind
    // Beats behind the oldest.
    localparam int CountWidth = $clog2(Behind + 1);
    localparam int InitiallyBehind = INITIAL > 0 ? INITIAL - 1 : 0;
    logic [CountWidth-1:0] stored;
    assign push_ready_o = stored != CountWidth'(Behind);
    assign waiting = stored != '0;
    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        stored <= CountWidth'(InitiallyBehind);
      end else if (store != refill) begin
        stored <= store ? stored + 1'b1 : stored - 1'b1;
      end
    end

    // Initial beats behind the oldest leave before those that were pushed.
    logic take;
    logic [WIDTH-1:0] oldest;
    if (InitiallyBehind > 0) begin : gen_initial
      localparam int LeftWidth = $clog2(InitiallyBehind + 1);
      logic [LeftWidth-1:0] left;
      always_ff @(posedge clk_i) begin
        if (!rst_ni) begin
          left <= LeftWidth'(InitiallyBehind);
        end else if (refill && left != '0) begin
          left <= left - 1'b1;
        end
      end
      logic [WIDTH-1:0] initial_beat;
      always_comb begin
        initial_beat = '0;
        for (int i = 0; i < InitiallyBehind; i = i + 1) begin
          if (left == LeftWidth'(i + 1)) initial_beat = INITIAL_BEATS[WIDTH*i +: WIDTH];
        end
      end
      assign take = refill & (left == '0);
      assign next = left != '0 ? initial_beat : oldest;
    end else begin : gen_no_initial
      assign take = refill;
      assign next = oldest;
    end

    if (Behind == 1) begin : gen_register
      logic unused;
      assign unused = take;
      always_ff @(posedge clk_i) begin
        if (store) oldest <= push_data_i;
      end
    end else begin : gen_memory
      localparam int AddressWidth = $clog2(Behind);
      localparam int Places = Behind <= WidestLutRam ? Behind : 1 << AddressWidth;
      localparam logic Wraps = Places == 1 << AddressWidth;
      localparam logic [AddressWidth-1:0] Last = AddressWidth'(Places - 1);
      logic [AddressWidth-1:0] write, read, read_next;
      assign read_next = !take ? read : !Wraps && read == Last ? '0 : read + 1'b1;
      always_ff @(posedge clk_i) begin
        if (!rst_ni) begin
          write <= '0;
          read <= '0;
        end else begin
          read <= read_next;
          if (store) write <= !Wraps && write == Last ? '0 : write + 1'b1;
        end
      end

      if (Behind <= WidestLutRam) begin : gen_lut_ram
        logic [WIDTH-1:0] beats [0:Places-1];
        always_ff @(posedge clk_i) begin
          if (store) beats[write] <= push_data_i;
        end
        assign oldest = beats[read];
      end else begin : gen_block_ram
        // The word read for the next cycle, or the beat that is written there at the same time:
        // then the word is not used, and no memory has to define it.
        logic pass, passed;
        logic [WIDTH-1:0] word, passing;
        assign pass = store & (write == read_next);
        // Yosys 0.23 loses parity bits of block RAMs that are written in wider words.
        for (genvar low = 0; low < WIDTH; low = low + 36) begin : gen_part
          localparam int Bits = WIDTH - low < 36 ? WIDTH - low : 36;
          logic [Bits-1:0] beats [0:Places-1];
          always_ff @(posedge clk_i) begin
            if (store) beats[write] <= push_data_i[low +: Bits];
            word[low +: Bits] <= pass ? 'x : beats[read_next];
          end
        end
        always_ff @(posedge clk_i) begin
          passed <= pass;
          if (store) passing <= push_data_i;
        end
        assign oldest = passed ? passing : word;
      end
    end
  end
endmodule
