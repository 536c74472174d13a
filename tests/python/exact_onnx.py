"""The meaning of a QONNX file in rational numbers: what every other evaluation is compared with.

Constants, and quantizers on constants, follow the framework's float32 arithmetic; a quantized
constant then stands for exactly (integer - zero point) * scale. Everything that depends on an input
is exact; Sigmoid and Tanh have 60 correct digits more than their distance from a constant.
"""

import decimal
import math
from fractions import Fraction

import numpy as np
import onnx
from onnx import numpy_helper

HALF = Fraction(1, 2)
DEFAULT_ALPHA = float(np.float32(0.01))  # attributes are float32
DEFAULT_EPSILON = float(np.float32(1e-5))
SATURATED = 300  # beyond it, Sigmoid and Tanh are nearer to a constant than any quantizer sees


def sign_of(x):
    """-1, 0 or 1."""
    return (x > 0) - (x < 0)


ROUNDINGS = {
    "ROUND": round,
    "HALF_EVEN": round,
    "FLOOR": math.floor,
    "CEIL": math.ceil,
    "DOWN": math.trunc,
    "UP": lambda x: sign_of(x) * math.ceil(abs(x)),
    "HALF_UP": lambda x: sign_of(x) * math.floor(abs(x) + HALF),
    "HALF_DOWN": lambda x: sign_of(x) * math.ceil(abs(x) - HALF),
}


def each(function):
    """`function` of one number, elementwise on arrays of objects (a 0-d array stays an array)."""
    vectorised = np.frompyfunc(function, 1, 1)
    return lambda array: np.asarray(vectorised(array), dtype=object)


to_fractions = each(lambda value: value if isinstance(value, Fraction) else Fraction(float(value)))
to_floats = each(float)


def exact(array):
    """Any numeric array as Fractions."""
    return to_fractions(np.asarray(array))


def is_constant(array):
    """Constants of the file are plain NumPy arrays, or `Quantized`."""
    return isinstance(array, Quantized) or array.dtype != object


class Quantized:
    """A quantized constant: exact values that later float32 arithmetic would round."""

    def __init__(self, values):
        self.values = values

    def rounded(self):
        """The float32 numbers that the framework holds."""
        return self.values.astype(np.float64).astype(np.float32)


def value_of(array):
    """The exact values of a constant or of a computed tensor."""
    return array.values if isinstance(array, Quantized) else exact(array)


def bounds(bits, signed, narrow):
    """(smallest, largest) integer."""
    if signed:
        return -(2 ** (bits - 1)) + narrow, 2 ** (bits - 1) - 1
    return 0, 2**bits - 1 - narrow


def quotients(x, scale, zero_point):
    """x / scale + zero point: in float32 for constants, else exact."""
    if is_constant(x):
        x = x.rounded() if isinstance(x, Quantized) else x
        real = (x.astype(np.float32) / scale).astype(np.float32)
        return exact((real + zero_point).astype(np.float32))
    return x / exact(scale) + exact(zero_point)


def quant(x, scale, zero_point, bits, signed=1, narrow=0, rounding_mode=b"ROUND"):
    """QONNX `Quant` and `IntQuant`."""
    real = quotients(x, scale, zero_point)
    if signed and np.all(bits == 1):
        integers = each(lambda value: 1 if value >= 0 else -1)(real)
    else:
        low, high = bounds(each(int)(bits), signed, narrow)
        rounded = each(ROUNDINGS[rounding_mode.decode().upper()])(real)
        integers = np.minimum(np.maximum(rounded, low), high)
    values = (integers - exact(zero_point)) * exact(scale)
    return Quantized(values) if is_constant(x) else values


def bipolar_quant(x, scale):
    """QONNX `BipolarQuant`."""
    signs = each(lambda value: 1 if value >= 0 else -1)(value_of(x))
    values = signs * exact(scale)
    return Quantized(values) if is_constant(x) else values


def decimal_of(x, digits):
    """A Fraction as a Decimal of so many digits."""
    decimal.getcontext().prec = digits
    return decimal.Decimal(x.numerator) / decimal.Decimal(x.denominator)


def sigmoid(x):
    """1 / (1 + e^-x)."""
    x = max(min(x, Fraction(SATURATED)), Fraction(-SATURATED))
    return Fraction(1 / (1 + (-decimal_of(x, 80 + int(abs(x)))).exp()))


def tanh(x):
    """2 sigmoid(2 x) - 1."""
    return 2 * sigmoid(2 * x) - 1


def leaky_relu(x, alpha=DEFAULT_ALPHA):
    """x, or alpha x below 0."""
    return each(lambda value: value if value >= 0 else value * Fraction(alpha))(x)


def batch_normalization(x, gamma, beta, mean, variance, epsilon=DEFAULT_EPSILON, **_):
    """Over axis 1; the multiplier is computed in double precision."""
    gamma, variance = gamma.astype(np.float64), variance.astype(np.float64)
    multiplier = exact(gamma / np.sqrt(variance + epsilon))
    shape = (1, -1) + (1,) * (x.ndim - 2)
    centred = x - exact(mean).reshape(shape)
    return centred * multiplier.reshape(shape) + exact(beta).reshape(shape)


def matmul(a, b):
    """Product over the last axis of `a` and the first of the matrix `b`."""
    return np.matmul(value_of(a), value_of(b))


def gemm(a, b, c=None, alpha=1.0, beta=1.0, transA=0, transB=0):  # noqa: N803
    """alpha A B + beta C."""
    assert not transA
    product = matmul(a, value_of(b).T if transB else b) * Fraction(alpha)
    return product if c is None else product + value_of(c) * Fraction(beta)


def wiring(function):
    """A function of arrays that moves elements, for constants and computed tensors."""

    def moved(x, *rest, **attributes):
        if isinstance(x, Quantized):
            return Quantized(function(x.values, *rest, **attributes))
        return function(x, *rest, **attributes)

    return moved


def reshape(x, target):
    """ONNX Reshape: 0 keeps an extent."""
    return x.reshape([x.shape[i] if n == 0 else int(n) for i, n in enumerate(target)])


def flatten(x, axis=1):
    """ONNX Flatten."""
    return x.reshape(math.prod(x.shape[:axis]), -1)


def concat(*parts, axis):
    """ONNX Concat; a quantized constant keeps its exact values."""
    if any(isinstance(part, Quantized) for part in parts):
        return Quantized(np.concatenate([value_of(part) for part in parts], axis=axis))
    return np.concatenate(parts, axis=axis)


def axes_list(axes):
    """Axes as NumPy takes them: an attribute before operator set 13, an input since."""
    return tuple(int(axis) for axis in axes)


def arithmetic(operator):
    """An elementwise operator: float32 on constants, else exact."""

    def applied(a, b):
        if is_constant(a) and is_constant(b):
            a, b = (v.rounded() if isinstance(v, Quantized) else v for v in (a, b))
            return operator(a, b)
        return operator(value_of(a), value_of(b))

    return applied


OPERATORS = {
    "Quant": quant,
    "IntQuant": quant,
    "BipolarQuant": bipolar_quant,
    "MatMul": matmul,
    "Gemm": gemm,
    "Add": arithmetic(np.add),
    "Sub": arithmetic(np.subtract),
    "Mul": arithmetic(np.multiply),
    "Div": arithmetic(np.divide),
    "BatchNormalization": batch_normalization,
    "Relu": lambda x: np.maximum(x, Fraction(0)),
    "LeakyRelu": leaky_relu,
    "Sigmoid": each(sigmoid),
    "Tanh": each(tanh),
    "Flatten": wiring(flatten),
    "Reshape": wiring(reshape),
    "Transpose": wiring(lambda x, perm=None: np.transpose(x, perm)),
    "Concat": concat,
    "Shape": lambda x: np.asarray(x.shape, np.int64),
    "Gather": wiring(lambda x, indices, axis=0: np.take(x, indices, axis=axis)),
    "Unsqueeze": wiring(lambda x, axes: np.expand_dims(x, axes_list(axes))),
    "Squeeze": wiring(lambda x, axes: np.squeeze(x, axes_list(axes))),
    "Cast": lambda x, to: x,
    "Neg": lambda x: -x,
    "Abs": abs,
    "Sqrt": np.sqrt,
    "Pow": np.power,
    "Identity": lambda x: x,
    "Dropout": lambda x, *_: x,
}


def attributes_of(node):
    """Attributes of an ONNX node as a dict."""
    return {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}


def evaluate_all(model, inputs):
    """Every tensor by name, as Fractions; `inputs` are float arrays [samples, *shape] by name."""
    values = {i.name: numpy_helper.to_array(i) for i in model.graph.initializer}
    values |= {name: exact(array) for name, array in inputs.items()}
    for node in model.graph.node:
        if node.op_type == "Constant":
            (attribute,) = node.attribute
            values[node.output[0]] = numpy_helper.to_array(attribute.t)
            continue
        operands = [values[name] for name in node.input]
        values[node.output[0]] = OPERATORS[node.op_type](*operands, **attributes_of(node))
    return values


def evaluate(model, inputs):
    """The outputs by name, as the nearest doubles."""
    values = evaluate_all(model, inputs)
    return {o.name: values[o.name].astype(np.float64) for o in model.graph.output}
