// $alu as a chain of a library's full adders, a map for the techmap of Yosys. Where an operand's bit
// is constant, gates take their place, which abc makes smaller.
(* techmap_celltype = "$alu" *)
module gatefold_ripple_alu (A, B, CI, BI, X, Y, CO);
  parameter A_SIGNED = 0;
  parameter B_SIGNED = 0;
  parameter A_WIDTH = 1;
  parameter B_WIDTH = 1;
  parameter Y_WIDTH = 1;
  parameter _TECHMAP_CONSTMSK_A_ = 0;
  parameter _TECHMAP_CONSTMSK_B_ = 0;
  (* force_downto *) input [A_WIDTH-1:0] A;
  (* force_downto *) input [B_WIDTH-1:0] B;
  input CI, BI;
  (* force_downto *) output [Y_WIDTH-1:0] X, Y, CO;

  (* force_downto *) wire [Y_WIDTH-1:0] a, b_plain, b, carry;
  \$pos #(.A_SIGNED(A_SIGNED), .A_WIDTH(A_WIDTH), .Y_WIDTH(Y_WIDTH)) extend_a (.A(A), .Y(a));
  \$pos #(.A_SIGNED(B_SIGNED), .A_WIDTH(B_WIDTH), .Y_WIDTH(Y_WIDTH)) extend_b (.A(B), .Y(b_plain));
  assign X = a ^ b;
  genvar i;
  generate
    for (i = 0; i < Y_WIDTH; i = i + 1) begin : gen_bit
      localparam A_BIT = i < A_WIDTH ? i : A_WIDTH - 1;
      localparam B_BIT = i < B_WIDTH ? i : B_WIDTH - 1;
      localparam A_IS_CONSTANT = _TECHMAP_CONSTMSK_A_[A_BIT] || (i >= A_WIDTH && !A_SIGNED);
      localparam B_IS_CONSTANT = _TECHMAP_CONSTMSK_B_[B_BIT] || (i >= B_WIDTH && !B_SIGNED);
      assign b[i] = BI ^ b_plain[i];
      if (i == 0) begin : gen_first
        assign carry[i] = CI;
      end else begin : gen_next
        assign carry[i] = CO[i-1];
      end
      if (i == 0 || A_IS_CONSTANT || B_IS_CONSTANT) begin : gen_gates
        wire differ;
        assign differ = a[i] ^ b[i];
        assign Y[i] = differ ^ carry[i];
        assign CO[i] = (a[i] & b[i]) | (differ & carry[i]);
      end else begin : gen_adder
        @full_adder@
      end
    end
  endgenerate
endmodule
