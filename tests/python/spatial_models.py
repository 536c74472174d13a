"""Convolutional QONNX models with small integers, on which float32 runtimes are exact."""

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnx_runtimes import dequantized
from small_models import DOMAIN, port, quant

import gatefold

OPSET = 17
STEP = 0.25  # of the input's quantizer
SAMPLES = 6


def save(path, nodes, constants, shape, opset=OPSET, outputs=("y",), element=TensorProto.FLOAT):
    """Write nodes behind a quantized input `q` of this shape (without the batch)."""
    first, own = quant("x", "q", STEP)
    arrays = [numpy_helper.from_array(np.asarray(a), n) for n, a in constants.items()]
    arrays += [numpy_helper.from_array(np.asarray(a, np.float32), n) for n, a in own.items()]
    ports = (
        [port("x", ["n", *shape])],
        [helper.make_tensor_value_info(name, element, None) for name in outputs],
    )
    graph = helper.make_graph([first, *nodes], "spatial", *ports, arrays)
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid(DOMAIN, 1)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=8), path)
    return path


def onnxruntime_outputs(path, x):
    """Every output for the rows `x`, by onnxruntime in float32."""
    model = onnx.load(path)
    constants = {i.name: numpy_helper.to_array(i) for i in model.graph.initializer}
    nodes, known = [], dict(constants)
    for node in model.graph.node:
        if node.op_type != "Quant":
            nodes.append(node)
            continue
        plain, added = dequantized(node, constants)
        nodes += plain
        known |= {name: np.float32(value) for name, value in added.items()}
    arrays = [numpy_helper.from_array(np.asarray(a), n) for n, a in known.items()]
    ports = [helper.make_tensor_value_info("x", TensorProto.FLOAT, None)], model.graph.output
    graph = helper.make_graph(nodes, "plain", *ports, arrays)
    opsets = [o for o in model.opset_import if not o.domain]
    plain = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(
        plain.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return session.run(None, {"x": x.astype(np.float32)})


def equals_onnxruntime(path, shape, rtol=0.0):
    """Whether the emulator agrees with onnxruntime."""
    x = np.random.default_rng(3).normal(0, 1, (SAMPLES, *shape))
    expected = onnxruntime_outputs(path, x)
    got = gatefold.load(path).predict(x)
    outputs = list(got.values()) if isinstance(got, dict) else [got]
    for one, other in zip(outputs, expected, strict=True):
        assert one.shape == other.shape
        np.testing.assert_allclose(one, other, rtol=rtol, atol=rtol)
    return True


def integers(random, shape, low=-3, high=3):
    """Float32 weights that are multiples of 1/8, a third of them zero."""
    values = random.integers(low, high + 1, shape)
    return np.float32(np.where(random.random(shape) < 0.3, 0, values) / 8)


class ConvNet:
    """A random chain of layers on an image, with residual connections now and then."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        self.nodes, self.constants = [], {}
        self.names = 0

    def pick(self, *choices):
        return choices[self.random.integers(len(choices))]

    def constant(self, array):
        self.names += 1
        self.constants[f"c{self.names}"] = array
        return f"c{self.names}"

    def add(self, op, inputs, **attributes):
        self.names += 1
        output = f"{op.lower()}{self.names}"
        self.nodes.append(helper.make_node(op, inputs, [output], output, **attributes))
        return output

    def quantize(self, x, bits=4):
        self.names += 1
        node, constants = quant(x, f"quant{self.names}", float(self.pick(0.25, 0.5, 1)), bits)
        self.nodes.append(node)
        self.constants |= {n: np.float32(a) for n, a in constants.items()}
        return node.output[0]

    def kernel_for(self, extent):
        """kernel, stride, dilation, begin and end pad that leave at least one position."""
        while True:
            kernel, stride = int(self.pick(1, 2, 3, 3, 5)), int(self.pick(1, 1, 2, 3))
            dilation = int(self.pick(1, 1, 1, 2))
            begin, end = (int(self.random.integers(0, kernel)) for _ in range(2))
            if (kernel - 1) * dilation + 1 <= extent + begin + end:
                return kernel, stride, dilation, begin, end

    def geometry(self, extents):
        """Attributes of a window over these extents."""
        axes = [self.kernel_for(extent) for extent in extents]
        kernel, strides, dilations, begins, ends = (list(v) for v in zip(*axes))
        pads = begins + ends
        return {"kernel_shape": kernel, "strides": strides, "dilations": dilations, "pads": pads}

    def conv(self, x, shape):
        channels = shape[0]
        groups = int(self.pick(*[g for g in range(1, channels + 1) if channels % g == 0]))
        outputs = groups * int(self.random.integers(1, 4))
        attributes = self.geometry(shape[1:])
        weights = (outputs, channels // groups, *attributes["kernel_shape"])
        inputs = [x, self.constant(integers(self.random, weights))]
        if self.pick(True, False):
            inputs.append(self.constant(integers(self.random, outputs)))
        shape = (outputs, *positions(shape[1:], attributes))
        return self.add("Conv", inputs, group=groups, **attributes), shape

    def pool(self, x, shape):
        kernel = [int(self.random.integers(1, min(extent, 3) + 1)) for extent in shape[1:]]
        strides = [int(self.pick(1, 2, 3)) for _ in kernel]
        pads = [int(self.random.integers(0, k)) for k in kernel * 2]
        attributes = {"kernel_shape": kernel, "strides": strides, "pads": pads}
        shape = (shape[0], *positions(shape[1:], attributes))
        return self.add("MaxPool", [x], **attributes), shape

    def normalize(self, x, channels):
        scale = np.float32(2.0 ** self.random.integers(-1, 2, channels))
        parameters = [scale, integers(self.random, channels), np.zeros(channels, np.float32)]
        names = [self.constant(p) for p in (*parameters, np.ones(channels, np.float32))]
        return self.add("BatchNormalization", [x, *names], epsilon=0.0)

    def residual(self, x):
        """x and x / 2, quantized apart, together."""
        half = self.add("Mul", [x, self.constant(np.float32(0.5))])
        return self.add(self.pick("Add", "Sub", "Max", "Min"), [x, self.quantize(half)])

    def layer(self, x, shape):
        """One more quantized layer: its output and shape."""
        kind = self.random.integers(6)
        if kind < 3:
            x, shape = self.conv(x, shape)
            if self.pick(True, False):
                x = self.normalize(x, shape[0])
            if self.pick(True, False):
                x = self.add("Relu", [x])
            return self.quantize(x), shape
        if kind == 3:
            return self.pool(x, shape)
        if kind == 4:
            return self.quantize(self.residual(x)), shape
        order = [int(axis) for axis in self.random.permutation(len(shape))]
        x = self.add("Transpose", [x], perm=[0, *(axis + 1 for axis in order)])
        return x, tuple(shape[axis] for axis in order)

    def head(self, x, shape):
        """A dense layer behind the flattened or pooled tensor, or nothing."""
        kind = self.random.integers(3)
        if kind == 0:
            return x
        if kind == 1:
            x, shape = self.add("GlobalMaxPool", [x]), (shape[0],)
        x = self.add("Flatten", [x])
        weights = integers(self.random, (int(np.prod(shape)), 3))
        return self.add("Gemm", [x, self.constant(weights)])

    def write(self, path):
        """A network on an image or a sequence; its file and the shape of its input."""
        rank = int(self.pick(1, 2, 2))
        shape = tuple(int(n) for n in self.random.integers(1, 8, rank + 1))
        x, current = "q", shape
        for _ in range(int(self.random.integers(1, 5))):
            x, current = self.layer(x, current)
        y = self.head(x, current)
        self.nodes.append(helper.make_node("Identity", [y], ["y"]))
        return save(path, self.nodes, self.constants, shape), shape


def positions(extents, attributes):
    """How many windows there are along each axis."""
    count = len(extents)
    dilations = attributes.get("dilations", [1] * count)
    pads = attributes["pads"]
    spans = [(k - 1) * d + 1 for k, d in zip(attributes["kernel_shape"], dilations)]
    rooms = [n + pads[i] + pads[count + i] for i, n in enumerate(extents)]
    return tuple((r - s) // t + 1 for r, s, t in zip(rooms, spans, attributes["strides"]))
