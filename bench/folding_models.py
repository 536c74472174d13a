"""The networks of bench/folding.py that are not bundled: a 784-16-10 perceptron and a small CNN.

Weights and inputs are random from a seed: cost and time of a fold depend on shapes, types and
zeros, not on what a network has learnt. Half of the weights are zero.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

DOMAIN = "qonnx.custom_op.general"


class Network:
    """A QONNX model under construction: a chain of quantized layers on one input."""

    def __init__(self, name, shape, seed=0):
        self.random = np.random.default_rng(seed)
        self.name, self.shape = name, shape
        self.nodes, self.constants = [], {}
        self.value = self.quantize("x", "input", 8, signed=True)

    def node(self, op, inputs, name, **attributes):
        self.nodes.append(helper.make_node(op, inputs, [name], name, **attributes))
        return name

    def constant(self, name, array):
        self.constants[name] = np.asarray(array)
        return name

    def quantize(self, x, name, bits, signed):
        words = {"scale": 1 / 16, "zero": 0.0, "bits": bits}
        inputs = [self.constant(f"{name}/{k}", np.float32(v)) for k, v in words.items()]
        attributes = {"signed": int(signed), "narrow": 0, "rounding_mode": "FLOOR"}
        return self.node("Quant", [x, *inputs], name, domain=DOMAIN, **attributes)

    def weights(self, name, shape):
        values = self.random.integers(-31, 32, shape) * (self.random.random(shape) < 0.5)
        return self.constant(f"{name}/weight", np.float32(values / 64))

    def activate(self, name):
        relu = self.node("Relu", [self.value], f"{name}/relu")
        self.value = self.quantize(relu, f"{name}_act", 6, signed=False)

    def dense(self, name, inputs, outputs):
        self.value = self.node("MatMul", [self.value, self.weights(name, (inputs, outputs))], name)

    def conv(self, name, channels, outputs, kernel=3):
        weight = self.weights(name, (outputs, channels, kernel, kernel))
        self.value = self.node("Conv", [self.value, weight], name, pads=[1, 1, 1, 1])

    def pool(self, name):
        self.value = self.node("MaxPool", [self.value], name, kernel_shape=[2, 2], strides=[2, 2])

    def flatten(self):
        self.value = self.node("Flatten", [self.value], "flatten")

    def save(self, path):
        arrays = [numpy_helper.from_array(a, n) for n, a in self.constants.items()]
        ports = [
            helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, *self.shape]),
            helper.make_tensor_value_info(self.value, TensorProto.FLOAT, None),
        ]
        graph = helper.make_graph(self.nodes, self.name, ports[:1], ports[1:], arrays)
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid(DOMAIN, 1)]
        onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=8), path)

    def inputs(self, count):
        return self.random.normal(size=(count, *self.shape)).astype(np.float32)


def perceptron():
    """784-16-10, as in the reuse scan of arXiv 2103.05579."""
    network = Network("perceptron", (784,))
    network.dense("dense1", 784, 16)
    network.activate("dense1")
    network.dense("dense2", 16, 10)
    return network


def small_cnn():
    """12 x 12 images through two convolutions with pooling and a dense layer."""
    network = Network("small_cnn", (1, 12, 12))
    network.conv("conv1", 1, 8)
    network.activate("conv1")
    network.pool("pool1")
    network.conv("conv2", 8, 8)
    network.activate("conv2")
    network.pool("pool2")
    network.flatten()
    network.dense("dense", 72, 10)
    return network
