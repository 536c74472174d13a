"""The primitives of rtl/, each body against its testbench in Icarus Verilog."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

RTL = Path(__file__).resolve().parents[2] / "rtl"
CELLS = RTL.parent / "src/gatefold/flows/yosys"


def cell_models():
    share = Path(shutil.which("yosys")).resolve().parent.parent / "share/yosys"
    return share / "xilinx/cells_sim.v"


def run_testbench(folder, primitive, sources, parameters=()):
    """What the primitive's testbench says."""
    program = folder / "testbench.vvp"
    testbench = RTL / f"testbenches/tb_{primitive}.sv"
    command = ["iverilog", "-g2012", "-gno-specify", "-s", testbench.stem, "-o", program]
    command += [f"-P{testbench.stem}.{parameter}" for parameter in parameters]
    subprocess.run([*command, testbench, *sources], check=True, capture_output=True)
    return subprocess.run(["vvp", "-n", program], check=True, capture_output=True, text=True).stdout


def mismatches_in(said):
    """The vectors and mismatches that a testbench has counted."""
    vectors, mismatches = re.search(r"vectors=(\d+) mismatches=(\d+)", said).groups()
    return int(vectors), int(mismatches)


def simulate(folder, primitive, *sources, parameters=()):
    """The vectors and mismatches that the primitive's testbench counts."""
    return mismatches_in(run_testbench(folder, primitive, sources, parameters))


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
        "gatefold_multiply": [RTL / "gatefold_multiply.sv"],
        "gatefold_multiply for xcup": [RTL / "xcup/gatefold_multiply.v", CELLS / "dsp48e2.v"],
        "gatefold_multiply for xc7": [RTL / "xc7/gatefold_multiply.v", cell_models()],
        "gatefold_multiply for ecp5": [RTL / "ecp5/gatefold_multiply.v", CELLS / "mult18x18d.v"],
        "gatefold_fifo": [RTL / "gatefold_fifo.sv"],
        "gatefold_clock_gate": [RTL / "gatefold_clock_gate.sv"],
    }


@pytest.mark.parametrize(
    "body, least_vectors, parameters",
    [
        ("gatefold_add3", 15_000, []),
        ("gatefold_add3 for xilinx", 15_000, []),
        ("gatefold_multiply", 20_000, ["LONGEST=30"]),
        ("gatefold_multiply for xcup", 20_000, ["LONGEST=27"]),
        ("gatefold_multiply for xcup", 20_000, ["SHORTEST=27", "LONGEST=18"]),
        ("gatefold_multiply for xc7", 20_000, ["LONGEST=25"]),
        ("gatefold_multiply for ecp5", 20_000, []),
        ("gatefold_fifo", 80_000, []),
        ("gatefold_clock_gate", 8_000, []),
    ],
)
def test_a_body_is_right(body, least_vectors, parameters, tmp_path):
    primitive, sources = body.split()[0], bodies()[body]
    vectors, mismatches = simulate(tmp_path, primitive, *sources, parameters=parameters)
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
        ("input signed [A_WIDTH-1:0] a_i", "input [A_WIDTH-1:0] a_i"),
        ("assign longer = b_i", "assign longer = a_i"),
        ("9'b000000101", "9'b000000001"),
    ],
)
def test_the_testbench_finds_a_wrong_multiplication(right, wrong, tmp_path):
    body = RTL / "xcup/gatefold_multiply.v"
    text = body.read_text()
    assert right in text
    broken = tmp_path / "broken.v"
    broken.write_text(text.replace(right, wrong))
    said = run_testbench(tmp_path, "gatefold_multiply", [broken, CELLS / "dsp48e2.v"])
    assert "is not modelled" in said or mismatches_in(said)[1] > 0


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
