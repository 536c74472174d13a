// A clock that runs in the cycles whose enable is high: a latch that is open while the clock is low
// keeps the enable from moving while it is high. Put the cell library's integrated clock gate here.
module gatefold_clock_gate (
  input  logic clk_i,
  input  logic enable_i,
  output logic clk_o
);
  logic enable;
  always_latch begin
    if (!clk_i) enable = enable_i;
  end
  assign clk_o = clk_i & enable;
endmodule
