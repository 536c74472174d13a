// The ternary adder on LUT6_2 and CARRY4, a map for the techmap of Yosys. Each LUT6_2 compresses the
// three bits of one column: O5 is their majority, the carry-save bit of the next column, and O6 the
// sum of the column with the majority from below; the carry chain adds both rows. A subtracted
// operand is inverted in the LUT; its 1 enters at the chain's start, a second one as the majority
// below bit 0.
module gatefold_add3 (a_i, b_i, c_i, sum_o);
  parameter WIDTH = 1;
  parameter SUBTRACT_B = 0;
  parameter SUBTRACT_C = 0;
  input [WIDTH-1:0] a_i, b_i, c_i;
  output [WIDTH-1:0] sum_o;

  localparam CHAINS = (WIDTH + 3) / 4;
  localparam PADDED = 4 * CHAINS;

  // Truth tables over (I2, I1, I0) = (c, b, a), for b and c as they are added.
  localparam [7:0] B = SUBTRACT_B ? 8'b00110011 : 8'b11001100;
  localparam [7:0] C = SUBTRACT_C ? 8'b00001111 : 8'b11110000;
  localparam [7:0] A = 8'b10101010;
  localparam [7:0] PARITY = A ^ B ^ C;
  localparam [7:0] MAJORITY = (A & B) | (A & C) | (B & C);
  // I5 is 1: the upper half is O6, with I3 the majority from below; I4 is not read.
  localparam [63:0] INIT = {{2{~PARITY, PARITY}}, {4{MAJORITY}}};

  wire [PADDED-1:0] propagate, generated, carry, sum;
  wire [WIDTH:0] majority;
  assign majority[0] = (SUBTRACT_B != 0) && (SUBTRACT_C != 0);
  assign sum_o = sum[WIDTH-1:0];

  genvar i;
  generate
    for (i = 0; i < PADDED; i = i + 1) begin : gen_column
      if (i < WIDTH) begin : gen_bit
        LUT6_2 #(.INIT(INIT)) compressor (
          .I0(a_i[i]), .I1(b_i[i]), .I2(c_i[i]), .I3(majority[i]), .I4(1'b0), .I5(1'b1),
          .O5(majority[i+1]), .O6(propagate[i])
        );
        assign generated[i] = majority[i];
      end else begin : gen_padding
        assign propagate[i] = 1'b0;
        assign generated[i] = 1'b0;
      end
    end
    for (i = 0; i < CHAINS; i = i + 1) begin : gen_chain
      if (i == 0) begin : gen_first
        CARRY4 chain (
          .CYINIT((SUBTRACT_B != 0) || (SUBTRACT_C != 0)), .CI(1'b0),
          .DI(generated[3:0]), .S(propagate[3:0]), .O(sum[3:0]), .CO(carry[3:0])
        );
      end else begin : gen_next
        CARRY4 chain (
          .CYINIT(1'b0), .CI(carry[4*i-1]),
          .DI(generated[4*i+:4]), .S(propagate[4*i+:4]), .O(sum[4*i+:4]), .CO(carry[4*i+:4])
        );
      end
    end
  endgenerate
endmodule
