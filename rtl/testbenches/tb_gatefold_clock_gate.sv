// Checks gatefold_clock_gate: the gated clock is high exactly in the high half of cycles that the
// enable of their rising edge lets through, whatever the enable does while the clock is high; and
// registers behind it load what registers before it held. Ends with
// `GATEFOLD_RESULT vectors=N mismatches=M`.
module tb_gatefold_clock_gate;
  localparam int Cycles = 2000;

  logic clk = 0;
  logic enable = 0;
  logic gated, expected;
  int vectors = 0;
  int mismatches = 0;
  always #5 clk = ~clk;

  gatefold_clock_gate dut (.clk_i(clk), .enable_i(enable), .clk_o(gated));

  // A register on each clock; the second loads the first.
  logic [7:0] first = 0, second = 0, golden = 0;
  always_ff @(posedge clk) first <= first + 8'd1;
  always_ff @(posedge gated) second <= first;
  always_ff @(posedge clk) if (enable) golden <= first;

  task automatic check;
    vectors = vectors + 1;
    if (gated !== (clk & expected) || second !== golden) mismatches = mismatches + 1;
  endtask

  initial begin
    for (int i = 0; i < Cycles; i = i + 1) begin
      #1 enable = $urandom % 2 == 0;
      #1 enable = $urandom % 2 == 0;
      #2 check();
      expected = enable;
      #2 check();
      enable = $urandom % 2 == 0;
      #1 check();
      enable = $urandom % 2 == 0;
      #1 check();
      #2;
    end
    $display("GATEFOLD_RESULT vectors=%0d mismatches=%0d", vectors, mismatches);
    $finish;
  end
endmodule
