"""Commands when tools are missing, fail or are wrong, and when the user interrupts."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import small_models
from commands import DIGITS, JET, NO_TOOLS, mistake, run, start
from conftest import BUILT

# Ctrl-C is heard in about a second; a loaded machine takes longer to give the memory back. The work
# that is interrupted would take minutes.
HEARD_SECONDS = 15


@pytest.fixture
def small(tmp_path):
    return small_models.dense(tmp_path / "tiny.onnx")


def test_levels_that_are_not_possible_are_named(small):
    counts = ["--random", "20", "--extreme", "5"]
    code, out, _ = run("verify", small, "--target", "unit", *counts)
    assert code == 0
    assert out.splitlines()[-1] == (
        "25 vectors (0 real, 20 random, 5 extreme) compared at levels emulator, graph, design, "
        "verilator: 0 differing bits; not compared: netlist (target 'unit' has no synthesis)"
    )
    code, out, _ = run("verify", small, *counts, environment=NO_TOOLS)
    line = out.splitlines()[-1]
    assert code == 0 and "emulator, graph, design: 0 differing bits; not compared: " in line
    assert "verilator ('verilator' is not here" in line and "netlist ('yosys' is not here" in line
    code, out, _ = run("verify", small, *counts, "--json", environment=NO_TOOLS)
    assert [entry["level"] for entry in json.loads(out)["not_compared"]] == ["verilator", "netlist"]


def test_build_leaves_a_whole_project(small, tmp_path):
    code, out, err = run("build", small, "-o", tmp_path / "project", "--vectors", "5")
    assert code == 0, err
    assert out.splitlines()[-1].endswith("verilator, netlist: 0 differing bits")
    project = tmp_path / "project"
    assert f"report: {project / 'report.html'}" in out
    reports = {path.name for path in project.glob("report.*")}
    assert reports == {"report.txt", "report.json", "report.html"}
    again = subprocess.run(["sh", "build.sh", "simulate"], cwd=project, capture_output=True)
    assert again.returncode == 0 and b"mismatches=0" in again.stdout
    assert {path.name for path in tmp_path.iterdir()} == {"project", "tiny.onnx"}


def test_build_needs_every_tool_and_leaves_nothing_without(small, tmp_path):
    output = ["-o", tmp_path / "project", "--vectors", "5"]
    assert "MissingTool" in mistake("build", small, *output, environment=NO_TOOLS)
    assert "TargetUnknown" in mistake("build", small, *output, "--target", "unit")
    assert [path.name for path in tmp_path.iterdir()] == ["tiny.onnx"]


def wrapper(prefix, tool, program):
    """The environment in which a Python program stands in the place of `tool`, its first word."""
    real = Path(shutil.which(tool))
    (prefix / "bin").mkdir()
    (prefix / "share").mkdir()
    (prefix / "share" / tool).symlink_to(real.resolve().parents[1] / "share" / tool)
    head = f"#!{sys.executable}\nimport pathlib, re, subprocess, sys\ntool = {str(real)!r}\n"
    (prefix / "bin" / tool).write_text(head + program)
    (prefix / "bin" / tool).chmod(0o755)
    return {"PATH": f"{prefix / 'bin'}:{os.environ['PATH']}"}


FAILS = """
if "synthesise" in " ".join(sys.argv):
    sys.exit("no licence")
sys.exit(subprocess.run([tool, *sys.argv[1:]]).returncode)
"""

INVERTS_A_SUM = """
code = subprocess.run([tool, *sys.argv[1:]]).returncode
for netlist in pathlib.Path("build/yosys").glob("*/netlist.v"):
    netlist.write_text(netlist.read_text().replace("16'h6996", "16'h9669", 1))
sys.exit(code)
"""

SUBTRACTS_FOR_ADDS = """
if "--binary" in sys.argv:
    for module in pathlib.Path("rtl").glob("*_fc1.sv"):
        module.write_text(module.read_text().replace(" + ", " - "))
sys.exit(subprocess.run([tool, *sys.argv[1:]]).returncode)
"""


def test_build_with_a_failing_tool_leaves_nothing(small, tmp_path):
    (tmp_path / "prefix").mkdir()
    environment = wrapper(tmp_path / "prefix", "yosys", FAILS)
    (tmp_path / "out").mkdir()
    arguments = ["build", small, "-o", tmp_path / "out/project", "--vectors", "5"]
    err = mistake(*arguments, environment=environment)
    assert "ToolFailed" in err and "no licence" in err
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(
    "level, tool, program",
    [("netlist", "yosys", INVERTS_A_SUM), ("verilator", "verilator", SUBTRACTS_FOR_ADDS)],
)
def test_a_tool_that_is_wrong_in_silence_is_exit_code_1(small, tmp_path, level, tool, program):
    arguments = ["verify", small, "--levels", level, "--random", "50", "--extreme", "20"]
    arguments += ["--target", "ice40"]
    code, out, err = run(*arguments)
    assert code == 0 and out.splitlines()[-1].endswith(f"{level}: 0 differing bits"), err
    (tmp_path / "prefix").mkdir()
    environment = wrapper(tmp_path / "prefix", tool, program)
    code, out, err = run(*arguments, environment=environment)
    assert code == 1, (out, err)
    bits = int(out.splitlines()[-1].rpartition(": ")[2].split()[0])
    assert bits > 0 and "mismatch: vector " in out
    code, out, _ = run(*arguments, "--json", environment=environment)
    data = json.loads(out)
    assert code == 1 and data["equal"] is False
    assert [row["differing_bits"] for row in data["levels"]] == [bits]


def interrupted(arguments, folder, seconds):
    """Send Ctrl-C after so many seconds; what the command has left in its temporary folder."""
    process = start(*arguments, environment={"TMPDIR": str(folder)})
    time.sleep(seconds)
    assert process.poll() is None, "the command ended before it was interrupted"
    process.send_signal(signal.SIGINT)
    sent = time.monotonic()
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, (process.returncode, out, err)
    assert "interrupted" in err and out == ""
    assert time.monotonic() - sent < HEARD_SECONDS
    return err, list(folder.iterdir())


@pytest.mark.parametrize("level", ["graph", "design"])
def test_interrupt_during_verify_leaves_nothing(tmp_path, level):
    arguments = ["verify", DIGITS, "--levels", level, "--random", "3000000", "--extreme", "0"]
    assert interrupted(arguments, tmp_path, 4)[1] == []


@pytest.mark.parametrize("seconds", [1.5, 2.5, 4])
def test_interrupt_during_build_leaves_nothing(tmp_path, seconds):
    (tmp_path / "scratch").mkdir()
    arguments = ["build", JET, "-o", tmp_path / "project", "--vectors", "20000"]
    assert interrupted(arguments, tmp_path / "scratch", seconds)[1] == []
    assert [p.name for p in tmp_path.iterdir()] == ["scratch"]


def test_interrupt_during_the_search_for_adders(tmp_path):
    model = small_models.wide_layer(tmp_path / "wide.onnx")
    (tmp_path / "scratch").mkdir()
    arguments = ["compile", model, "-o", tmp_path / "project"]
    err, left = interrupted(arguments, tmp_path / "scratch", 3)
    assert "lower, 1 s" in err and left == []
    assert {p.name for p in tmp_path.iterdir()} == {"scratch", "wide.onnx"}


def test_long_stages_show_progress_on_standard_error():
    counts = ["--random", "400000", "--extreme", "0"]
    code, out, err = run("verify", DIGITS, "--levels", "design", *counts)
    assert code == 0 and len(out.splitlines()) == 3
    assert "run the design: steps: " in err and " of 400000 (" in err


def test_python_shows_progress_and_hears_ctrl_c():
    program = (
        "import gatefold\n"
        f"model = gatefold.load({str(DIGITS)!r})\n"
        "try:\n"
        "    model.verify(levels=['design'], random=3_000_000)\n"
        "except KeyboardInterrupt:\n"
        "    print('heard', model.predict([[0] * 64]).shape)\n"
    )
    variables = {**os.environ, "PYTHONPATH": str(BUILT)}
    command = [sys.executable, "-c", program]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = subprocess.Popen(command, env=variables, text=True, **pipes)
    time.sleep(12)
    process.send_signal(signal.SIGINT)
    sent = time.monotonic()
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, "heard (1, 10)\n"), err
    assert time.monotonic() - sent < HEARD_SECONDS
    assert "verify, 1 s" in err or "run the design: steps: " in err
