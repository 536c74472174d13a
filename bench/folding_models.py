"""The networks of bench/folding.py and bench/scale.py, from a perceptron to MobileNet.

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
        self.options = []  # of the command line
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

    def weights(self, name, shape, share=0.5):
        """Six bits, a share of them not zero."""
        values = self.random.integers(-31, 32, shape) * (self.random.random(shape) < share)
        return self.constant(f"{name}/weight", np.float32(values / 64))

    def activate(self, name):
        relu = self.node("Relu", [self.value], f"{name}/relu")
        self.value = self.quantize(relu, f"{name}_act", 6, signed=False)

    def dense(self, name, inputs, outputs, share=0.5):
        weight = self.weights(name, (inputs, outputs), share)
        self.value = self.node("MatMul", [self.value, weight], name)

    def conv(self, name, channels, outputs, kernel=3, stride=1, groups=1):
        weight = self.weights(name, (outputs, channels // groups, kernel, kernel))
        attributes = {"pads": [kernel // 2] * 4, "strides": [stride] * 2, "group": groups}
        self.value = self.node("Conv", [self.value, weight], name, **attributes)

    def residual(self, name, channels, outputs, stride):
        """Two convolutions beside one of 1 x 1, or beside nothing, and their sum."""
        before = self.value
        self.conv(f"{name}_a", channels, outputs, 3, stride)
        self.activate(f"{name}_a")
        self.conv(f"{name}_b", outputs, outputs)
        inner = self.quantize(self.value, f"{name}_inner", 8, signed=True)
        self.value = before
        if stride != 1:
            self.conv(f"{name}_skip", channels, outputs, 1, stride)
        skip = self.quantize(self.value, f"{name}_outer", 8, signed=True)
        self.value = self.node("Add", [inner, skip], f"{name}_sum")
        self.activate(name)

    def average(self, name):
        self.value = self.node("GlobalAveragePool", [self.value], name)
        self.value = self.quantize(self.value, f"{name}_act", 8, signed=False)

    def pool(self, name):
        self.value = self.node("MaxPool", [self.value], name, kernel_shape=[2, 2], strides=[2, 2])

    def lstm(self, name, features, hidden):
        """The last hidden state of a sequence [time, features]."""
        for matrix, inputs in (("W", features), ("R", hidden)):
            self.weights(f"{name}/{matrix}", (1, 4 * hidden, inputs))
        bias = self.constant(f"{name}/bias", np.zeros((1, 8 * hidden), np.float32))
        turned = self.node("Transpose", [self.value], f"{name}_turned", perm=[1, 0, 2])
        inputs = [turned, f"{name}/W/weight", f"{name}/R/weight", bias]
        outputs = ["", f"{name}_h"]
        self.nodes.append(helper.make_node("LSTM", inputs, outputs, name, hidden_size=hidden))
        self.value = self.node("Transpose", [f"{name}_h"], f"{name}_last", perm=[1, 0, 2])
        types = {"gates": "fixed<8,1>", "cell": "fixed<12,4>", "hidden": "fixed<8,1>"}
        for role, text in types.items():
            self.options += ["--recurrent-type", f"{role}={text}"]

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


def resnet8():
    """ResNet-8 of MLPerf Tiny, 32 x 32 images, 10 classes."""
    network = Network("resnet8", (3, 32, 32))
    network.conv("conv1", 3, 16)
    network.activate("conv1")
    network.residual("stack1", 16, 16, 1)
    network.residual("stack2", 16, 32, 2)
    network.residual("stack3", 32, 64, 2)
    network.average("pool")
    network.flatten()
    network.dense("dense", 64, 10)
    return network


def mobilenet():
    """MobileNet-v1 of width 0.25, 96 x 96 images, 2 classes."""
    network = Network("mobilenet", (3, 96, 96))
    network.conv("conv1", 3, 8, 3, 2)
    network.activate("conv1")
    channels = 8
    for index, (outputs, stride) in enumerate(
        [(16, 1), (32, 2), (32, 1), (64, 2), (64, 1), (128, 2)]
        + [(128, 1)] * 5
        + [(256, 2), (256, 1)]
    ):
        network.conv(f"depth{index}", channels, channels, 3, stride, groups=channels)
        network.activate(f"depth{index}")
        network.conv(f"point{index}", channels, outputs, 1)
        network.activate(f"point{index}")
        channels = outputs
    network.average("pool")
    network.flatten()
    network.dense("dense", channels, 2)
    return network


def lstm():
    """An LSTM of 128 units over 50 steps of 32 features, and 10 classes."""
    network = Network("lstm", (50, 32))
    network.lstm("lstm", 32, 128)
    network.flatten()
    network.dense("dense", 128, 10)
    return network


def attention():
    """16 positions of 16 features, all words of 8 bits or less, without a softmax."""
    network = Network("attention", (16, 16))
    x = network.value
    for name in ("queries", "keys", "values"):
        network.value = x
        network.dense(name, 16, 16)
        network.quantize(network.value, f"{name}_act", 8, signed=True)
    turned = network.node("Transpose", ["keys_act"], "turned", perm=[0, 2, 1])
    network.value = network.node("MatMul", ["queries_act", turned], "scores")
    network.activate("scores")
    network.value = network.node("MatMul", [network.value, "values_act"], "mixed")
    return network


def million():
    """A perceptron of a million weights, 90 % of them zero."""
    network = Network("million", (512,))
    for index, (inputs, outputs) in enumerate([(512, 768), (768, 512), (512, 384), (384, 64)]):
        network.dense(f"dense{index}", inputs, outputs, share=0.1)
        network.activate(f"dense{index}")
    return network


NETWORKS = {
    "perceptron": perceptron,
    "small_cnn": small_cnn,
    "resnet8": resnet8,
    "mobilenet": mobilenet,
    "lstm": lstm,
    "attention": attention,
    "million": million,
}
