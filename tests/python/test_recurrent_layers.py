"""LSTM, GRU, RNN: the emulator equals an exact evaluation; onnxruntime where types are wide."""

from fractions import Fraction

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import helper, numpy_helper
from recurrent_models import evaluate, quantized_input, save, weights_of
from small_models import DOMAIN, port, quant

import gatefold

TYPES = {"gates": "fixed<8,1>", "cell": "fixed<10,4>", "hidden": "fixed<7,1>"}
DIRECTIONS = ["forward", "reverse", "bidirectional"]
FORMS = [("LSTM", False), ("GRU", False), ("GRU", True), ("RNN", False)]


def batch_first(results):
    """Y and the states as `save` gives them."""
    y, *states = results
    samples = y.shape[2]
    y = y.transpose(2, 0, 1, 3).reshape(samples, y.shape[0], -1)
    return [array.astype(np.float64) for array in (y, *(s.transpose(1, 0, 2) for s in states))]


def attributes_of(direction, reset_after):
    """Attributes of the node."""
    attributes = {"direction": direction}
    return attributes | ({"linear_before_reset": 1} if reset_after else {})


def predicted(path, x, types):
    """The outputs in the file's order."""
    model = gatefold.load(path, recurrent_type=types)
    results = model.predict(x)
    return [results[port.name] for port in model.outputs]


@pytest.mark.parametrize("op, reset_after", FORMS)
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_equals_exact_evaluation(tmp_path, op, reset_after, direction):
    random = np.random.default_rng(5)
    directions = 2 if direction == "bidirectional" else 1
    for features, hidden, time in [(1, 1, 1), (3, 2, 5), (2, 5, 3)]:
        arrays = weights_of(random, op, features, hidden, directions)
        x = quantized_input(random, 4, (time, features))
        attributes = attributes_of(direction, reset_after)
        path = save(tmp_path / "m.onnx", op, arrays, (time, features), **attributes)
        turned = np.frompyfunc(Fraction, 1, 1)(x)
        expected = evaluate(op, turned.transpose(1, 0, 2), arrays, TYPES, direction, reset_after)
        for got, wanted in zip(predicted(path, x, TYPES), batch_first(expected), strict=True):
            np.testing.assert_array_equal(got, wanted)


@pytest.mark.parametrize("op, reset_after", FORMS)
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_nears_onnxruntime_with_wide_types(tmp_path, op, reset_after, direction):
    random = np.random.default_rng(6)
    directions = 2 if direction == "bidirectional" else 1
    arrays = weights_of(random, op, 3, 2, directions)
    arrays["h0"] = np.float32(random.integers(-4, 5, (directions, 1, 2)) / 8)
    if op == "LSTM":
        arrays["c0"] = np.float32(random.integers(-8, 9, (directions, 1, 2)) / 8)
    x = quantized_input(random, 1, (4, 3))
    attributes = attributes_of(direction, reset_after)
    path = save(tmp_path / "m.onnx", op, arrays, (4, 3), **attributes)
    nodes = [
        node if node.op_type != "Quant" else helper.make_node("Identity", ["x"], ["q"])
        for node in onnx.load(path).graph.node
    ]
    model = onnx.load(path)
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    expected = session.run(None, {"x": x.astype(np.float32)})
    for got, wanted in zip(predicted(path, x, "fixed<24,4>"), expected, strict=True):
        np.testing.assert_allclose(got, wanted, atol=1e-4)


def test_last_output_of_an_open_batch_with_states_from_its_shape(tmp_path):
    """As PyTorch exports nn.LSTM(batch_first=True) and a dense layer on the last step."""
    random = np.random.default_rng(7)
    arrays = weights_of(random, "LSTM", 2, 3, 1)
    first, own = quant("x", "q", 0.125, bits=6)
    zero = numpy_helper.from_array(np.float32([0]))
    nodes = [
        first,
        helper.make_node("Transpose", ["q"], ["t"], perm=[1, 0, 2]),
        helper.make_node("Shape", ["q"], ["s"]),
        helper.make_node("Gather", ["s", "first"], ["n"], axis=0),
        helper.make_node("Unsqueeze", ["n", "zero_axis"], ["batch"]),
        helper.make_node("Concat", ["one", "batch", "three"], ["extents"], axis=0),
        helper.make_node("ConstantOfShape", ["extents"], ["h0"], value=zero),
        helper.make_node(
            "LSTM", ["t", "W", "R", "B", "", "h0", "h0"], ["Y", "", ""], hidden_size=3
        ),
        helper.make_node("Squeeze", ["Y", "axis"], ["squeezed"]),
        helper.make_node("Transpose", ["squeezed"], ["turned"], perm=[1, 0, 2]),
        helper.make_node("Gather", ["turned", "last"], ["z"], axis=1),
        helper.make_node("MatMul", ["z", "dense"], ["y"]),
    ]
    constants = {n: np.float32(a) for n, a in own.items()} | arrays
    constants |= {"first": np.int64(0), "last": np.int64(-1), "one": np.array([1])}
    constants |= {"three": np.array([3]), "axis": np.array([1]), "zero_axis": np.array([0])}
    constants["dense"] = np.float32([[1, -2], [0.5, 1], [2, 0.25]])
    tensors = [numpy_helper.from_array(np.asarray(a), n) for n, a in constants.items()]
    ports = [port("x", ["n", 4, 2])], [port("y", None)]
    graph = helper.make_graph(nodes, "recurrent", *ports, tensors)
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(DOMAIN, 1)]
    path = tmp_path / "m.onnx"
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=8), path)
    x = quantized_input(random, 5, (4, 2))
    model = gatefold.load(path, recurrent_type=TYPES)
    turned = np.frompyfunc(Fraction, 1, 1)(x).transpose(1, 0, 2)
    last = evaluate("LSTM", turned, arrays, TYPES)[1][0].astype(np.float64)
    np.testing.assert_array_equal(model.predict(x), last @ constants["dense"])


def test_types_must_be_given(tmp_path):
    arrays = weights_of(np.random.default_rng(1), "GRU", 2, 2, 1)
    path = save(tmp_path / "m.onnx", "GRU", arrays, (3, 2))
    with pytest.raises(gatefold.GatefoldError, match="rounds its hidden in each step"):
        gatefold.load(path, recurrent_type={"gates": "fixed<8,1>"})
    with pytest.raises(gatefold.GatefoldError, match="rounds its gates in each step"):
        gatefold.load(path)
