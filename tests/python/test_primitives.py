"""The primitives of rtl/, each body against its testbench in Icarus Verilog."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

RTL = Path(__file__).resolve().parents[2] / "rtl"
TESTBENCH = RTL / "testbenches/tb_gatefold_add3.sv"


def cell_models():
    share = Path(shutil.which("yosys")).resolve().parent.parent / "share/yosys"
    return share / "xilinx/cells_sim.v"


def simulate(folder, *sources):
    """The vectors and mismatches that the testbench counts."""
    program = folder / "testbench.vvp"
    compile_command = ["iverilog", "-g2012", "-gno-specify", "-s", TESTBENCH.stem, "-o", program]
    subprocess.run([*compile_command, TESTBENCH, *sources], check=True, capture_output=True)
    said = subprocess.run(["vvp", "-n", program], check=True, capture_output=True, text=True).stdout
    vectors, mismatches = re.search(r"vectors=(\d+) mismatches=(\d+)", said).groups()
    return int(vectors), int(mismatches)


def bodies():
    generic = [RTL / "gatefold_add3.sv"]
    xilinx = [RTL / "xilinx/gatefold_add3.v", cell_models()]
    return {"generic": generic, "xilinx": xilinx}


@pytest.mark.parametrize("body", ["generic", "xilinx"])
def test_adds_three_words(body, tmp_path):
    vectors, mismatches = simulate(tmp_path, *bodies()[body])
    assert vectors > 15_000
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
def test_the_testbench_finds_a_wrong_body(right, wrong, tmp_path):
    text = (RTL / "xilinx/gatefold_add3.v").read_text()
    assert right in text
    broken = tmp_path / "broken.v"
    broken.write_text(text.replace(right, wrong))
    assert simulate(tmp_path, broken, cell_models())[1] > 0
