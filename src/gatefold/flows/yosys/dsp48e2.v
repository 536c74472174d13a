// The DSP of UltraScale+ as UG579 describes it, for simulated netlists: Yosys has no model of its
// behaviour. Modelled is what rtl/xcup/gatefold_multiply.v uses: the product of A and B without
// registers.
`timescale 1ns / 1ps

module DSP48E2 #(
    parameter integer ACASCREG = 1, ADREG = 1, ALUMODEREG = 1, AREG = 1, BCASCREG = 1, BREG = 1,
    parameter integer CARRYINREG = 1, CARRYINSELREG = 1, CREG = 1, DREG = 1, INMODEREG = 1,
    parameter integer MREG = 1, OPMODEREG = 1, PREG = 1,
    parameter A_INPUT = "DIRECT", B_INPUT = "DIRECT", AMULTSEL = "A", BMULTSEL = "B",
    parameter USE_MULT = "MULTIPLY", USE_SIMD = "ONE48"
) (
    input [29:0] A, ACIN,
    input [17:0] B, BCIN,
    input [47:0] C, PCIN,
    input [26:0] D,
    input [4:0] INMODE,
    input [3:0] ALUMODE,
    input [8:0] OPMODE,
    input [2:0] CARRYINSEL,
    input CARRYIN,
    output [47:0] P
);
  localparam DIRECT = A_INPUT == "DIRECT" && B_INPUT == "DIRECT" && AMULTSEL == "A" &&
                      BMULTSEL == "B" && USE_MULT == "MULTIPLY" && USE_SIMD == "ONE48";
  localparam REGISTERED = ADREG + ALUMODEREG + AREG + BREG + CARRYINREG + CARRYINSELREG + CREG +
                          DREG + INMODEREG + MREG + OPMODEREG + PREG > 0;
  wire multiplies = DIRECT && !REGISTERED && OPMODE === 9'b000000101 && ALUMODE === 4'b0 &&
                    INMODE === 5'b0 && CARRYINSEL === 3'b0 && CARRYIN === 1'b0;
  initial
    #1 if (!multiplies) begin
      $display("gatefold: a DSP48E2 that does not simply multiply is not modelled");
      $finish;
    end

  wire signed [26:0] a = A[26:0];
  wire signed [17:0] b = B;
  wire signed [44:0] product = a * b;
  assign P = multiplies ? {{3{product[44]}}, product} : 48'bx;
endmodule
