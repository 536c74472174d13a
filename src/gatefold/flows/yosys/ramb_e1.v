// Block RAMs of the 7 series as UG473 describes them: two ports of up to 36 (18) bits, or one port
// that writes and one that reads 72 (36) bits. Read behind block_ram.v.
`timescale 1ns / 1ps

module RAMB18E1 #(
    parameter RAM_MODE = "TDP",
    parameter integer DOA_REG = 0, DOB_REG = 0, READ_WIDTH_A = 0, READ_WIDTH_B = 0,
    parameter integer WRITE_WIDTH_A = 0, WRITE_WIDTH_B = 0,
    parameter WRITE_MODE_A = "NO_CHANGE", WRITE_MODE_B = "NO_CHANGE",
    parameter [17:0] INIT_A = 0, INIT_B = 0, SRVAL_A = 0, SRVAL_B = 0
) (
    input CLKARDCLK, CLKBWRCLK, ENARDEN, ENBWREN, REGCEAREGCE, REGCEB,
    input RSTRAMARSTRAM, RSTRAMB, RSTREGARSTREG, RSTREGB,
    input [13:0] ADDRARDADDR, ADDRBWRADDR,
    input [15:0] DIADI, DIBDI,
    input [1:0] DIPADIP, DIPBDIP,
    input [1:0] WEA,
    input [3:0] WEBWE,
    output [15:0] DOADO, DOBDO,
    output [1:0] DOPADOP, DOPBDOP
);
  `GATEFOLD_INIT_18
  `GATEFOLD_PARITY_18
  // The widest words take both ports' pins.
  localparam integer WIDEST = 18;
  wire [63:0] out_a, out_b;
  wire [7:0] out_parity_a, out_parity_b;
  assign DOADO = out_a[15:0];
  assign DOPADOP = out_parity_a[1:0];
  assign DOBDO = READ_WIDTH_A > WIDEST ? out_a[31:16] : out_b[15:0];
  assign DOPBDOP = READ_WIDTH_A > WIDEST ? out_parity_a[3:2] : out_parity_b[1:0];
  wire [63:0] in_a = DIADI;
  wire [7:0] in_parity_a = DIPADIP;
  wire [63:0] in_b = WRITE_WIDTH_B > WIDEST ? {DIBDI, DIADI} : DIBDI;
  wire [7:0] in_parity_b = WRITE_WIDTH_B > WIDEST ? {DIPBDIP, DIPADIP} : DIPBDIP;

  gatefold_block_ram #(
      .BITS(16384),
      .INIT({`GATEFOLD_CONTENTS_18}),
      .INIT_PARITY({`GATEFOLD_PARITIES_18}),
      .READ_A(READ_WIDTH_A), .READ_B(READ_WIDTH_B),
      .WRITE_A(WRITE_WIDTH_A), .WRITE_B(WRITE_WIDTH_B),
      .MODE_A(WRITE_MODE_A), .MODE_B(WRITE_MODE_B)
  ) ram (
      .clock_a(CLKARDCLK), .clock_b(CLKBWRCLK), .enable_a(ENARDEN), .enable_b(ENBWREN),
      .reset((ENARDEN && RSTRAMARSTRAM) || (ENBWREN && RSTRAMB)),
      .write_a({6'b0, WEA}), .write_b({4'b0, WEBWE}),
      .address_a({2'b0, ADDRARDADDR}), .address_b({2'b0, ADDRBWRADDR}),
      .in_a(in_a), .in_b(in_b), .in_parity_a(in_parity_a), .in_parity_b(in_parity_b),
      .out_a(out_a), .out_b(out_b), .out_parity_a(out_parity_a), .out_parity_b(out_parity_b)
  );
endmodule

module RAMB36E1 #(
    parameter RAM_MODE = "TDP", RAM_EXTENSION_A = "NONE", RAM_EXTENSION_B = "NONE",
    parameter integer DOA_REG = 0, DOB_REG = 0, READ_WIDTH_A = 0, READ_WIDTH_B = 0,
    parameter integer WRITE_WIDTH_A = 0, WRITE_WIDTH_B = 0,
    parameter WRITE_MODE_A = "NO_CHANGE", WRITE_MODE_B = "NO_CHANGE",
    parameter [35:0] INIT_A = 0, INIT_B = 0, SRVAL_A = 0, SRVAL_B = 0
) (
    input CLKARDCLK, CLKBWRCLK, ENARDEN, ENBWREN, REGCEAREGCE, REGCEB,
    input RSTRAMARSTRAM, RSTRAMB, RSTREGARSTREG, RSTREGB,
    input CASCADEINA, CASCADEINB,
    input [15:0] ADDRARDADDR, ADDRBWRADDR,
    input [31:0] DIADI, DIBDI,
    input [3:0] DIPADIP, DIPBDIP,
    input [3:0] WEA,
    input [7:0] WEBWE,
    output [31:0] DOADO, DOBDO,
    output [3:0] DOPADOP, DOPBDOP,
    output CASCADEOUTA, CASCADEOUTB
);
  `GATEFOLD_INIT_36
  `GATEFOLD_PARITY_36
  // The widest words take both ports' pins.
  localparam integer WIDEST = 36;
  wire [63:0] out_a, out_b;
  wire [7:0] out_parity_a, out_parity_b;

  // Two cells are one memory of 65,536 bits: the highest address bit says which one is written, and
  // the upper one gives the words of both.
  wire here_a = RAM_EXTENSION_A == "NONE" || ADDRARDADDR[15] == (RAM_EXTENSION_A == "UPPER");
  wire here_b = RAM_EXTENSION_B == "NONE" || ADDRBWRADDR[15] == (RAM_EXTENSION_B == "UPPER");
  reg read_here_a, read_here_b;
  always @(posedge CLKARDCLK) if (ENARDEN) read_here_a <= here_a;
  always @(posedge CLKBWRCLK) if (ENBWREN) read_here_b <= here_b;
  assign CASCADEOUTA = out_a[0];
  assign CASCADEOUTB = out_b[0];

  assign DOADO = RAM_EXTENSION_A == "UPPER" && !read_here_a ? {31'b0, CASCADEINA} : out_a[31:0];
  assign DOPADOP = out_parity_a[3:0];
  assign DOBDO = READ_WIDTH_A > WIDEST ? out_a[63:32]
               : RAM_EXTENSION_B == "UPPER" && !read_here_b ? {31'b0, CASCADEINB} : out_b[31:0];
  assign DOPBDOP = READ_WIDTH_A > WIDEST ? out_parity_a[7:4] : out_parity_b[3:0];
  wire [63:0] in_a = DIADI;
  wire [7:0] in_parity_a = DIPADIP;
  wire [63:0] in_b = WRITE_WIDTH_B > WIDEST ? {DIBDI, DIADI} : DIBDI;
  wire [7:0] in_parity_b = WRITE_WIDTH_B > WIDEST ? {DIPBDIP, DIPADIP} : DIPBDIP;

  gatefold_block_ram #(
      .BITS(32768),
      .INIT({`GATEFOLD_CONTENTS_36}),
      .INIT_PARITY({`GATEFOLD_PARITIES_36}),
      .READ_A(READ_WIDTH_A), .READ_B(READ_WIDTH_B),
      .WRITE_A(WRITE_WIDTH_A), .WRITE_B(WRITE_WIDTH_B),
      .MODE_A(WRITE_MODE_A), .MODE_B(WRITE_MODE_B)
  ) ram (
      .clock_a(CLKARDCLK), .clock_b(CLKBWRCLK), .enable_a(ENARDEN), .enable_b(ENBWREN),
      .reset((ENARDEN && RSTRAMARSTRAM) || (ENBWREN && RSTRAMB)),
      .write_a(here_a ? {4'b0, WEA} : 8'b0), .write_b(here_b ? WEBWE : 8'b0),
      .address_a({1'b0, ADDRARDADDR[14:0]}), .address_b({1'b0, ADDRBWRADDR[14:0]}),
      .in_a(in_a), .in_b(in_b), .in_parity_a(in_parity_a), .in_parity_b(in_parity_b),
      .out_a(out_a), .out_b(out_b), .out_parity_a(out_parity_a), .out_parity_b(out_parity_b)
  );
endmodule
