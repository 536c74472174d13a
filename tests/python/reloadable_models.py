"""Small models whose weights alone differ from seed to seed, for tests of reloadable weights."""

import numpy as np
from onnx import helper
from small_models import port, quant, save

WEIGHT = 0.125  # steps of quantizers
INPUT = 0.25


class Builder:
    """Layers with quantized weights and biases."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        self.nodes, self.constants = [], {}

    def quantize(self, x, output, scale, **form):
        node, constants = quant(x, output, scale, **form)
        self.nodes.append(node)
        self.constants |= constants

    def parameters(self, layer, shape, step, by_channel=False, bias=True):
        """Names of the quantized weights and bias of a layer whose inputs count in `step`."""
        channels = (-1,) + (1,) * (len(shape) - 1)
        scale = np.full(shape[0], WEIGHT)
        if by_channel:
            scale *= 2.0 ** (np.arange(shape[0]) % 3)
        self.constants[f"{layer}/w"] = self.random.integers(-8, 8, shape) * scale.reshape(channels)
        self.quantize(
            f"{layer}/w", f"{layer}/wq", scale.reshape(channels) if by_channel else WEIGHT
        )
        if not bias:
            return [f"{layer}/wq"]
        steps = scale * step
        self.constants[f"{layer}/b"] = self.random.integers(-60, 61, shape[0]) * steps
        self.quantize(f"{layer}/b", f"{layer}/bq", steps if by_channel else WEIGHT * step, bits=8)
        return [f"{layer}/wq", f"{layer}/bq"]

    def activation(self, x, layer, scale, **form):
        self.nodes.append(helper.make_node("Relu", [x], [f"{layer}/relu"], f"{layer}/Relu"))
        self.quantize(f"{layer}/relu", f"{layer}/y", scale, **({"signed": 0} | form))
        return f"{layer}/y"

    def matmul(self, x, layer, inputs, outputs, step, turned=False):
        """A matrix and, in a node of its own, its bias, whose quantizer comes behind the matrix."""
        weights, bias = self.parameters(layer, (outputs, inputs), step)
        quantizer = self.nodes.pop()
        self.nodes += [
            helper.make_node("Transpose", [weights], [f"{layer}/wt"], perm=[1, 0]),
            helper.make_node(
                "MatMul", [x, f"{layer}/wt"], [f"{layer}/products"], f"{layer}/MatMul"
            ),
            quantizer,
        ]
        operands = [f"{layer}/products", bias]
        names = reversed(operands) if turned else operands
        self.nodes.append(helper.make_node("Add", list(names), [f"{layer}/sum"], f"{layer}/Add"))
        return f"{layer}/sum"

    def dense(self, x, layer, inputs, outputs, step, **form):
        weights = self.parameters(layer, (outputs, inputs), step, **form)
        node = helper.make_node("Gemm", [x, *weights], [f"{layer}/sum"], layer, transB=1)
        self.nodes.append(node)
        return f"{layer}/sum"

    def conv(self, x, layer, inputs, outputs, step, **form):
        weights = self.parameters(layer, (outputs, inputs, 3, 3), step, **form)
        pads = {"pads": [1, 1, 1, 1], "kernel_shape": [3, 3]}
        self.nodes.append(helper.make_node("Conv", [x, *weights], [f"{layer}/sum"], layer, **pads))
        return f"{layer}/sum"

    def finish(self, path, x, shape, outputs, scale):
        self.quantize(x, "y", scale, bits=6)
        path.parent.mkdir(exist_ok=True)
        ports = [port("x", [1, *shape])], [port("y", [1, outputs])]
        return save(path, self.nodes, *ports, self.constants)


def mlp(path, seed, activation=0.5, scale=1.0):
    """Two dense layers of 6, 5 and 3 values, the second with a scale for each output."""
    b = Builder(seed)
    b.quantize("x", "xq", INPUT)
    h = b.activation(b.dense("xq", "fc1", 6, 5, INPUT), "act1", activation)
    y = b.dense(h, "fc2", 5, 3, activation, by_channel=True)
    return b.finish(path, y, (6,), 3, scale)


def shifted(path, seed):
    """Zero points in front of a convolution, which pads with one, and of two matrices, whose biases
    are nodes of their own."""
    b = Builder(seed)
    b.quantize("x", "xq", INPUT, zero=3.0)
    h = b.activation(b.conv("xq", "conv1", 2, 3, INPUT), "act1", 1.0, zero=-5.0, signed=1)
    b.nodes.append(helper.make_node("Flatten", [h], ["flat"], "flatten"))
    h = b.activation(b.matmul("flat", "fc1", 48, 4, 1.0), "act2", 8.0, zero=2.0)
    y = b.matmul(h, "fc2", 4, 3, 8.0, turned=True)
    return b.finish(path, y, (2, 4, 4), 3, 16.0)


def cnn(path, seed):
    """A convolution, and a dense layer without a bias over all pixels."""
    b = Builder(seed)
    b.quantize("x", "xq", INPUT)
    h = b.activation(b.conv("xq", "conv1", 2, 3, INPUT), "act1", 1.0)
    b.nodes.append(helper.make_node("Flatten", [h], ["flat"], "flatten"))
    y = b.dense("flat", "fc1", 48, 3, 1.0, bias=False)
    return b.finish(path, y, (2, 4, 4), 3, 8.0)
