// The multiplication in one MULT18X18D without registers, a map for the techmap of Yosys.
module gatefold_multiply (a_i, b_i, product_o);
  parameter A_WIDTH = 1;
  parameter B_WIDTH = 1;
  input signed [A_WIDTH-1:0] a_i;
  input signed [B_WIDTH-1:0] b_i;
  output [A_WIDTH+B_WIDTH-1:0] product_o;

  localparam LONGER = A_WIDTH > B_WIDTH ? A_WIDTH : B_WIDTH;
  localparam SHORTER = A_WIDTH > B_WIDTH ? B_WIDTH : A_WIDTH;
  wire _TECHMAP_FAIL_ = LONGER > 18 || SHORTER > 18;

  wire signed [17:0] longer;
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

  wire [35:0] product;
  assign product_o = product[A_WIDTH+B_WIDTH-1:0];
  MULT18X18D #(
    .REG_INPUTA_CLK("NONE"), .REG_INPUTB_CLK("NONE"), .REG_INPUTC_CLK("NONE"),
    .REG_PIPELINE_CLK("NONE"), .REG_OUTPUT_CLK("NONE"), .MULT_BYPASS("DISABLED")
  ) multiplier (
    .A0(longer[0]), .A1(longer[1]), .A2(longer[2]), .A3(longer[3]), .A4(longer[4]), .A5(longer[5]),
    .A6(longer[6]), .A7(longer[7]), .A8(longer[8]), .A9(longer[9]), .A10(longer[10]),
    .A11(longer[11]), .A12(longer[12]), .A13(longer[13]), .A14(longer[14]), .A15(longer[15]),
    .A16(longer[16]), .A17(longer[17]),
    .B0(shorter[0]), .B1(shorter[1]), .B2(shorter[2]), .B3(shorter[3]), .B4(shorter[4]),
    .B5(shorter[5]), .B6(shorter[6]), .B7(shorter[7]), .B8(shorter[8]), .B9(shorter[9]),
    .B10(shorter[10]), .B11(shorter[11]), .B12(shorter[12]), .B13(shorter[13]), .B14(shorter[14]),
    .B15(shorter[15]), .B16(shorter[16]), .B17(shorter[17]),
    .C0(1'b0), .C1(1'b0), .C2(1'b0), .C3(1'b0), .C4(1'b0), .C5(1'b0), .C6(1'b0), .C7(1'b0),
    .C8(1'b0), .C9(1'b0), .C10(1'b0), .C11(1'b0), .C12(1'b0), .C13(1'b0), .C14(1'b0), .C15(1'b0),
    .C16(1'b0), .C17(1'b0),
    .P0(product[0]), .P1(product[1]), .P2(product[2]), .P3(product[3]), .P4(product[4]),
    .P5(product[5]), .P6(product[6]), .P7(product[7]), .P8(product[8]), .P9(product[9]),
    .P10(product[10]), .P11(product[11]), .P12(product[12]), .P13(product[13]), .P14(product[14]),
    .P15(product[15]), .P16(product[16]), .P17(product[17]), .P18(product[18]), .P19(product[19]),
    .P20(product[20]), .P21(product[21]), .P22(product[22]), .P23(product[23]), .P24(product[24]),
    .P25(product[25]), .P26(product[26]), .P27(product[27]), .P28(product[28]), .P29(product[29]),
    .P30(product[30]), .P31(product[31]), .P32(product[32]), .P33(product[33]), .P34(product[34]),
    .P35(product[35]),
    .SIGNEDA(1'b1), .SIGNEDB(1'b1), .SOURCEA(1'b0), .SOURCEB(1'b0)
  );
endmodule
