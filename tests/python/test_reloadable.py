"""Reloadable weights: hardware of one model gives, loaded with another's, what the other means."""

import json
import shutil
import subprocess

import numpy as np
import pytest
from commands import mistake, run
from conftest import ROOT
from recurrent_models import save, weights_of
from reloadable_models import cnn, mlp, shifted

import gatefold

MODELS = [(mlp, 7), (mlp, 30), (cnn, 12), (cnn, 200), (shifted, 16)]
TARGET = ("--target", "generic_lut6", "--vectors", 20)


def compiled(path, project, reuse, *options):
    code, _, err = run(
        "compile",
        path,
        "-o",
        project,
        "--weights",
        "reloadable",
        "--reuse",
        reuse,
        *TARGET,
        *options,
    )
    assert code == 0, err
    return project


def image(path, project, output):
    code, out, err = run("image", path, "--project", project, "-o", output)
    assert code == 0, err
    assert str(output) in out
    return output.read_text()


def simulated(project):
    """Whether all vectors are equal; what is compiled stays for the next time."""
    binary = project / "build/verilator/Vnet_tb"
    command = [binary] if binary.exists() else ["sh", "build.sh", "simulate"]
    result = subprocess.run(command, cwd=project, capture_output=True, text=True)
    assert "GATEFOLD_RESULT vectors=40" in result.stdout, result.stdout + result.stderr
    equal = "mismatches=0" in result.stdout
    assert equal == (result.returncode == 0)
    return equal


@pytest.fixture(params=MODELS, ids=lambda p: f"{p[0].__name__}-{p[1]}")
def pair(request, tmp_path):
    """Two models of one structure, the projects of both, and the reuse."""
    make, reuse = request.param
    paths = [make(tmp_path / name / "net.onnx", seed) for name, seed in (("a", 1), ("b", 2))]
    projects = [compiled(path, path.parent / "project", reuse) for path in paths]
    return paths, projects, reuse


def test_one_hardware_for_both_models(pair, tmp_path):
    (a, b), (first, second), _ = pair
    load = json.loads((first / "manifest.json").read_text())["load"]
    own, other = image(a, first, tmp_path / "a.hex"), image(b, first, tmp_path / "b.hex")
    assert own != other
    assert other == image(b, second, tmp_path / "c.hex")
    assert len(other.splitlines()) == load["words"]
    gatefold.load(b).image(first, tmp_path / "d.hex")
    assert (tmp_path / "d.hex").read_text() == other

    assert simulated(first)  # with its own weights from the beginning
    shutil.rmtree(first / "vectors")
    shutil.copytree(second / "vectors", first / "vectors")
    assert not simulated(first)
    for text, equal in ((other, True), (own, False)):
        (first / "weights.hex").write_text(text)
        assert simulated(first) == equal


def test_every_level_of_comparison(pair):
    (a, _), _, reuse = pair
    verification = gatefold.load(a).verify(
        levels=["graph", "design", "verilator"],
        random=30,
        extreme=10,
        reuse=reuse,
        weights="reloadable",
        target="generic_lut6",
    )
    assert verification.equal, verification.line


@pytest.mark.parametrize("make", [mlp, cnn, shifted])
def test_the_meaning_is_that_of_constant_weights(tmp_path, make):
    path = make(tmp_path / "a" / "net.onnx", 5)
    model = gatefold.load(path)
    shape = model.inputs[0].shape
    x = np.random.default_rng(3).normal(size=(40, *shape))
    folder = tmp_path / "project"
    model.compile(folder, data=x, vectors=40, reuse=9, weights="reloadable", target="generic_lut6")
    model.compile(tmp_path / "constant", data=x, vectors=40, reuse=9, target="generic_lut6")
    for port in ("x", "y"):
        vectors = (folder / f"vectors/{port}.hex").read_text()
        assert vectors == (tmp_path / f"constant/vectors/{port}.hex").read_text()


def words_of(manifest, text, memory):
    """The words of a memory in an image, cut into signed numbers of 4 bits."""
    lines = text.splitlines()[memory["first_address"] :][: memory["words"]]
    for line in lines:
        for low in range(0, memory["bits"], 4):
            word = int(line, 16) >> low & 15
            yield word - 16 if word > 7 else word


def test_the_address_map(tmp_path):
    path = cnn(tmp_path / "a" / "net.onnx", 4)
    project = compiled(path, tmp_path / "project", 200)
    manifest = json.loads((project / "manifest.json").read_text())
    text = image(path, project, tmp_path / "a.hex")
    memories = [m for m in manifest["load"]["memories"] if m["layer"] == "fc1"]
    loaded = sorted(w for m in memories for w in words_of(manifest, text, m) if w)
    random = np.random.default_rng(4)
    for shape, high in (((3, 2, 3, 3), 8), (3, 61), ((3, 48), 8)):
        low = -high if high == 8 else 1 - high
        weights = random.integers(low, high, shape)
    assert loaded == sorted(w for w in weights.flatten().tolist() if w)


def test_some_layers_alone(tmp_path):
    path = mlp(tmp_path / "a" / "net.onnx", 1)
    project = tmp_path / "project"
    chosen = ("--weights", "fc2=reloadable", "--reuse", "fc2=4")
    code, _, err = run("compile", path, "-o", project, *chosen, *TARGET)
    assert code == 0, err
    load = json.loads((project / "manifest.json").read_text())["load"]
    assert {memory["layer"] for memory in load["memories"]} == {"fc2"}
    other = mlp(tmp_path / "b" / "net.onnx", 2)
    err = mistake("image", other, "--project", project, "-o", tmp_path / "b.hex")
    assert "error[ImageDiffers]: layer 'fc1'" in err


def test_goals_choose_folds_alone(tmp_path):
    path = mlp(tmp_path / "a" / "net.onnx", 1)
    report = gatefold.load(path).report(latency=60, weights="reloadable")
    assert report.data["latency_cycles"] <= 60
    folds = [p for p in report.data["processes"] if p["process"].endswith("fold")]
    assert len(folds) == 2


def test_a_bias_of_its_own_node_is_loaded(tmp_path):
    path = shifted(tmp_path / "a" / "net.onnx", 1)
    project = compiled(path, tmp_path / "project", 16)
    memories = json.loads((project / "manifest.json").read_text())["load"]["memories"]
    for layer in ("conv1", "fc1/MatMul", "fc2/MatMul"):
        assert any(m["layer"] == layer and "biases" in m["memory"] for m in memories), layer


def test_digits_wholly_reloadable(tmp_path):
    settings = {"reuse": 64, "weights": "reloadable"}
    model = gatefold.load(ROOT / "models/digits/digits.onnx")
    verification = model.verify(levels=["graph", "design"], random=4, extreme=2, **settings)
    assert verification.equal, verification.line


TYPES = {"gates": "fixed<8,1>", "cell": "fixed<10,4>", "hidden": "fixed<7,1>"}


@pytest.mark.parametrize("op, level", [("LSTM", "verilator"), ("GRU", "design")])
def test_recurrences(tmp_path, op, level):
    arrays = weights_of(np.random.default_rng(7), op, 3, 4, 1)
    path = save(tmp_path / "m.onnx", op, arrays, (5, 3))
    model = gatefold.load(path, recurrent_type=TYPES)
    verification = model.verify(
        levels=["design", level], random=6, extreme=3, reuse=8, weights="reloadable"
    )
    assert verification.equal, verification.line


def test_models_that_cannot_be_loaded(tmp_path):
    path = mlp(tmp_path / "a" / "net.onnx", 1)
    project = compiled(path, tmp_path / "project", 7)
    output = tmp_path / "weights.hex"

    def refused(model):
        err = mistake("image", model, "--project", project, "-o", output)
        assert not output.exists()
        return err

    other = mlp(tmp_path / "b" / "net.onnx", 2, scale=2.0)
    assert "error[ImageDiffers]: layer 'y'" in refused(other)
    err = refused(mlp(tmp_path / "c" / "net.onnx", 2, activation=1.0))
    assert "error[ImageDiffers]: layer 'act1/y'" in err or "error[WeightNotLoadable]" in err
    assert "error[ImageDiffers]" in refused(cnn(tmp_path / "d" / "net.onnx", 2))
    constant = tmp_path / "constant"
    assert run("compile", path, "-o", constant, "--reuse", 7, *TARGET)[0] == 0
    err = mistake("image", path, "--project", constant, "-o", output)
    assert "error[ProjectNotReloadable]" in err


def test_weights_that_no_memory_holds(tmp_path):
    path = mlp(tmp_path / "a" / "net.onnx", 1)
    err = mistake("compile", path, "-o", tmp_path / "p", "--weights", "reloadable")
    assert "error[NotReloadable]: layer 'fc1'" in err and "reuse of at least 2" in err
    assert not (tmp_path / "p").exists()
    err = mistake("report", path, "--weights", "fc7=reloadable", "--reuse", 4)
    assert "error[NothingToReload]: layer 'fc7'" in err
    err = mistake("report", path, "--weights", "ram", "--reuse", 4)
    assert "error[WeightsMalformed]: 'ram'" in err
