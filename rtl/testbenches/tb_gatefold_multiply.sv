// Checks gatefold_multiply against products of integers: all words up to 3 bits, corners and random
// words up to the widest factors, which for every device are 18 bits. Read it with any body. Ends
// with `GATEFOLD_RESULT vectors=N mismatches=M`.
module tb_gatefold_multiply #(
  parameter int LONGEST = 18,
  parameter int SHORTEST = 18
);
  localparam int RANDOM = 50;

  int vectors = 0;
  int mismatches = 0;
  int running = 0;

  genvar wide, narrow;
  for (wide = 1; wide <= LONGEST; wide = wide + 1) begin : gen_wide
    for (narrow = 1; narrow <= SHORTEST; narrow = narrow + 1) begin : gen_narrow
      logic signed [wide-1:0] a;
      logic signed [narrow-1:0] b;
      logic signed [wide+narrow-1:0] product;
      gatefold_multiply #(.A_WIDTH(wide), .B_WIDTH(narrow)) dut (
        .a_i(a), .b_i(b), .product_o(product)
      );

      task automatic check(input int x, input int y);
        longint expected;
        a = x[wide-1:0];
        b = y[narrow-1:0];
        #1;
        expected = longint'(a) * longint'(b);
        vectors = vectors + 1;
        if (product !== expected[wide+narrow-1:0]) mismatches = mismatches + 1;
      endtask

      function automatic int corner(input int which, input int width);
        case (which % 4)
          0: return 0;
          1: return -1;
          2: return 1 << (width - 1);
          default: return (1 << (width - 1)) - 1;
        endcase
      endfunction

      initial begin
        running = running + 1;
        #2;
        if (wide + narrow <= 6)
          for (int i = 0; i < (1 << (wide + narrow)); i = i + 1) check(i, i >> wide);
        for (int i = 0; i < 16; i = i + 1) check(corner(i, wide), corner(i >> 2, narrow));
        for (int i = 0; i < RANDOM; i = i + 1) check($urandom, $urandom);
        running = running - 1;
        if (running == 0) begin
          $display("GATEFOLD_RESULT vectors=%0d mismatches=%0d", vectors, mismatches);
          $finish;
        end
      end
    end
  end
endmodule
