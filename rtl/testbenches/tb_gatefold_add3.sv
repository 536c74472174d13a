// Checks gatefold_add3 against sums of integers: all inputs up to 3 bits, corners and random words
// above. Read it with either body. Ends with `GATEFOLD_RESULT vectors=N mismatches=M`.
module tb_gatefold_add3;
  localparam int WIDEST = 9;
  localparam int RANDOM = 600;

  int vectors = 0;
  int mismatches = 0;
  int running = 0;

  genvar width, signs;
  for (width = 1; width <= WIDEST; width = width + 1) begin : gen_width
    for (signs = 0; signs < 4; signs = signs + 1) begin : gen_signs
      logic [width-1:0] a, b, c, sum;
      gatefold_add3 #(.WIDTH(width), .SUBTRACT_B(signs % 2), .SUBTRACT_C(signs / 2)) dut (
        .a_i(a), .b_i(b), .c_i(c), .sum_o(sum)
      );

      task automatic check(input int unsigned x, input int unsigned y, input int unsigned z);
        int expected;
        a = x[width-1:0];
        b = y[width-1:0];
        c = z[width-1:0];
        #1;
        expected = int'(a) + (signs % 2 == 1 ? -int'(b) : int'(b))
                 + (signs / 2 == 1 ? -int'(c) : int'(c));
        vectors = vectors + 1;
        if (sum !== expected[width-1:0]) mismatches = mismatches + 1;
      endtask

      initial begin
        running = running + 1;
        if (width <= 3) begin
          for (int i = 0; i < (1 << (3 * width)); i = i + 1)
            check(i, i >> width, i >> (2 * width));
        end else begin
          for (int i = 0; i < 64; i = i + 1)
            check(corner(i), corner(i >> 2), corner(i >> 4));
          for (int i = 0; i < RANDOM; i = i + 1) check($urandom, $urandom, $urandom);
        end
        running = running - 1;
        if (running == 0) begin
          $display("GATEFOLD_RESULT vectors=%0d mismatches=%0d", vectors, mismatches);
          $finish;
        end
      end

      function automatic int unsigned corner(input int which);
        case (which % 4)
          0: return 0;
          1: return 32'hffffffff;
          2: return 1;
          default: return 1 << (width - 1);
        endcase
      endfunction
    end
  end
endmodule
