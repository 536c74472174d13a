"""Random QONNX networks: the emulator equals an exact evaluation of the file, bit for bit.

GATEFOLD_LONG=1 compares thousands of networks instead of 150.
"""

import os

import exact_onnx
import numpy as np
import onnx
import pytest
import random_networks
import small_models
from onnx import helper

import gatefold

LONG = os.environ.get("GATEFOLD_LONG") == "1"
NETWORKS = 3000 if LONG else 150
SAMPLES = 24
BLOCK = 10


def saved(model, net, folder):
    """The file of `model`, its weights inside or beside it."""
    path = folder / "network.onnx"
    external = net.chance(0.2)
    options = {"all_tensors_to_one_file": net.chance(0.5), "size_threshold": 0}
    onnx.save(model, path, save_as_external_data=external, **(options if external else {}))
    return path


def compare(seed, folder):
    """How many values of how many differ; the model that is evaluated is the one of the file."""
    model, net = random_networks.random_network(seed)
    inputs = random_networks.inputs_for(net, SAMPLES)
    expected = exact_onnx.evaluate(model, inputs)
    loaded = gatefold.load(saved(model, net, folder))
    got = loaded.predict(inputs)
    if len(expected) == 1:
        got = {next(iter(expected)): got}
    assert got.keys() == expected.keys()
    for name, values in expected.items():
        assert got[name].shape == values.shape
        differing = np.argwhere(got[name] != values)
        assert not len(differing), f"seed {seed}, output {name}, at {differing[0]}"
    return sum(values.size for values in expected.values())


@pytest.mark.parametrize("first", range(0, NETWORKS, BLOCK))
def test_random_networks(first, tmp_path):
    values = 0
    for seed in range(first, first + BLOCK):
        folder = tmp_path / str(seed)
        folder.mkdir()
        values += compare(seed, folder)
    assert values > 0


def test_ranges_that_differ_only_in_their_known_zero_bits(tmp_path):
    """-2 a - 2 b is even and 3 a + b is not, and both reach from -4 to 4 times the largest a."""
    first, constants = small_models.quant("x", "qx", 0.23746174573898315, bits=5, narrow=1)
    last, more = small_models.quant("y", "z", 0.0625, bits=8, narrow=1, mode="UP")
    nodes = [first, helper.make_node("MatMul", ["qx", "w"], ["y"], "fc1"), last]
    constants |= {**more, "w": [[-2, 3], [-2, 1]]}
    ports = [small_models.port("x", [1, 2])], [small_models.port("z", [1, 2])]
    path = small_models.save(tmp_path / "stride.onnx", nodes, *ports, constants)
    x = np.stack(np.meshgrid(np.arange(-15, 16), np.arange(-15, 16)), -1).reshape(-1, 2)
    x = x * float(np.float32(0.23746174573898315))
    expected = exact_onnx.evaluate(onnx.load(path), {"x": x})["z"]
    np.testing.assert_array_equal(gatefold.load(path).predict(x), expected)
