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


def two_heads(path):
    """The same with two heads of three features over five positions, joined at the end."""

    def head(name):
        return [
            helper.make_node("MatMul", ["q", f"w{name}"], [f"{name}_features"]),
            helper.make_node("Reshape", [f"{name}_features", "split"], [f"{name}_heads"]),
        ]

    def turned(name, result, perm):
        return helper.make_node("Transpose", [name], [result], perm=perm)

    nodes = [
        *head("q"),
        *head("k"),
        *head("v"),
        turned("q_heads", "queries", [0, 2, 1, 3]),
        turned("k_heads", "keys", [0, 2, 3, 1]),
        turned("v_heads", "values", [0, 2, 1, 3]),
        helper.make_node("MatMul", ["queries", "keys"], ["scores"]),
        helper.make_node("Relu", ["scores"], ["weights"]),
        helper.make_node("MatMul", ["weights", "values"], ["heads"]),
        turned("heads", "y", [0, 2, 1, 3]),
    ]
    random = np.random.default_rng(2)
    constants = {name: integers(random, (4, 6)) for name in ("wq", "wk", "wv")}
    constants["split"] = np.array([-1, 5, 2, 3], np.int64)
    return save(path, nodes, constants, (5, 4))


def place(path, op, shape, **attributes):
    node = helper.make_node(op, ["q"], ["y"], **attributes)
    return save(path, [node], {}, shape, element=TensorProto.INT64)


def test_attention_equals_onnxruntime(tmp_path):
    assert equals_onnxruntime(attention(tmp_path / "m.onnx"), SHAPE)


def test_two_heads_equal_onnxruntime(tmp_path):
    assert equals_onnxruntime(two_heads(tmp_path / "m.onnx"), (5, 4))


@pytest.mark.parametrize("model", [attention, two_heads])
@pytest.mark.parametrize("reuse", [None, 1, 2, 3, 8, 1000])
def test_attention_as_hardware(tmp_path, model, reuse):
    loaded = gatefold.load(model(tmp_path / "m.onnx"))
    options = {} if reuse is None else {"reuse": reuse}
    verification = loaded.verify(levels=["graph", "design"], random=6, extreme=4, **options)
    assert verification.equal, verification.line


@pytest.mark.parametrize(("model", "reuse"), [(attention, 1), (attention, 4), (two_heads, 6)])
def test_attention_in_simulated_systemverilog(tmp_path, model, reuse):
    loaded = gatefold.load(model(tmp_path / "m.onnx"))
    verification = loaded.verify(levels=["design", "verilator"], random=6, extreme=4, reuse=reuse)
    assert verification.equal, verification.line


def test_more_reuse_takes_fewer_multipliers(tmp_path):
    loaded = gatefold.load(attention(tmp_path / "m.onnx"))

    def multipliers(reuse):
        processes = loaded.compile(reuse=reuse).data["processes"]
        return [p["multipliers"] for p in processes if p["process"].endswith("product")]

    assert multipliers(1) == [8, 8]
    assert multipliers(3) == [4, 4]
    assert multipliers(8) == [1, 1]


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


@pytest.mark.parametrize("op", ["ArgMax", "ArgMin"])
def test_a_place_behind_a_fold(tmp_path, op):
    """Logits that come one by one, among them equal ones."""
    nodes = [
        helper.make_node("MatMul", ["q", "w"], ["logits"]),
        helper.make_node(op, ["logits"], ["y"], axis=1, keepdims=0),
    ]
    weights = integers(np.random.default_rng(3), (6, 7))
    weights[:, 5] = weights[:, 2]
    path = save(tmp_path / "m.onnx", nodes, {"w": weights}, (6,), element=TensorProto.INT64)
    model = gatefold.load(path)
    verification = model.verify(levels=["design", "verilator"], random=20, extreme=4, reuse=42)
    assert verification.equal, verification.line
    processes = model.compile(reuse=42).data["processes"]
    assert processes[-1]["process"].endswith("order")


@pytest.mark.parametrize("reuse", [None, 1])
def test_a_place_as_hardware(tmp_path, reuse):
    model = gatefold.load(place(tmp_path / "m.onnx", "ArgMax", (5,), axis=1, keepdims=0))
    options = {} if reuse is None else {"reuse": reuse}
    levels = ["graph", "design", "verilator"]
    verification = model.verify(levels=levels, random=10, extreme=4, **options)
    assert verification.equal, verification.line


def best_values(path, axis, largest, outputs):
    node = helper.make_node("TopK", ["q", "k"], ["best", "places"], axis=axis, largest=largest)
    constants = {"k": np.array([3], np.int64)}
    kinds = {"best": TensorProto.FLOAT, "places": TensorProto.INT64}
    last = helper.make_node("Identity", [outputs], ["y"])
    return save(path, [node, last], constants, (5, 7), element=kinds[outputs])


@pytest.mark.parametrize("outputs", ["best", "places"])
@pytest.mark.parametrize("axis", [1, -1])
@pytest.mark.parametrize("largest", [0, 1])
def test_best_values_and_their_places(tmp_path, outputs, axis, largest):
    assert equals_onnxruntime(best_values(tmp_path / "m.onnx", axis, largest, outputs), (5, 7))


@pytest.mark.parametrize("reuse", [None, 4])
def test_best_values_as_hardware(tmp_path, reuse):
    model = gatefold.load(best_values(tmp_path / "m.onnx", -1, 1, "places"))
    options = {} if reuse is None else {"reuse": reuse}
    levels = ["graph", "design", "verilator"]
    verification = model.verify(levels=levels, random=10, extreme=4, **options)
    assert verification.equal, verification.line
