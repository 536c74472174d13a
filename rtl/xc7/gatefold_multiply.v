// The multiplication in one DSP48E1 without registers, a map for the techmap of Yosys.
module gatefold_multiply (a_i, b_i, product_o);
  parameter A_WIDTH = 1;
  parameter B_WIDTH = 1;
  input signed [A_WIDTH-1:0] a_i;
  input signed [B_WIDTH-1:0] b_i;
  output [A_WIDTH+B_WIDTH-1:0] product_o;

  localparam LONGER = A_WIDTH > B_WIDTH ? A_WIDTH : B_WIDTH;
  localparam SHORTER = A_WIDTH > B_WIDTH ? B_WIDTH : A_WIDTH;
  wire _TECHMAP_FAIL_ = LONGER > 25 || SHORTER > 18;

  wire signed [24:0] longer;
  wire signed [17:0] shorter;
  generate
    if (A_WIDTH > B_WIDTH) begin : gen_a_longer
      assign longer = a_i;
      assign shorter = b_i;
    end else begin : gen_b_longer
      assign longer = b_i;
      assign shorter = a_i;
    end
  endgenerate

  wire [47:0] product;
  assign product_o = product[A_WIDTH+B_WIDTH-1:0];
  DSP48E1 #(
    .ACASCREG(0), .ADREG(0), .ALUMODEREG(0), .AREG(0), .BCASCREG(0), .BREG(0), .CARRYINREG(0),
    .CARRYINSELREG(0), .CREG(0), .DREG(0), .INMODEREG(0), .MREG(0), .OPMODEREG(0), .PREG(0),
    .A_INPUT("DIRECT"), .B_INPUT("DIRECT"), .USE_MULT("MULTIPLY"), .USE_SIMD("ONE48"),
    .USE_DPORT("FALSE")
  ) multiplier (
    .A({{5{longer[24]}}, longer}), .B(shorter), .C(48'b0), .D(25'b0), .P(product),
    .INMODE(5'b0), .ALUMODE(4'b0), .OPMODE(7'b0000101), .CARRYINSEL(3'b0),  // P = A * B
    .CARRYIN(1'b0), .ACIN(30'b0), .BCIN(18'b0), .PCIN(48'b0)
  );
endmodule
