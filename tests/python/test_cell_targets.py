"""A Liberty file as the target: synthesis to its cells, and the netlist against the emulator."""

import json
from pathlib import Path

import pytest
from commands import JET, run

ROOT = Path(__file__).resolve().parents[2]
TINY = ROOT / "tests/support/tiny.lib"
PDK = ROOT.parent / "shared/pdk"
LIBRARIES = {
    "nangate45": "nangate45/NangateOpenCellLibrary_typical.lib",
    "sky130hd": "sky130hd/sky130_fd_sc_hd__tt_025C_1v80.lib",
}


@pytest.fixture
def small(tmp_path):
    """A graph of one matrix and a ReLU in text form."""
    path = tmp_path / "small.gfg"
    path.write_text(
        """graph "small" {
%0 = input() "x" {3} grid (s5 1 0 -16..15) RND_CONV SAT @"in" : [3] s5 *1
%1 = linear(%0) multiplier 1 bias {} weights [1,3,2]{
  3 11
  -5 7
  13 -6} @"fc" : [2] s10 *1
%2 = map(%1) clamp 0 200 @"relu" : [2] u8 *1
output "y" %2
}
"""
    )
    return path


def test_netlist_of_the_library_computes_the_same(small):
    arguments = ["--target", TINY, "--levels", "netlist", "--random", "30", "--extreme", "10"]
    code, out, err = run("verify", small, *arguments)
    assert code == 0, out + err


def test_report_in_the_unit_of_the_library(small):
    code, out, err = run("report", small, "--target", TINY, "--synthesise", "--json")
    assert code == 0, err
    report = json.loads(out)
    assert report["area_unit"] == "um2"
    total = report["total"]
    registers = total["estimated"]["flip_flops"]
    assert total["estimated"]["luts"] > 15 * registers  # DFF and MUX2 for each, and the gates
    assert total["synthesised"]["flip_flops"] == registers
    assert 0.6 < total["synthesised"]["luts"] / total["estimated"]["luts"] < 1.4


@pytest.mark.parametrize("name", LIBRARIES)
def test_estimates_with_real_libraries(name):
    library = PDK / LIBRARIES[name]
    if not library.exists():
        pytest.skip(f"no PDK at {library}")
    code, out, err = run("report", JET, "--target", library, "--json")
    assert code == 0, err
    assert json.loads(out)["total"]["estimated"]["luts"] > 1000


def test_a_library_that_lacks_a_cell(small, tmp_path):
    text = TINY.read_text()
    library = tmp_path / "broken.lib"
    library.write_text(text.replace("next_state", "no_state"))
    code, _, err = run("report", small, "--target", library)
    assert code == 2
    assert f"'{library}' has no usable flip-flop" in err


def test_the_shortest_interval_within_an_area():
    code, out, err = run("report", JET, "--target", TINY, "--max-area", "60000", "--json")
    assert code == 0, err
    report = json.loads(out)
    assert 1 < report["interval_cycles"] < 256
    assert report["total"]["estimated"]["luts"] <= 60000
    code, out, err = run("report", JET, "--target", TINY, "--max-luts", "60000")
    assert code == 2
    assert "error[BudgetOfOtherTargets]" in err
