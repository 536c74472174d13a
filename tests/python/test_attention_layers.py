"""Products of two computed tensors and the places of extremes, against onnxruntime."""

import numpy as np
import pytest
from onnx import TensorProto, helper
from spatial_models import equals_onnxruntime, integers, save

import gatefold

SHAPE = (4, 3)


def attention(path):
    """Without a softmax: relu(q k^T) v over four positions of three features."""
    nodes = [
        helper.make_node("MatMul", ["q", "wq"], ["queries"]),
        helper.make_node("MatMul", ["q", "wk"], ["keys"]),
        helper.make_node("MatMul", ["q", "wv"], ["values"]),
        helper.make_node("Transpose", ["keys"], ["turned"], perm=[0, 2, 1]),
        helper.make_node("MatMul", ["queries", "turned"], ["scores"]),
        helper.make_node("Relu", ["scores"], ["weights"]),
        helper.make_node("MatMul", ["weights", "values"], ["y"]),
    ]
    random = np.random.default_rng(1)
    constants = {name: integers(random, (3, 2)) for name in ("wq", "wk", "wv")}
    return save(path, nodes, constants, SHAPE)


def place(path, op, shape, **attributes):
    node = helper.make_node(op, ["q"], ["y"], **attributes)
    return save(path, [node], {}, shape, element=TensorProto.INT64)


def test_attention_equals_onnxruntime(tmp_path):
    assert equals_onnxruntime(attention(tmp_path / "m.onnx"), SHAPE)


@pytest.mark.parametrize("reuse", [None, 1, 4])
def test_attention_as_hardware(tmp_path, reuse):
    model = gatefold.load(attention(tmp_path / "m.onnx"))
    options = {} if reuse is None else {"reuse": reuse}
    verification = model.verify(levels=["graph", "design"], random=6, extreme=4, **options)
    assert verification.equal, verification.line


def test_attention_in_simulated_systemverilog(tmp_path):
    model = gatefold.load(attention(tmp_path / "m.onnx"))
    verification = model.verify(levels=["design", "verilator"], random=6, extreme=4, reuse=4)
    assert verification.equal, verification.line


def test_a_product_of_images(tmp_path):
    """A batch of two matrices, one operand with a zero point."""
    nodes = [
        helper.make_node("Transpose", ["q"], ["turned"], perm=[0, 1, 3, 2]),
        helper.make_node("Add", ["turned", "half"], ["moved"]),
        helper.make_node("MatMul", ["q", "moved"], ["y"]),
    ]
    constants = {"half": np.float32(0.5)}
    assert equals_onnxruntime(save(tmp_path / "m.onnx", nodes, constants, (2, 3, 4)), (2, 3, 4))


@pytest.mark.parametrize("op", ["ArgMax", "ArgMin"])
@pytest.mark.parametrize("axis", [1, 2, -1])
@pytest.mark.parametrize("keepdims", [0, 1])
def test_places_of_extremes(tmp_path, op, axis, keepdims):
    path = place(tmp_path / "m.onnx", op, (5, 7), axis=axis, keepdims=keepdims)
    assert equals_onnxruntime(path, (5, 7))


@pytest.mark.parametrize("reuse", [None, 1])
def test_a_place_as_hardware(tmp_path, reuse):
    model = gatefold.load(place(tmp_path / "m.onnx", "ArgMax", (5,), axis=1, keepdims=0))
    options = {} if reuse is None else {"reuse": reuse}
    levels = ["graph", "design", "verilator"]
    verification = model.verify(levels=levels, random=10, extreme=4, **options)
    assert verification.equal, verification.line
