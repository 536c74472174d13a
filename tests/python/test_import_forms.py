"""Forms that exporters leave in a file: extents of an open batch, constants through subgraphs."""

import exact_onnx
import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper
from small_models import DOMAIN, port, quant

import gatefold


def predicted_exactly(path, nodes, constants, shape, batch="n", samples=4, opset=17):
    """Whether the emulator equals the exact evaluation of a file that quantizes x to q."""
    quantizer, own = quant("x", "q", 0.25)
    arrays = [numpy_helper.from_array(np.asarray(a), n) for n, a in constants.items()]
    arrays += [numpy_helper.from_array(np.asarray(a, np.float32), n) for n, a in own.items()]
    ports = [port("x", [batch, *shape])], [port("y", None)]
    graph = helper.make_graph([quantizer, *nodes], "form", *ports, arrays)
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid(DOMAIN, 1)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    onnx.save(model, path)
    x = np.random.default_rng(1).normal(0, 1, (samples, *shape))
    expected = exact_onnx.evaluate(model, {"x": x})["y"]
    np.testing.assert_array_equal(gatefold.load(path).predict(x), expected)
    return True


VIEW = [  # x.view(x.shape[0], -1) as PyTorch's exporter writes it
    helper.make_node("Shape", ["q"], ["s"]),
    helper.make_node("Gather", ["s", "first"], ["n"], axis=0),
    helper.make_node("Unsqueeze", ["n", "axes"], ["u"]),
    helper.make_node("Concat", ["u", "rest"], ["target"], axis=0),
    helper.make_node("Reshape", ["q", "target"], ["y"]),
]
VIEW_CONSTANTS = {"first": np.int64(0), "axes": np.array([0]), "rest": np.array([-1])}


@pytest.mark.parametrize("batch, samples", [("n", 4), (None, 3), (1, 1), (32, 32)])
def test_reshape_by_the_shape_of_the_input(tmp_path, batch, samples):
    arguments = (VIEW, VIEW_CONSTANTS, (3, 2), batch, samples)
    assert predicted_exactly(tmp_path / "view.onnx", *arguments)


def test_known_extents_of_an_open_batch_are_numbers(tmp_path):
    """x.view(-1, x.shape[2], x.shape[1])"""
    nodes = [
        helper.make_node("Shape", ["q"], ["s"]),
        helper.make_node("Gather", ["s", "swapped"], ["known"]),
        helper.make_node("Concat", ["open", "known"], ["target"], axis=0),
        helper.make_node("Reshape", ["q", "target"], ["y"]),
    ]
    constants = {"swapped": np.array([2, -2]), "open": np.array([-1])}
    assert predicted_exactly(tmp_path / "known.onnx", nodes, constants, (3, 2))


@pytest.mark.parametrize("opset", [11, 17])
def test_weights_through_a_constant_subgraph(tmp_path, opset):
    """-|w| beside sqrt(v), stacked from rows, squeezed and unsqueezed on the way."""
    axes = {"axes": [0]} if opset < 13 else {}
    more = [] if axes else ["axis"]
    nodes = [
        helper.make_node("Abs", ["w"], ["positive"]),
        helper.make_node("Neg", ["positive"], ["negative"]),
        helper.make_node("Unsqueeze", ["negative", *more], ["row"], **axes),
        helper.make_node("Sqrt", ["v"], ["roots"]),
        helper.make_node("Squeeze", ["roots", *more], ["flat"], **axes),
        helper.make_node("Unsqueeze", ["flat", *more], ["second"], **axes),
        helper.make_node("Concat", ["row", "second"], ["both"], axis=0),
        helper.make_node("Gather", ["both", "order"], ["matrix"], axis=-1),
        helper.make_node("MatMul", ["q", "matrix"], ["y"]),
    ]
    constants = {"w": np.float32([1.5, -0.5, 2]), "v": np.float32([[4, 0.25, 9]])}
    constants |= {"order": np.array([2, 0, -2, 1]), "axis": np.array([0])}
    path = tmp_path / "subgraph.onnx"
    assert predicted_exactly(path, nodes, constants, (2,), opset=opset)


@pytest.mark.parametrize("exponent", [0.5, 1, 2, -1])
def test_powers_of_constants_that_are_one_operation(tmp_path, exponent):
    nodes = [
        helper.make_node("Pow", ["v", "e"], ["matrix"]),
        helper.make_node("MatMul", ["q", "matrix"], ["y"]),
    ]
    constants = {"v": np.float32([[4, 0.25, 16], [1, 64, 0.0625]]), "e": np.float32(exponent)}
    assert predicted_exactly(tmp_path / "power.onnx", nodes, constants, (2,))
    constants["e"] = np.float32(0.3)
    with pytest.raises(gatefold.GatefoldError, match="ConstantLayer"):
        predicted_exactly(tmp_path / "other.onnx", nodes, constants, (2,))


@pytest.mark.parametrize("op", ["Add", "Sub", "Mul"])
def test_branches_of_other_scales_and_zero_points_meet(tmp_path, op):
    """A residual connection: steps of 1/4 and 0.3 with the zero point 3 and halves."""
    attributes = {"signed": 1, "narrow": 0, "rounding_mode": "ROUND"}
    nodes = [
        helper.make_node("MatMul", ["q", "w"], ["m"]),
        helper.make_node("Quant", ["m", "s", "z", "b"], ["r"], domain=DOMAIN, **attributes),
        helper.make_node("BipolarQuant", ["m", "s"], ["t"], domain=DOMAIN),
        helper.make_node(op, ["q", "r"], ["sum"]),
        helper.make_node(op, ["sum", "t"], ["y"]),
    ]
    constants = {"w": np.float32([[1, 0.5], [-2, 1]]), "s": np.float32([[0.3, 0.125]])}
    constants |= {"z": np.float32([[3, 0.5]]), "b": np.float32(5)}
    assert predicted_exactly(tmp_path / "residual.onnx", nodes, constants, (2,), samples=40)


@pytest.mark.parametrize("function", ["Sigmoid", "Tanh"])
def test_huge_floats_saturate_an_activation_on_the_input(tmp_path, function):
    after, constants = quant("a", "y", 0.0625, bits=5)
    nodes = [helper.make_node(function, ["x"], ["a"]), after]
    arrays = [numpy_helper.from_array(np.asarray(a, np.float32), n) for n, a in constants.items()]
    graph = helper.make_graph(nodes, "huge", [port("x", ["n", 4])], [port("y", None)], arrays)
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(DOMAIN, 1)]
    path = tmp_path / "huge.onnx"
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=8), path)
    low = 0 if function == "Sigmoid" else -1
    predicted = gatefold.load(path).predict(np.array([[1e308, 70000, -70000, -1e308]]))
    np.testing.assert_array_equal(predicted, [[15 / 16, 15 / 16, low, low]])
