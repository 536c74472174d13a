"""Evaluate a QONNX file of fully connected layers in double precision, without torch or qonnx.

The constants are the float32 numbers of the file; every operation on them is done in float64.
Only the operators that the models of this folder use are known; any other one is an error.
"""

import numpy as np
import onnx
from onnx import numpy_helper

ROUNDINGS = {"ROUND": np.rint, "FLOOR": np.floor, "CEIL": np.ceil, "ROUND_TO_ZERO": np.trunc}


def integer_bounds(bits, signed, narrow):
    """(smallest, largest) integer of a quantizer of `bits` bits."""
    if signed:
        return -(2 ** (bits - 1)) + narrow, 2 ** (bits - 1) - 1
    return 0, 2**bits - 1 - narrow


def quant_integers(x, scale, zero_point, bits, signed, narrow, rounding_mode):
    """Integers of the QONNX `Quant` operator, as float64 of the shape of `x`."""
    low, high = integer_bounds(float(bits), signed, narrow)
    rounded = ROUNDINGS[rounding_mode.decode()](x / scale + zero_point)
    return np.clip(rounded, low, high)


def quant(x, scale, zero_point, bits, **attributes):
    """QONNX `Quant`: quantize and dequantize; same shape as `x`."""
    integers = quant_integers(x, scale, zero_point, bits, **attributes)
    return (integers - zero_point) * scale


def gemm(a, b, c=0.0, alpha=1.0, beta=1.0, transA=0, transB=0):
    """alpha op(A) op(B) + beta C."""
    return alpha * (a.T if transA else a) @ (b.T if transB else b) + beta * c


def batch_normalization(x, gamma, beta, mean, variance, epsilon=1e-5, **_):
    """Inference-mode batch normalisation over the last axis."""
    return (x - mean) / np.sqrt(variance + epsilon) * gamma + beta


def softmax(x, axis=-1):
    """Numerically stable softmax along `axis`."""
    exponentials = np.exp(x - x.max(axis=axis, keepdims=True))
    return exponentials / exponentials.sum(axis=axis, keepdims=True)


OPERATORS = {
    "Quant": quant,
    "MatMul": np.matmul,
    "Gemm": gemm,
    "Transpose": lambda x, perm: np.transpose(x, perm),
    "BatchNormalization": batch_normalization,
    "Relu": lambda x: np.maximum(x, 0.0),
    "Softmax": softmax,
}


def attributes_of(node):
    """Attributes of an ONNX node as a dict."""
    return {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}


def constants_of(graph):
    """Initializers by name as float64 arrays."""
    arrays = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    return {name: np.asarray(array, dtype=np.float64) for name, array in arrays.items()}


def input_name(graph):
    """Name of the one input that is not an initializer."""
    constants = {i.name for i in graph.initializer}
    (name,) = [i.name for i in graph.input if i.name not in constants]
    return name


def evaluate_all(model, x):
    """Every tensor of `model` by name, for inputs `x` of shape (rows, features)."""
    values = constants_of(model.graph)
    values[input_name(model.graph)] = np.asarray(x, dtype=np.float64)
    for node in model.graph.node:
        operands = [values[name] for name in node.input]
        values[node.output[0]] = OPERATORS[node.op_type](*operands, **attributes_of(node))
    return values


def evaluate(model, x):
    """Outputs of an ONNX `model` for `x` of shape (rows, features), as float64."""
    return evaluate_all(model, x)[model.graph.output[0].name]


def weight_quantizers(model):
    """`Quant` nodes on initializers as (initializer name, integers, scale, bits)."""
    values = constants_of(model.graph)
    rows = []
    for node in model.graph.node:
        if node.op_type == "Quant" and node.input[0] in values:
            operands = [values[name] for name in node.input]
            integers = quant_integers(*operands, **attributes_of(node)).astype(np.int64)
            rows.append((node.input[0], integers, operands[1], int(operands[3])))
    return rows


def activation_quantizers(model):
    """`Quant` nodes on computed tensors: names, scale, zero point, bits, signed."""
    values = constants_of(model.graph)
    rows = []
    for node in model.graph.node:
        if node.op_type == "Quant" and node.input[0] not in values:
            scale, zero_point, bits = (float(values[name]) for name in node.input[1:])
            row = {"input": node.input[0], "output": node.output[0], "scale": scale}
            signed = bool(attributes_of(node)["signed"])
            rows.append({**row, "zero_point": zero_point, "bits": int(bits), "signed": signed})
    return rows
