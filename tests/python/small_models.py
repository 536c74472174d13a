"""Small QONNX models by hand, good and bad, for tests of what users see."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

DOMAIN = "qonnx.custom_op.general"


def port(name, shape):
    """A float port; a string extent is dynamic."""
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def quant(x, output, scale, bits=4, signed=1, narrow=0, mode="ROUND", zero=0.0):
    """A Quant node and its constants."""
    constants = {f"{output}/scale": scale, f"{output}/zero": zero, f"{output}/bits": bits}
    attributes = {"signed": signed, "narrow": narrow, "rounding_mode": mode}
    node = helper.make_node("Quant", [x, *constants], [output], output, domain=DOMAIN, **attributes)
    return node, constants


def save(path, nodes, inputs, outputs, constants):
    """Write the model and return its path."""
    arrays = [numpy_helper.from_array(np.asarray(a, np.float32), n) for n, a in constants.items()]
    graph = helper.make_graph(nodes, "small", inputs, outputs, arrays)
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(DOMAIN, 1)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    path.write_bytes(model.SerializeToString())
    return path


def two_ports(path):
    """total = qa + qb and twice = 2 qa, both inputs of shape (3,) in steps of 0.25."""
    qa, constants = quant("a", "qa", 0.25)
    qb, more = quant("b", "qb", 0.25)
    nodes = [
        qa,
        qb,
        helper.make_node("Add", ["qa", "qb"], ["total"], "adder"),
        helper.make_node("Mul", ["qa", "two"], ["twice"], "doubler"),
    ]
    outputs = [port("total", [1, 3]), port("twice", [1, 3])]
    return save(
        path,
        nodes,
        [port("a", [1, 3]), port("b", [1, 3])],
        outputs,
        {**constants, **more, "two": 2.0},
    )


def dense(path, weights=((1, -2), (0, 3)), extents=(1, 2), behind=()):
    """y = q(x) W, with nodes `behind` it."""
    qx, constants = quant("x", "qx", 0.25)
    nodes = [qx, helper.make_node("MatMul", ["qx", "w"], ["y"], "fc1"), *behind]
    output = behind[-1].output[0] if behind else "y"
    constants = {**constants, "w": weights}
    return save(path, nodes, [port("x", extents)], [port(output, [1, 2])], constants)


def unquantized_activation(path):
    """A Sigmoid in the middle and an unknown operator: two problems of two layers."""
    nodes = [
        helper.make_node("Sigmoid", ["y"], ["s"], "gate"),
        helper.make_node("MatMul", ["s", "w"], ["t"], "fc2"),
        helper.make_node("Erf", ["y"], ["e"], "error_function"),
        helper.make_node("Add", ["t", "e"], ["z"], "sum"),
    ]
    return dense(path, behind=nodes)


def smooth(path, bits=16):
    """Two layers of Tanh between quantizers too wide for a table, and a Softmax."""
    q1, c1 = quant("t1", "q1", 2.0**-15, bits)
    q2, c2 = quant("t2", "q2", 2.0**-15, bits)
    nodes = [
        helper.make_node("Tanh", ["wide"], ["t1"], "tanh1"),
        q1,
        helper.make_node("Tanh", ["q1"], ["t2"], "tanh2"),
        q2,
    ]
    qx, constants = quant("x", "wide", 2.0**-10, bits)
    return save(
        path,
        [qx, *nodes],
        [port("x", [1, 2])],
        [port("q2", [1, 2])],
        {**constants, **c1, **c2},
    )


def host_functions(path):
    """Standardised, squashed inputs, a dense layer, and a Softmax at the end."""
    qx, constants = quant("squashed", "qx", 0.03, 6, mode="FLOOR")
    nodes = [
        helper.make_node("Sub", ["x", "mean"], ["centred"], "centre"),
        helper.make_node("Tanh", ["centred"], ["squashed"], "squash"),
        qx,
        helper.make_node("Gemm", ["qx", "w", "b"], ["logits"], "fc1"),
        helper.make_node("Softmax", ["logits"], ["y"], "probabilities"),
    ]
    arrays = {"mean": [0.5, -0.25], "w": [[1, -2, 3], [0, 3, 1]], "b": [0.5, 0.0, -0.125]}
    return save(path, nodes, [port("x", [1, 2])], [port("y", [1, 3])], {**constants, **arrays})


def wide_layer(path, size=160):
    """A dense layer of 8-bit weights whose adder graph takes many seconds."""
    weights = np.random.default_rng(1).integers(-127, 128, (size, size))
    qx, constants = quant("x", "qx", 0.25, 8)
    nodes = [qx, helper.make_node("MatMul", ["qx", "w"], ["y"], "fc1")]
    ports = [port("x", [1, size])], [port("y", [1, size])]
    return save(path, nodes, *ports, {**constants, "w": weights})


def cyclic(path):
    """Two additions that feed one another."""
    nodes = [
        helper.make_node("Add", ["x", "b"], ["a"], "first"),
        helper.make_node("Add", ["a", "x"], ["b"], "second"),
    ]
    return save(path, nodes, [port("x", [1, 2])], [port("b", [1, 2])], {})


def truncated(path, source):
    """The first half of a model file."""
    whole = onnx.load(source).SerializeToString()
    path.write_bytes(whole[: len(whole) // 2])
    return path
