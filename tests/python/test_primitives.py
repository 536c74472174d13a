"""The primitives of rtl/, each body against its testbench in Icarus Verilog."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

RTL = Path(__file__).resolve().parents[2] / "rtl"


def cell_models():
    share = Path(shutil.which("yosys")).resolve().parent.parent / "share/yosys"
    return share / "xilinx/cells_sim.v"


def simulate(folder, primitive, *sources):
    """The vectors and mismatches that the primitive's testbench counts."""
    program = folder / "testbench.vvp"
    testbench = RTL / f"testbenches/tb_{primitive}.sv"
    compile_command = ["iverilog", "-g2012", "-gno-specify", "-s", testbench.stem, "-o", program]
    subprocess.run([*compile_command, testbench, *sources], check=True, capture_output=True)
    said = subprocess.run(["vvp", "-n", program], check=True, capture_output=True, text=True).stdout
    vectors, mismatches = re.search(r"vectors=(\d+) mismatches=(\d+)", said).groups()
    return int(vectors), int(mismatches)


def mismatches_of_broken(folder, body, right, wrong, *sources):
    """The mismatches of a body in which one piece of text is another."""
    text = body.read_text()
    assert right in text
    broken = folder / f"broken{body.suffix}"
    broken.write_text(text.replace(right, wrong))
    return simulate(folder, body.stem, broken, *sources)[1]


def bodies():
    return {
        "gatefold_add3": [RTL / "gatefold_add3.sv"],
        "gatefold_add3 for xilinx": [RTL / "xilinx/gatefold_add3.v", cell_models()],
        "gatefold_fifo": [RTL / "gatefold_fifo.sv"],
        "gatefold_clock_gate": [RTL / "gatefold_clock_gate.sv"],
    }


@pytest.mark.parametrize(
    "body, least_vectors",
    [
        ("gatefold_add3", 15_000),
        ("gatefold_add3 for xilinx", 15_000),
        ("gatefold_fifo", 80_000),
        ("gatefold_clock_gate", 8_000),
    ],
)
def test_a_body_is_right(body, least_vectors, tmp_path):
    vectors, mismatches = simulate(tmp_path, body.split()[0], *bodies()[body])
    assert vectors >= least_vectors
    assert mismatches == 0


@pytest.mark.parametrize(
    "right, wrong",
    [
        ("(A & B) | (A & C) | (B & C)", "(A & B) | (A & C)"),
        ("A ^ B ^ C", "A ^ B"),
        ("(SUBTRACT_B != 0) && (SUBTRACT_C != 0)", "1'b0"),
        (".CI(carry[4*i-1])", ".CI(1'b0)"),
    ],
)
def test_the_testbench_finds_a_wrong_adder(right, wrong, tmp_path):
    body = RTL / "xilinx/gatefold_add3.v"
    assert mismatches_of_broken(tmp_path, body, right, wrong, cell_models()) > 0


@pytest.mark.parametrize(
    "right, wrong",
    [
        ("push & (waiting | ~free)", "push & waiting"),
        ("pop_ready_i | ~pop_valid_o", "pop_ready_i"),
        ("pop_valid_o <= INITIAL > 0", "pop_valid_o <= 1'b0"),
        ("INITIAL_BEATS[WIDTH*INITIAL-1 -: WIDTH]", "INITIAL_BEATS[WIDTH-1:0]"),
        ("assign push_ready_o = ~pop_valid_o", "assign push_ready_o = ~pop_valid_o | pop_ready_i"),
        ("stored != CountWidth'(Behind)", "stored != CountWidth'(Behind) || pop_ready_i"),
        ("left <= LeftWidth'(InitiallyBehind)", "left <= '0"),
        ("assign take = refill & (left == '0)", "assign take = refill"),
        ("assign oldest = beats[read]", "assign oldest = beats[read_next]"),
        ("passed ? passing : word", "word"),
        ("pass ? 'x : beats[read_next]", "beats[read]"),
        ("!Wraps && read == Last", "!Wraps && read == Last - 1"),
    ],
)
def test_the_testbench_finds_a_wrong_queue(right, wrong, tmp_path):
    assert mismatches_of_broken(tmp_path, RTL / "gatefold_fifo.sv", right, wrong) > 0


@pytest.mark.parametrize(
    "right, wrong",
    [
        ("if (!clk_i) enable = enable_i", "enable = enable_i"),
        ("clk_i & enable", "clk_i"),
        ("if (!clk_i)", "if (clk_i)"),
    ],
)
def test_the_testbench_finds_a_wrong_gate(right, wrong, tmp_path):
    assert mismatches_of_broken(tmp_path, RTL / "gatefold_clock_gate.sv", right, wrong) > 0
