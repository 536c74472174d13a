// a plus or minus b plus or minus c, modulo 2^WIDTH, in one carry chain where the device has LUTs
// of six inputs: the form below is what vendors' synthesis recognises as a ternary adder. Yosys
// takes xilinx/gatefold_add3.v instead. Plain Verilog, so that it can be a map of Yosys' techmap.
module gatefold_add3 #(
  parameter WIDTH = 1,
  parameter SUBTRACT_B = 0,
  parameter SUBTRACT_C = 0
) (
  input  [WIDTH-1:0] a_i,
  input  [WIDTH-1:0] b_i,
  input  [WIDTH-1:0] c_i,
  output [WIDTH-1:0] sum_o
);
  if (SUBTRACT_B != 0 && SUBTRACT_C != 0) begin : gen_minus_minus
    assign sum_o = a_i - b_i - c_i;
  end else if (SUBTRACT_B != 0) begin : gen_minus_plus
    assign sum_o = a_i - b_i + c_i;
  end else if (SUBTRACT_C != 0) begin : gen_plus_minus
    assign sum_o = a_i + b_i - c_i;
  end else begin : gen_plus_plus
    assign sum_o = a_i + b_i + c_i;
  end
endmodule
