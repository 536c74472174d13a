// The memory in the models of block RAMs for simulated netlists, of whose behaviour Yosys has none,
// and the contents as AMD's cells name them. Modelled is what the mapping of Yosys uses: no output
// registers, no resets of the output.
`timescale 1ns / 1ps

`define GATEFOLD_INIT_18 \
  parameter [255:0] INIT_00 = 0, INIT_01 = 0, INIT_02 = 0, INIT_03 = 0; \
  parameter [255:0] INIT_04 = 0, INIT_05 = 0, INIT_06 = 0, INIT_07 = 0; \
  parameter [255:0] INIT_08 = 0, INIT_09 = 0, INIT_0A = 0, INIT_0B = 0; \
  parameter [255:0] INIT_0C = 0, INIT_0D = 0, INIT_0E = 0, INIT_0F = 0; \
  parameter [255:0] INIT_10 = 0, INIT_11 = 0, INIT_12 = 0, INIT_13 = 0; \
  parameter [255:0] INIT_14 = 0, INIT_15 = 0, INIT_16 = 0, INIT_17 = 0; \
  parameter [255:0] INIT_18 = 0, INIT_19 = 0, INIT_1A = 0, INIT_1B = 0; \
  parameter [255:0] INIT_1C = 0, INIT_1D = 0, INIT_1E = 0, INIT_1F = 0; \
  parameter [255:0] INIT_20 = 0, INIT_21 = 0, INIT_22 = 0, INIT_23 = 0; \
  parameter [255:0] INIT_24 = 0, INIT_25 = 0, INIT_26 = 0, INIT_27 = 0; \
  parameter [255:0] INIT_28 = 0, INIT_29 = 0, INIT_2A = 0, INIT_2B = 0; \
  parameter [255:0] INIT_2C = 0, INIT_2D = 0, INIT_2E = 0, INIT_2F = 0; \
  parameter [255:0] INIT_30 = 0, INIT_31 = 0, INIT_32 = 0, INIT_33 = 0; \
  parameter [255:0] INIT_34 = 0, INIT_35 = 0, INIT_36 = 0, INIT_37 = 0; \
  parameter [255:0] INIT_38 = 0, INIT_39 = 0, INIT_3A = 0, INIT_3B = 0; \
  parameter [255:0] INIT_3C = 0, INIT_3D = 0, INIT_3E = 0, INIT_3F = 0;
`define GATEFOLD_INIT_36 \
  `GATEFOLD_INIT_18 \
  parameter [255:0] INIT_40 = 0, INIT_41 = 0, INIT_42 = 0, INIT_43 = 0; \
  parameter [255:0] INIT_44 = 0, INIT_45 = 0, INIT_46 = 0, INIT_47 = 0; \
  parameter [255:0] INIT_48 = 0, INIT_49 = 0, INIT_4A = 0, INIT_4B = 0; \
  parameter [255:0] INIT_4C = 0, INIT_4D = 0, INIT_4E = 0, INIT_4F = 0; \
  parameter [255:0] INIT_50 = 0, INIT_51 = 0, INIT_52 = 0, INIT_53 = 0; \
  parameter [255:0] INIT_54 = 0, INIT_55 = 0, INIT_56 = 0, INIT_57 = 0; \
  parameter [255:0] INIT_58 = 0, INIT_59 = 0, INIT_5A = 0, INIT_5B = 0; \
  parameter [255:0] INIT_5C = 0, INIT_5D = 0, INIT_5E = 0, INIT_5F = 0; \
  parameter [255:0] INIT_60 = 0, INIT_61 = 0, INIT_62 = 0, INIT_63 = 0; \
  parameter [255:0] INIT_64 = 0, INIT_65 = 0, INIT_66 = 0, INIT_67 = 0; \
  parameter [255:0] INIT_68 = 0, INIT_69 = 0, INIT_6A = 0, INIT_6B = 0; \
  parameter [255:0] INIT_6C = 0, INIT_6D = 0, INIT_6E = 0, INIT_6F = 0; \
  parameter [255:0] INIT_70 = 0, INIT_71 = 0, INIT_72 = 0, INIT_73 = 0; \
  parameter [255:0] INIT_74 = 0, INIT_75 = 0, INIT_76 = 0, INIT_77 = 0; \
  parameter [255:0] INIT_78 = 0, INIT_79 = 0, INIT_7A = 0, INIT_7B = 0; \
  parameter [255:0] INIT_7C = 0, INIT_7D = 0, INIT_7E = 0, INIT_7F = 0;
`define GATEFOLD_PARITY_18 \
  parameter [255:0] INITP_00 = 0, INITP_01 = 0, INITP_02 = 0, INITP_03 = 0; \
  parameter [255:0] INITP_04 = 0, INITP_05 = 0, INITP_06 = 0, INITP_07 = 0;
`define GATEFOLD_PARITY_36 \
  `GATEFOLD_PARITY_18 \
  parameter [255:0] INITP_08 = 0, INITP_09 = 0, INITP_0A = 0, INITP_0B = 0; \
  parameter [255:0] INITP_0C = 0, INITP_0D = 0, INITP_0E = 0, INITP_0F = 0;

`define GATEFOLD_CONTENTS_18 \
  INIT_3F, INIT_3E, INIT_3D, INIT_3C, INIT_3B, INIT_3A, INIT_39, INIT_38, \
  INIT_37, INIT_36, INIT_35, INIT_34, INIT_33, INIT_32, INIT_31, INIT_30, \
  INIT_2F, INIT_2E, INIT_2D, INIT_2C, INIT_2B, INIT_2A, INIT_29, INIT_28, \
  INIT_27, INIT_26, INIT_25, INIT_24, INIT_23, INIT_22, INIT_21, INIT_20, \
  INIT_1F, INIT_1E, INIT_1D, INIT_1C, INIT_1B, INIT_1A, INIT_19, INIT_18, \
  INIT_17, INIT_16, INIT_15, INIT_14, INIT_13, INIT_12, INIT_11, INIT_10, \
  INIT_0F, INIT_0E, INIT_0D, INIT_0C, INIT_0B, INIT_0A, INIT_09, INIT_08, \
  INIT_07, INIT_06, INIT_05, INIT_04, INIT_03, INIT_02, INIT_01, INIT_00
`define GATEFOLD_CONTENTS_36 \
  INIT_7F, INIT_7E, INIT_7D, INIT_7C, INIT_7B, INIT_7A, INIT_79, INIT_78, \
  INIT_77, INIT_76, INIT_75, INIT_74, INIT_73, INIT_72, INIT_71, INIT_70, \
  INIT_6F, INIT_6E, INIT_6D, INIT_6C, INIT_6B, INIT_6A, INIT_69, INIT_68, \
  INIT_67, INIT_66, INIT_65, INIT_64, INIT_63, INIT_62, INIT_61, INIT_60, \
  INIT_5F, INIT_5E, INIT_5D, INIT_5C, INIT_5B, INIT_5A, INIT_59, INIT_58, \
  INIT_57, INIT_56, INIT_55, INIT_54, INIT_53, INIT_52, INIT_51, INIT_50, \
  INIT_4F, INIT_4E, INIT_4D, INIT_4C, INIT_4B, INIT_4A, INIT_49, INIT_48, \
  INIT_47, INIT_46, INIT_45, INIT_44, INIT_43, INIT_42, INIT_41, INIT_40, \
  `GATEFOLD_CONTENTS_18
`define GATEFOLD_PARITIES_18 \
  INITP_07, INITP_06, INITP_05, INITP_04, INITP_03, INITP_02, INITP_01, INITP_00
`define GATEFOLD_PARITIES_36 \
  INITP_0F, INITP_0E, INITP_0D, INITP_0C, INITP_0B, INITP_0A, INITP_09, INITP_08, \
  `GATEFOLD_PARITIES_18

// Words of 9 bits or more have one parity bit a byte.
module gatefold_block_ram #(
    parameter integer BITS = 16384,
    parameter [BITS-1:0] INIT = 0,
    parameter [BITS/8-1:0] INIT_PARITY = 0,
    parameter integer READ_A = 0, READ_B = 0, WRITE_A = 0, WRITE_B = 0,
    parameter MODE_A = "NO_CHANGE", MODE_B = "NO_CHANGE"
) (
    input clock_a, clock_b, enable_a, enable_b, reset,
    input [7:0] write_a, write_b,  // by byte
    input [15:0] address_a, address_b,  // of a bit
    input [63:0] in_a, in_b,
    input [7:0] in_parity_a, in_parity_b,
    output reg [63:0] out_a, out_b,
    output reg [7:0] out_parity_a, out_parity_b
);
  reg [8:0] bytes[0:BITS/8-1];  // with parity above

  integer line, place;
  reg [255:0] data;
  reg [31:0] parity;
  initial
    for (line = 0; line < BITS / 256; line = line + 1) begin
      data = INIT[256*line+:256];
      parity = INIT_PARITY[32*line+:32];
      for (place = 0; place < 32; place = place + 1)
        bytes[32*line+place] = {parity[place], data[8*place+:8]};
    end

  function integer bits_of(input integer width);
    bits_of = width < 9 ? width : width / 9 * 8;
  endfunction

  function integer first_bit(input integer address, input integer width);
    first_bit = width == 0 ? 0 : (address % BITS) / bits_of(width) * bits_of(width);
  endfunction

  always @(posedge clock_a or posedge clock_b)
    if (reset) begin
      $display("gatefold: a block RAM whose output is reset is not modelled");
      $finish;
    end

  wire [31:0] read_a = first_bit({16'b0, address_a}, READ_A);
  wire [31:0] stored_a = first_bit({16'b0, address_a}, WRITE_A);
  wire stores_a = enable_a && WRITE_A > 0 && write_a != 0;
  wire [31:0] read_b = first_bit({16'b0, address_b}, READ_B);
  wire [31:0] stored_b = first_bit({16'b0, address_b}, WRITE_B);
  wire stores_b = enable_b && WRITE_B > 0 && write_b != 0;

  // What a port reads is known where the other one writes if that one reads first.
  function meets(input [31:0] read, input integer read_width, input [31:0] written,
                 input integer write_width);
    meets = read < written + bits_of(write_width) && written < read + bits_of(read_width);
  endfunction
  wire unknown_a =
      stores_b && MODE_B != "READ_FIRST" && meets(read_a, READ_A, stored_b, WRITE_B);
  wire unknown_b =
      stores_a && MODE_A != "READ_FIRST" && meets(read_b, READ_B, stored_a, WRITE_A);

  localparam [8:0] LOW_A = (9'd1 << (WRITE_A < 9 ? WRITE_A : 0)) - 9'd1;
  integer i_a;
  always @(posedge clock_a) begin
    if (enable_a && READ_A > 0 && !(stores_a && MODE_A == "NO_CHANGE")) begin
      for (i_a = 0; 9 * i_a < READ_A; i_a = i_a + 1) begin
        {out_parity_a[i_a], out_a[8*i_a+:8]} <= bytes[read_a/8+i_a] >> read_a % 8;
        if (stores_a && MODE_A == "WRITE_FIRST" && write_a[i_a])
          {out_parity_a[i_a], out_a[8*i_a+:8]} <= {in_parity_a[i_a], in_a[8*i_a+:8]};
      end
      if (unknown_a) {out_a, out_parity_a} <= 72'bx;
    end
    if (stores_a && WRITE_A < 9)
      bytes[stored_a/8] <= (bytes[stored_a/8] & ~(LOW_A << stored_a % 8)) |
                           ((in_a[8:0] & LOW_A) << stored_a % 8);
    else if (stores_a)
      for (i_a = 0; 9 * i_a < WRITE_A; i_a = i_a + 1)
        if (write_a[i_a]) bytes[stored_a/8+i_a] <= {in_parity_a[i_a], in_a[8*i_a+:8]};
  end

  localparam [8:0] LOW_B = (9'd1 << (WRITE_B < 9 ? WRITE_B : 0)) - 9'd1;
  integer i_b;
  always @(posedge clock_b) begin
    if (enable_b && READ_B > 0 && !(stores_b && MODE_B == "NO_CHANGE")) begin
      for (i_b = 0; 9 * i_b < READ_B; i_b = i_b + 1) begin
        {out_parity_b[i_b], out_b[8*i_b+:8]} <= bytes[read_b/8+i_b] >> read_b % 8;
        if (stores_b && MODE_B == "WRITE_FIRST" && write_b[i_b])
          {out_parity_b[i_b], out_b[8*i_b+:8]} <= {in_parity_b[i_b], in_b[8*i_b+:8]};
      end
      if (unknown_b) {out_b, out_parity_b} <= 72'bx;
    end
    if (stores_b && WRITE_B < 9)
      bytes[stored_b/8] <= (bytes[stored_b/8] & ~(LOW_B << stored_b % 8)) |
                           ((in_b[8:0] & LOW_B) << stored_b % 8);
    else if (stores_b)
      for (i_b = 0; 9 * i_b < WRITE_B; i_b = i_b + 1)
        if (write_b[i_b]) bytes[stored_b/8+i_b] <= {in_parity_b[i_b], in_b[8*i_b+:8]};
  end
endmodule
