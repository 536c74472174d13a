// A LUT of two outputs as two LUTs, each with the inputs that it reads: of the cell itself, Yosys
// would take a path from every input to every output.
(* techmap_celltype = "LUT6_2" *)
module gatefold_lut6_2 (O6, O5, I0, I1, I2, I3, I4, I5);
  parameter [63:0] INIT = 0;
  output O6, O5;
  input I0, I1, I2, I3, I4, I5;
  generate
    if ({4{INIT[7:0]}} == INIT[31:0]) begin : gen_three
      LUT3 #(.INIT(INIT[7:0])) low (.O(O5), .I0(I0), .I1(I1), .I2(I2));
    end else begin : gen_five
      LUT5 #(.INIT(INIT[31:0])) low (.O(O5), .I0(I0), .I1(I1), .I2(I2), .I3(I3), .I4(I4));
    end
  endgenerate
  LUT6 #(.INIT(INIT)) high (.O(O6), .I0(I0), .I1(I1), .I2(I2), .I3(I3), .I4(I4), .I5(I5));
endmodule
