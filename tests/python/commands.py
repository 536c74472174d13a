"""Runs the command line in a process of its own, for tests."""

import os
import subprocess
import sys

from conftest import BUILT, ROOT

JET = ROOT / "models/jet_tagger/jet_tagger.onnx"
DIGITS = ROOT / "models/digits/digits.onnx"
ROWS = ROOT / "models/jet_tagger/test_features.npy"
DIGITS_ROWS = ROOT / "models/digits/features.npy"
NO_TOOLS = {"PATH": "", "VIRTUAL_ENV": "", "GATEFOLD_PYTHON": ""}


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
