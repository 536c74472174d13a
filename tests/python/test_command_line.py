"""The command line: exit codes, streams, JSON, bad files, Ctrl-C."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import small_models
from conftest import BUILT, ROOT

JET = ROOT / "models/jet_tagger/jet_tagger.onnx"
DIGITS = ROOT / "models/digits/digits.onnx"
ROWS = ROOT / "models/jet_tagger/test_features.npy"
COMMANDS = ["check", "compile", "predict", "trace", "verify", "build", "report", "passes", "doctor"]


def start(*arguments, environment=None):
    """The command in a process of its own."""
    variables = {**os.environ, "PYTHONPATH": str(BUILT), **(environment or {})}
    command = [sys.executable, "-m", "gatefold", *map(str, arguments)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, env=variables, text=True, **pipes)


def run(*arguments, environment=None):
    """(exit code, standard output, standard error)."""
    process = start(*arguments, environment=environment)
    out, err = process.communicate(timeout=300)
    return process.returncode, out, err


def mistake(*arguments, environment=None):
    """Standard error of a command that must end with exit code 2, one clean error, no results."""
    code, out, err = run(*arguments, environment=environment)
    assert (code, out) == (2, ""), (code, out, err)
    assert "error" in err and "remedy: " in err
    assert "Traceback" not in err and "terminate" not in err and "assertion" not in err.lower()
    return err


def test_help_and_version():
    code, out, _ = run("--help")
    assert code == 0 and all(command in out for command in COMMANDS)
    code, out, _ = run("--version")
    assert code == 0 and out.strip()


@pytest.mark.parametrize("arguments", [[], ["fold"], ["check"], ["check", JET, "--colour"]])
def test_wrong_usage_is_exit_code_2(arguments):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "") and err


def test_results_that_cannot_be_printed_are_an_error():
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "gatefold", "passes"]
        variables = {**os.environ, "PYTHONPATH": str(BUILT)}
        done = subprocess.run(command, env=variables, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 2
    assert b"cannot write to the standard output" in done.stderr and b"remedy: " in done.stderr


def test_check_prints_layers_and_json():
    code, out, err = run("check", JET)
    assert (code, err) == (0, "")
    assert "dense1" in out and out.endswith("supported, every value exact\n")
    code, out, _ = run("check", JET, "--json")
    data = json.loads(out)
    assert code == 0 and data["problems"] == []
    assert {"quant_features", "dense1", "relu3"} <= {op["layer"] for op in data["ops"]}


def test_check_lists_all_problems(tmp_path):
    path = small_models.unquantized_activation(tmp_path / "bad.onnx")
    err = mistake("check", path)
    assert "layer 'gate'" in err and "layer 'error_function'" in err
    code, out, _ = run("check", path, "--json")
    problems = json.loads(out)["problems"]
    assert code == 2 and {p["layer"] for p in problems} == {"gate", "error_function"}
    assert all(p["id"] and p["text"] and p["remedy"] for p in problems)


@pytest.mark.parametrize("command", ["passes", "doctor", "check"])
def test_tables_have_json(command):
    arguments = [command, "--json"] + (["--operators"] if command == "check" else [])
    code, out, _ = run(*arguments)
    assert code == 0 and len(json.loads(out)) > 3


def test_results_on_standard_output_nothing_else(tmp_path):
    code, out, _ = run("predict", JET, "--data", ROWS, "-o", tmp_path / "y.npy")
    assert code == 0 and out.splitlines()[1].split()[:2] == ["logits", "[5000,5]"]
    reference = np.load(ROWS.parent / "reference.npy")
    np.testing.assert_array_equal(np.load(tmp_path / "y.npy"), reference)
    code, out, _ = run("report", JET, "--json")
    assert code == 0 and json.loads(out)
    counts = ["--levels", "graph,design", "--random", "30", "--extreme", "10"]
    code, out, _ = run("verify", JET, "--data", ROWS, *counts)
    assert code == 0 and out.splitlines()[-1].endswith("0 differing bits")
    assert out.splitlines()[-1].startswith("5040 vectors (5000 real, 30 random, 10 extreme)")
    code, out, _ = run("verify", JET, *counts, "--json")
    assert code == 0 and json.loads(out)["equal"] is True


def test_trace_writes_every_layer(tmp_path):
    code, out, _ = run("trace", JET, "--data", ROWS, "-o", tmp_path / "trace")
    assert code == 0
    files = [line.split()[-1] for line in out.splitlines()[1:]]
    assert all((tmp_path / "trace" / name).exists() for name in files) and len(files) > 8


def test_bad_files(tmp_path):
    assert "FileNotReadable" in mistake("check", tmp_path / "absent.onnx")
    (tmp_path / "folder.onnx").mkdir()
    mistake("check", tmp_path / "folder.onnx")
    (tmp_path / "empty.onnx").touch()
    mistake("check", tmp_path / "empty.onnx")
    (tmp_path / "random.onnx").write_bytes(np.random.default_rng(1).bytes(5000))
    mistake("check", tmp_path / "random.onnx")
    mistake("check", small_models.truncated(tmp_path / "half.onnx", JET))
    err = mistake("check", small_models.cyclic(tmp_path / "cycle.onnx"))
    assert "ModelCyclic" in err and "first" in err and "second" in err
    err = mistake("check", small_models.dense(tmp_path / "inner.onnx", extents=(1, "features")))
    assert "DynamicExtent" in err and "'x'" in err
    weights = ((1, float("nan")), (0, 3))
    err = mistake("check", small_models.dense(tmp_path / "nan.onnx", weights))
    assert "NonFiniteConstant" in err and "'w'" in err
    err = mistake("check", small_models.dense(tmp_path / "shape.onnx", ((1, 2), (0, 3), (1, 1))))
    assert "ShapeMismatch" in err and "fc1" in err


def test_bad_data(tmp_path):
    np.save(tmp_path / "narrow.npy", np.zeros((4, 15)))
    np.save(tmp_path / "text.npy", np.array([["a"] * 16]))
    np.save(tmp_path / "nan.npy", np.full((4, 16), np.nan))
    (tmp_path / "noise.npy").write_text("no array")
    for name, text in [
        ("narrow.npy", "[4,15]"),
        ("text.npy", "text.npy"),
        ("nan.npy", "NaN"),
        ("noise.npy", "noise.npy"),
        ("absent.npy", "absent.npy"),
    ]:
        err = mistake("predict", JET, "--data", tmp_path / name, "-o", tmp_path / "y.npy")
        assert text.lower() in err.lower()
    assert not (tmp_path / "y.npy").exists()


def test_outputs_that_cannot_be_written(tmp_path):
    (tmp_path / "file").touch()
    for output in (tmp_path / "file/out", "/proc/gatefold_project"):
        assert "FileNotWritable" in mistake("compile", JET, "-o", output, "--vectors", "2")
        assert "FileNotWritable" in mistake("trace", JET, "--data", ROWS, "-o", output)
        assert "FileNotWritable" in mistake("predict", JET, "--data", ROWS, "-o", f"{output}.npy")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_missing_tools_are_named_with_the_remedy(tmp_path):
    nowhere = {"PATH": str(tmp_path), "VIRTUAL_ENV": "", "GATEFOLD_PYTHON": ""}
    err = mistake(
        "verify", JET, "--levels", "verilator", "--random", "5", "--extreme", "2",
        environment=nowhere,
    )  # fmt: skip
    assert "MissingTool" in err and "verilator" in err
    code, out, _ = run("doctor", "--json", environment=nowhere)
    tools = json.loads(out)
    assert code == 0 and not any(tool["found"] for tool in tools)
    assert all(tool["install"] and tool["purpose"] for tool in tools)


def interrupted(arguments, folder, seconds):
    """Send Ctrl-C after so many seconds; what the command has left in its temporary folder."""
    process = start(*arguments, environment={"TMPDIR": str(folder)})
    time.sleep(seconds)
    assert process.poll() is None, "the command ended before it was interrupted"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, (process.returncode, out, err)
    assert "interrupted" in err
    return list(folder.iterdir())


@pytest.mark.parametrize("level", ["graph", "design"])
def test_interrupt_during_verify_leaves_nothing(tmp_path, level):
    arguments = ["verify", DIGITS, "--levels", level, "--random", "3000000", "--extreme", "0"]
    assert interrupted(arguments, tmp_path, 2) == []


def test_interrupt_during_build_leaves_no_partial_output(tmp_path):
    (tmp_path / "scratch").mkdir()
    arguments = ["build", JET, "-o", tmp_path / "project", "--vectors", "20000"]
    assert interrupted(arguments, tmp_path / "scratch", 2.5) == []
    left = {p.name for p in tmp_path.iterdir()} - {"scratch"}
    assert left <= {"project"}
    if left:  # a whole project, only without the tools' report
        assert (tmp_path / "project/build.sh").exists()
