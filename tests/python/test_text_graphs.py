"""Graphs in text form in the place of a model file."""

import numpy as np
import pytest
import small_models
from commands import mistake, run

import gatefold


@pytest.fixture
def dumped(tmp_path):
    """A model and its graph after the passes, as `compile --dump` writes it."""
    path = small_models.dense(tmp_path / "dense.onnx")
    folders = "--dump", tmp_path / "dumps", "-o", tmp_path / "project"
    code, _, err = run("compile", path, *folders)
    assert code == 0, err
    return path, sorted((tmp_path / "dumps").glob("*.gfg"))[-1]


def test_a_dump_predicts_as_its_model(dumped):
    path, dump = dumped
    x = np.random.default_rng(1).normal(0, 1, (20, 2))
    np.testing.assert_array_equal(gatefold.load(dump).predict(x), gatefold.load(path).predict(x))


def test_every_stage_takes_a_dump(dumped):
    _, dump = dumped
    code, out, err = run("check", dump)
    assert code == 0 and out, err
    code, out, err = run("verify", dump, "--levels", "graph,design")
    assert code == 0 and "0 differing bits" in out, err


def test_damaged_text_is_refused(tmp_path):
    path = tmp_path / "broken.gfg"
    path.write_text('graph "g" {\n%0 = nothing() @"x" : [1] u1 *1\n}\n')
    assert "error[TextForm]: line 2" in mistake("check", path)
