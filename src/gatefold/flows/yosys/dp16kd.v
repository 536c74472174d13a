// The block RAM of the ECP5 as FPGA-TN-02204 describes it: two ports of up to 18 bits, or one that
// writes and one that reads 36 bits. Read behind block_ram.v.
`timescale 1ns / 1ps

module DP16KD #(
    parameter integer DATA_WIDTH_A = 18, DATA_WIDTH_B = 18,
    parameter REGMODE_A = "NOREG", REGMODE_B = "NOREG", RESETMODE = "SYNC",
    parameter ASYNC_RESET_RELEASE = "SYNC", CSDECODE_A = "0b000", CSDECODE_B = "0b000",
    parameter CLKAMUX = "CLKA", CLKBMUX = "CLKB", GSR = "ENABLED",
    parameter WRITEMODE_A = "NORMAL", WRITEMODE_B = "NORMAL",
    parameter [319:0] INITVAL_00 = 0, INITVAL_01 = 0, INITVAL_02 = 0, INITVAL_03 = 0,
        INITVAL_04 = 0, INITVAL_05 = 0, INITVAL_06 = 0, INITVAL_07 = 0, INITVAL_08 = 0,
        INITVAL_09 = 0, INITVAL_0A = 0, INITVAL_0B = 0, INITVAL_0C = 0, INITVAL_0D = 0,
        INITVAL_0E = 0, INITVAL_0F = 0, INITVAL_10 = 0, INITVAL_11 = 0, INITVAL_12 = 0,
        INITVAL_13 = 0, INITVAL_14 = 0, INITVAL_15 = 0, INITVAL_16 = 0, INITVAL_17 = 0,
        INITVAL_18 = 0, INITVAL_19 = 0, INITVAL_1A = 0, INITVAL_1B = 0, INITVAL_1C = 0,
        INITVAL_1D = 0, INITVAL_1E = 0, INITVAL_1F = 0, INITVAL_20 = 0, INITVAL_21 = 0,
        INITVAL_22 = 0, INITVAL_23 = 0, INITVAL_24 = 0, INITVAL_25 = 0, INITVAL_26 = 0,
        INITVAL_27 = 0, INITVAL_28 = 0, INITVAL_29 = 0, INITVAL_2A = 0, INITVAL_2B = 0,
        INITVAL_2C = 0, INITVAL_2D = 0, INITVAL_2E = 0, INITVAL_2F = 0, INITVAL_30 = 0,
        INITVAL_31 = 0, INITVAL_32 = 0, INITVAL_33 = 0, INITVAL_34 = 0, INITVAL_35 = 0,
        INITVAL_36 = 0, INITVAL_37 = 0, INITVAL_38 = 0, INITVAL_39 = 0, INITVAL_3A = 0,
        INITVAL_3B = 0, INITVAL_3C = 0, INITVAL_3D = 0, INITVAL_3E = 0, INITVAL_3F = 0
) (
    input DIA0, DIA1, DIA2, DIA3, DIA4, DIA5, DIA6, DIA7, DIA8, DIA9, DIA10, DIA11, DIA12, DIA13,
        DIA14, DIA15, DIA16, DIA17,
    input ADA0, ADA1, ADA2, ADA3, ADA4, ADA5, ADA6, ADA7, ADA8, ADA9, ADA10, ADA11, ADA12, ADA13,
    input CEA, OCEA, CLKA, WEA, RSTA, CSA0, CSA1, CSA2,
    output DOA0, DOA1, DOA2, DOA3, DOA4, DOA5, DOA6, DOA7, DOA8, DOA9, DOA10, DOA11, DOA12, DOA13,
        DOA14, DOA15, DOA16, DOA17,
    input DIB0, DIB1, DIB2, DIB3, DIB4, DIB5, DIB6, DIB7, DIB8, DIB9, DIB10, DIB11, DIB12, DIB13,
        DIB14, DIB15, DIB16, DIB17,
    input ADB0, ADB1, ADB2, ADB3, ADB4, ADB5, ADB6, ADB7, ADB8, ADB9, ADB10, ADB11, ADB12, ADB13,
    input CEB, OCEB, CLKB, WEB, RSTB, CSB0, CSB1, CSB2,
    output DOB0, DOB1, DOB2, DOB3, DOB4, DOB5, DOB6, DOB7, DOB8, DOB9, DOB10, DOB11, DOB12, DOB13,
        DOB14, DOB15, DOB16, DOB17
);
  wire [13:0] address_a = {
    ADA13, ADA12, ADA11, ADA10, ADA9, ADA8, ADA7, ADA6, ADA5, ADA4, ADA3, ADA2, ADA1, ADA0
  };
  wire [13:0] address_b = {
    ADB13, ADB12, ADB11, ADB10, ADB9, ADB8, ADB7, ADB6, ADB5, ADB4, ADB3, ADB2, ADB1, ADB0
  };
  wire [17:0] in_a = {
    DIA17, DIA16, DIA15, DIA14, DIA13, DIA12, DIA11, DIA10, DIA9, DIA8, DIA7, DIA6, DIA5, DIA4,
       DIA3, DIA2, DIA1, DIA0
  };
  wire [17:0] in_b = {
    DIB17, DIB16, DIB15, DIB14, DIB13, DIB12, DIB11, DIB10, DIB9, DIB8, DIB7, DIB6, DIB5, DIB4,
       DIB3, DIB2, DIB1, DIB0
  };
  initial
    if (REGMODE_A != "NOREG" || REGMODE_B != "NOREG" || CLKAMUX != "CLKA" || CLKBMUX != "CLKB" ||
        CSDECODE_A != "0b000" || CSDECODE_B != "0b000") begin
      $display("gatefold: output registers, other edges and chip selects of a DP16KD are not modelled");
      $finish;
    end

  // 1,024 words of 18 bits, each in 20 bits of the contents; bit 8 and 17 are the bytes' parities.
  localparam [64*320-1:0] CONTENTS = {
    INITVAL_3F, INITVAL_3E, INITVAL_3D, INITVAL_3C, INITVAL_3B, INITVAL_3A, INITVAL_39, INITVAL_38,
       INITVAL_37, INITVAL_36, INITVAL_35, INITVAL_34, INITVAL_33, INITVAL_32, INITVAL_31,
       INITVAL_30, INITVAL_2F, INITVAL_2E, INITVAL_2D, INITVAL_2C, INITVAL_2B, INITVAL_2A,
       INITVAL_29, INITVAL_28, INITVAL_27, INITVAL_26, INITVAL_25, INITVAL_24, INITVAL_23,
       INITVAL_22, INITVAL_21, INITVAL_20, INITVAL_1F, INITVAL_1E, INITVAL_1D, INITVAL_1C,
       INITVAL_1B, INITVAL_1A, INITVAL_19, INITVAL_18, INITVAL_17, INITVAL_16, INITVAL_15,
       INITVAL_14, INITVAL_13, INITVAL_12, INITVAL_11, INITVAL_10, INITVAL_0F, INITVAL_0E,
       INITVAL_0D, INITVAL_0C, INITVAL_0B, INITVAL_0A, INITVAL_09, INITVAL_08, INITVAL_07,
       INITVAL_06, INITVAL_05, INITVAL_04, INITVAL_03, INITVAL_02, INITVAL_01, INITVAL_00
  };
  function [16383:0] data_of(input integer unused);
    integer i;
    for (i = 0; i < 1024; i = i + 1)
      data_of[16*i+:16] = {CONTENTS[20*i+9+:8], CONTENTS[20*i+:8]};
  endfunction
  function [2047:0] parity_of(input integer unused);
    integer i;
    for (i = 0; i < 1024; i = i + 1)
      parity_of[2*i+:2] = {CONTENTS[20*i+17], CONTENTS[20*i+8]};
  endfunction

  // Words of two bytes and more are enabled by byte, on the address pins that they do not need.
  wire [7:0] write_a = !WEA ? 8'b0
                     : DATA_WIDTH_A == 36 ? {4'b0, address_a[3:0]}
                     : DATA_WIDTH_A == 18 ? {6'b0, address_a[1:0]} : 8'b1;
  wire [7:0] write_b = !WEB ? 8'b0
                     : DATA_WIDTH_B == 18 ? {6'b0, address_b[1:0]} : 8'b1;

  // A word of 36 bits takes both ports' pins.
  wire [35:0] word_a = {DATA_WIDTH_A == 36 ? in_b : 18'b0, in_a};
  wire [63:0] out_a, out_b;
  wire [7:0] out_parity_a, out_parity_b;
  wire [35:0] word_b = {
    out_parity_b[3], out_b[31:24], out_parity_b[2], out_b[23:16],
    out_parity_b[1], out_b[15:8], out_parity_b[0], out_b[7:0]
  };
  assign {
    DOA17, DOA16, DOA15, DOA14, DOA13, DOA12, DOA11, DOA10, DOA9, DOA8, DOA7, DOA6, DOA5, DOA4,
       DOA3, DOA2, DOA1, DOA0
  } = DATA_WIDTH_B == 36 ? word_b[17:0]
     : {out_parity_a[1], out_a[15:8], out_parity_a[0], out_a[7:0]};
  assign {
    DOB17, DOB16, DOB15, DOB14, DOB13, DOB12, DOB11, DOB10, DOB9, DOB8, DOB7, DOB6, DOB5, DOB4,
       DOB3, DOB2, DOB1, DOB0
  } = DATA_WIDTH_B == 36 ? word_b[35:18] : word_b[17:0];

  gatefold_block_ram #(
      .BITS(16384), .INIT(data_of(0)), .INIT_PARITY(parity_of(0)),
      .READ_A(DATA_WIDTH_A), .READ_B(DATA_WIDTH_B),
      .WRITE_A(DATA_WIDTH_A), .WRITE_B(DATA_WIDTH_B),
      .MODE_A(WRITEMODE_A == "NORMAL" ? "NO_CHANGE"
              : WRITEMODE_A == "WRITETHROUGH" ? "WRITE_FIRST" : "READ_FIRST"),
      .MODE_B(WRITEMODE_B == "NORMAL" ? "NO_CHANGE"
              : WRITEMODE_B == "WRITETHROUGH" ? "WRITE_FIRST" : "READ_FIRST")
  ) ram (
      .clock_a(CLKA), .clock_b(CLKB), .enable_a(CEA), .enable_b(CEB),
      .reset(RSTA || RSTB), .write_a(write_a), .write_b(write_b),
      .address_a({2'b0, address_a}), .address_b({2'b0, address_b}),
      .in_a({32'b0, word_a[34:27], word_a[25:18], word_a[16:9], word_a[7:0]}),
      .in_b({48'b0, in_b[16:9], in_b[7:0]}),
      .in_parity_a({4'b0, word_a[35], word_a[26], word_a[17], word_a[8]}),
      .in_parity_b({6'b0, in_b[17], in_b[8]}),
      .out_a(out_a), .out_b(out_b), .out_parity_a(out_parity_a), .out_parity_b(out_parity_b)
  );
endmodule
