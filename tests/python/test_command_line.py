"""The command line: exit codes, streams, JSON, bad files."""

import json
import os
import re
import subprocess
import sys

import numpy as np
import pytest
import small_models
from commands import DIGITS, DIGITS_ROWS, JET, ROWS, mistake, run
from conftest import BUILT

import gatefold

COMMANDS = ["check", "compile", "predict", "trace", "verify", "build", "report", "passes", "doctor"]


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
    assert code == 0 and "error" not in err
    assert "dense1" in out
    assert re.search(r"supported on xcup at 5 ns \(\d+ cycles\); every value is exact\n$", out)
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


def test_check_lists_what_the_hardware_refuses(tmp_path):
    path = small_models.smooth(tmp_path / "wide.onnx")
    err = mistake("check", path)
    assert "error[QuantizerTooWide]: layer 'q1'" in err
    assert "error[QuantizerTooWide]: layer 'q2'" in err
    assert err.count("remedy: ") == err.count("error[") == 2
    assert gatefold.load(path).predict([[0.5, -0.5]]).shape == (1, 2), "the emulator has no limit"
    assert run("check", small_models.smooth(tmp_path / "narrow.onnx", bits=8))[0] == 0
    err = mistake("check", JET, "--clock", "0.6")
    refused = {line.split("'")[1] for line in err.splitlines() if "error[ClockTooFast]" in line}
    assert {"dense1", "dense2", "dense3", "dense4"} <= refused
    code, out, _ = run("check", JET, "--clock", "0.6", "--json")
    problems = json.loads(out)["problems"]
    assert code == 2 and {p["layer"] for p in problems} == refused


def test_check_says_that_a_softmax_is_bounded():
    code, out, _ = run("check", DIGITS)
    assert code == 0
    assert "every value is exact, but 'softmax' (softmax), which is within 0.00" in out
    (layer,) = json.loads(run("check", DIGITS, "--json")[1])["bounded"]
    assert layer["layer"] == "softmax" and 0 < layer["bound"] < 0.01
    code, out, _ = run("check", DIGITS, "--final-activation", "host")
    assert code == 0 and out.endswith("every value is exact\n")


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


def test_trace_writes_every_layer_and_op(tmp_path):
    code, out, _ = run("trace", DIGITS, "--data", DIGITS_ROWS, "-o", tmp_path / "trace", "--json")
    listed = json.loads(out)
    expected = gatefold.load(DIGITS).trace(np.load(DIGITS_ROWS))
    assert code == 0 and [entry["name"] for entry in listed] == list(expected)
    for entry in listed:
        np.testing.assert_array_equal(
            np.load(tmp_path / "trace" / entry["file"]), expected[entry["name"]]
        )
    ops = [(entry["layer"], entry["op"]) for entry in listed if entry["layer"] == "softmax"]
    assert ("softmax", "reduce") in ops and ("softmax", "combine") in ops


def test_raw_means_integers_in_and_out(tmp_path):
    model, x = gatefold.load(DIGITS), np.load(DIGITS_ROWS)
    raw = model.quantize(x)
    np.save(tmp_path / "raw.npy", raw)
    arguments = [DIGITS, "--data", tmp_path / "raw.npy", "--raw", "--json"]
    code, out, _ = run("trace", *arguments, "-o", tmp_path / "trace")
    assert code == 0
    expected = model.trace(raw, raw=True)
    for entry in json.loads(out):
        array = np.load(tmp_path / "trace" / entry["file"])
        assert array.dtype == np.int64
        np.testing.assert_array_equal(array, expected[entry["name"]])
    assert run("predict", *arguments, "-o", tmp_path / "y.npy")[0] == 0
    np.testing.assert_array_equal(np.load(tmp_path / "y.npy"), model.predict(raw, raw=True))
    for command in ("predict", "trace"):
        arguments = [command, DIGITS, "--data", DIGITS_ROWS, "--raw", "-o", tmp_path / "no"]
        assert "DataNotInteger" in mistake(*arguments)
    with pytest.raises(TypeError, match="raw values are integers"):
        model.trace(x, raw=True)


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
