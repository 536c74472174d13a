"""Random QONNX networks: the emulator equals an exact evaluation of the file, bit for bit.

GATEFOLD_LONG=1 compares thousands of networks instead of 150.
"""

import os

import exact_onnx
import numpy as np
import onnx
import pytest
import random_networks

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
