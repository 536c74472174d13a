// a times b, both signed, in a multiplier of the device: the attributes are those of Vivado, Quartus
// and Synplify. Yosys takes the target's own body instead, such as xcup/gatefold_multiply.v. Plain
// Verilog, so that it can be a map of Yosys' techmap.
module gatefold_multiply #(
  parameter A_WIDTH = 1,
  parameter B_WIDTH = 1
) (
  input  signed [A_WIDTH-1:0] a_i,
  input  signed [B_WIDTH-1:0] b_i,
  output signed [A_WIDTH+B_WIDTH-1:0] product_o
);
  (* use_dsp = "yes", multstyle = "dsp", syn_multstyle = "block_mult" *)
  wire signed [A_WIDTH+B_WIDTH-1:0] product;
  assign product = $signed({{B_WIDTH{a_i[A_WIDTH-1]}}, a_i}) *
                   $signed({{A_WIDTH{b_i[B_WIDTH-1]}}, b_i});
  assign product_o = product;
endmodule
