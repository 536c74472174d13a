// Checks gatefold_fifo against an array and two counts in every cycle: which sides are ready and
// valid, and the oldest beat. Depths on both sides of each change of form; both sides often, seldom
// or always willing; resets in between. Ends with `GATEFOLD_RESULT vectors=N mismatches=M`.
module tb_gatefold_fifo;
  localparam int Cycles = 6000;

  logic clk = 0;
  logic rst_n = 0;
  int cycle = 0;
  int vectors = 0;
  int mismatches = 0;
  always #5 clk = ~clk;

  // Depth, width and initial beats of each queue.
  function automatic int depth_of(input int which);
    case (which)
      0, 1: depth_of = 1;
      2, 3, 4: depth_of = 2;
      5, 6: depth_of = 3;
      7, 8: depth_of = 6;
      9: depth_of = 33;
      10, 11: depth_of = 34;
      12: depth_of = 65;
      default: depth_of = 100;
    endcase
  endfunction
  function automatic int initial_of(input int which);
    case (which)
      1, 3, 6: initial_of = 1;
      4, 8: initial_of = 2;
      11: initial_of = 5;
      13: initial_of = 100;
      default: initial_of = 0;
    endcase
  endfunction

  for (genvar which = 0; which < 14; which = which + 1) begin : gen_queue
    localparam int Depth = depth_of(which);
    localparam int Initial = initial_of(which);
    localparam int Width = 1 + 20 * (which % 3);
    localparam int Beats = Initial > 0 ? Initial : 1;

    // Beat i, the first of the high bits, is i + which.
    function automatic logic [Width*Beats-1:0] initial_beats(input int first);
      for (int i = 0; i < Beats; i = i + 1) begin
        initial_beats[Width*(Beats-1-i) +: Width] = Width'(first + i);
      end
    endfunction

    logic push_valid, push_ready, pop_valid, pop_ready;
    logic [Width-1:0] push_data, pop_data;
    gatefold_fifo #(
      .WIDTH(Width), .DEPTH(Depth), .INITIAL(Initial), .INITIAL_BEATS(initial_beats(which))
    ) dut (
      .clk_i(clk), .rst_ni(rst_n),
      .push_valid_i(push_valid), .push_ready_o(push_ready), .push_data_i(push_data),
      .pop_valid_o(pop_valid), .pop_ready_i(pop_ready), .pop_data_o(pop_data)
    );

    logic [Width-1:0] beats [0:Cycles+127];
    int pushed = 0;
    int popped = 0;

    always @(posedge clk) begin
      if (!rst_n) begin
        for (int i = 0; i < Initial; i = i + 1) beats[i] = Width'(which + i);
        pushed = Initial;
        popped = 0;
      end else begin
        vectors = vectors + 1;
        if (push_ready !== (pushed - popped < Depth) || pop_valid !== (pushed > popped)
            || (pushed > popped && pop_data !== beats[popped])) begin
          mismatches = mismatches + 1;
        end
        if (push_valid && push_ready) begin
          beats[pushed] = push_data;
          pushed = pushed + 1;
        end
        if (pop_valid && pop_ready) popped = popped + 1;
      end
    end

    function automatic logic willing(input int mood);
      case (mood % 4)
        0: willing = 1'b1;
        1: willing = $urandom % 8 == 0;
        2: willing = $urandom % 8 != 0;
        default: willing = $urandom % 2 == 0;
      endcase
    endfunction
    always @(negedge clk) begin
      push_valid <= willing(cycle / 250);
      push_data <= Width'($urandom);
      pop_ready <= willing(cycle / 1000);
    end
  end

  always @(posedge clk) begin
    cycle <= cycle + 1;
    rst_n <= cycle >= 3 && cycle % 1777 != 0;
    if (cycle == Cycles) begin
      $display("GATEFOLD_RESULT vectors=%0d mismatches=%0d", vectors, mismatches);
      $finish;
    end
  end
endmodule
