"""Random small QONNX networks, as various exporters and hands write them, from a seed."""

from dataclasses import dataclass

import numpy as np
import onnx
from exact_onnx import OPERATORS, exact, value_of
from onnx import TensorProto, helper, numpy_helper

DOMAINS = ["qonnx.custom_op.general", "onnx.brevitas", "finn.custom_op.general"]
ROUNDINGS = ["ROUND", "HALF_EVEN", "FLOOR", "CEIL", "UP", "DOWN", "HALF_UP", "HALF_DOWN"]


@dataclass(frozen=True)
class Tensor:
    """A computed value of the file."""

    name: str
    shape: tuple  # without the batch axis


class Network:
    """Nodes and constants while they are made."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        self.nodes, self.initializers, self.ports, self.outputs = [], [], [], []
        self.port_grids = {}  # (scale, zero point) of the first quantizer of a port
        self.domain = self.pick(DOMAINS)
        self.values = {}  # of a few samples, so that quantizers meet the values that they get
        self.names = 0

    def chance(self, probability):
        return self.random.random() < probability

    def pick(self, choices):
        return choices[self.random.integers(len(choices))]

    def fresh(self, stem):
        self.names += 1
        return f"{stem}_{self.names}"

    def constant(self, array, dtype=np.float32):
        """The name of a constant: an initializer or the output of a Constant node."""
        name = self.fresh("constant")
        self.values[name] = np.asarray(array, dtype=dtype)
        tensor = numpy_helper.from_array(self.values[name], name)
        if self.chance(0.3):
            self.nodes.append(helper.make_node("Constant", [], [name], value=tensor))
        else:
            self.initializers.append(tensor)
        return name

    def add(self, op, inputs, domain="", **attributes):
        """The name of a new node's output."""
        output = self.fresh(op.lower())
        name = f"/{output}/{op}" if self.chance(0.7) else ""
        self.nodes.append(helper.make_node(op, inputs, [output], name, domain=domain, **attributes))
        operands = [self.values[i] for i in inputs]
        self.values[output] = OPERATORS[op](*operands, **attributes)
        return output

    def size(self, x):
        """The largest magnitude that the samples have at `x`."""
        return float(np.max(np.abs(value_of(self.values[x.name])))) or 1.0

    def port(self, shape):
        name = self.fresh("x")
        self.ports.append(Tensor(name, shape))
        self.values[name] = exact(self.random.normal(0, 2, (5, *shape)))
        return self.ports[-1]

    def model(self):
        """The ONNX model; outputs have no shapes, as some exporters leave them."""
        batch = self.pick(["batch", 1])
        inputs = [
            helper.make_tensor_value_info(p.name, TensorProto.FLOAT, [batch, *p.shape])
            for p in self.ports
        ]
        outputs = [
            helper.make_tensor_value_info(o.name, TensorProto.FLOAT, [batch, *o.shape])
            for o in self.outputs
        ]
        if self.chance(0.3):  # old exporters list initializers as inputs too
            inputs += [
                helper.make_tensor_value_info(i.name, i.data_type, list(i.dims))
                for i in self.initializers
            ]
        graph = helper.make_graph(self.nodes, "network", inputs, outputs, self.initializers)
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid(self.domain, 1)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
        onnx.checker.check_model(model)
        return model


def scales(net, size, shape, power_of_two=None):
    """Positive float32 scales of about `size`, of this shape."""
    rough = size * net.random.uniform(0.3, 1.5, shape)
    if power_of_two if power_of_two is not None else net.chance(0.5):
        return np.exp2(np.round(np.log2(rough))).astype(np.float32)
    return rough.astype(np.float32)


def channel_shape(net, shape, axis):
    """A shape that gives every channel of `axis` its own value; the batch axis may be spelled."""
    extents = tuple(n if i == axis else 1 for i, n in enumerate(shape))
    if axis == len(shape) - 1 and net.chance(0.5):
        return (shape[-1],)
    return (1, *extents) if net.chance(0.7) else extents


def zero_points(net, bits, signed, shape, integer):
    """Zero points within the quantizer's range, rarely fractions."""
    if net.chance(0.5):
        return np.zeros(shape, np.float32)
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1)) if signed else (0, 2**bits)
    points = net.random.integers(low, high, shape)
    return points + (0.0 if integer or net.chance(0.8) else net.pick([0.5, 0.3, -0.25]))


def bipolar(net, x, scale):
    """One bit and a sign: as BipolarQuant or as a Quant of one signed bit."""
    if net.chance(0.5):
        return net.add("BipolarQuant", [x, net.constant(scale)], net.domain)
    return quant_node(net, x, scale, 0.0, 1, True, False)


def quant_node(net, x, scale, zero_point, bits, signed, narrow):
    """A Quant or IntQuant of given parameters."""
    inputs = [x, net.constant(scale), net.constant(zero_point), net.constant(bits)]
    mode = net.pick(ROUNDINGS).encode()
    attributes = {"signed": int(signed), "narrow": int(narrow), "rounding_mode": mode}
    return net.add(net.pick(["Quant", "Quant", "IntQuant"]), inputs, net.domain, **attributes)


def quantize(net, x, scale=None, plain=False, octaves=0.2):
    """A quantizer behind `x`. `plain`: a matrix can follow, so that scales are one, or (at the
    chance `octaves`) powers of two along the last axis, and zero points one integer.
    `scale` sets it, and the zero point to 0."""
    bits, signed = int(net.random.integers(1 if scale is None else 2, 9)), net.chance(0.6)
    per_channel = not plain and scale is None and net.chance(0.4)
    shape = channel_shape(net, x.shape, net.random.integers(len(x.shape))) if per_channel else ()
    in_octaves = plain and scale is None and net.chance(octaves)
    own_shape = channel_shape(net, x.shape, len(x.shape) - 1) if in_octaves else shape
    step = net.size(x) / 2 ** (bits - signed)
    own = scales(net, step, own_shape, in_octaves or None) if scale is None else scale
    if signed and bits == 1:
        return Tensor(bipolar(net, x.name, own), x.shape)
    zero = zero_points(net, bits, signed, shape, plain) if scale is None else 0.0
    if per_channel and bits > 2 and net.chance(0.3):
        widths = net.random.integers(2, bits + 1, shape)
    else:
        widths = bits
    narrow = bits > 1 and net.chance(0.3)
    if x.name in {p.name for p in net.ports}:
        net.port_grids[x.name] = (float(np.ravel(own)[0]), float(np.ravel(zero)[0]))
    name = quant_node(net, x.name, own, zero, widths, signed, narrow)
    return Tensor(name, x.shape)


def weights(net, inputs, outputs):
    """A quantized matrix stored as [rows, columns] or transposed: (name, stored transposed?)."""
    transposed = net.chance(0.5)
    shape = (outputs, inputs) if transposed else (inputs, outputs)
    floats = net.random.normal(0, 0.5, shape)
    floats *= net.random.choice([0.0, 1e-9, 1.0], shape, p=[0.25, 0.05, 0.7])
    bits = int(net.random.integers(1, 7))
    per_channel = ((outputs, 1) if transposed else (1, outputs)) if net.chance(0.5) else ()
    scale = scales(net, 1.5 / 2**bits, per_channel)
    if net.chance(0.2):  # quantized before the export
        step = np.exp2(-float(net.random.integers(0, 6)))
        return net.constant(np.round(floats * 8) * step), transposed
    name = net.constant(floats)
    if bits == 1:
        return bipolar(net, name, scale), transposed
    zero = net.random.integers(-2, 3) if net.chance(0.2) else 0
    return quant_node(net, name, scale, zero, bits, True, net.chance(0.5)), transposed


def dense(net, x, outputs):
    """Gemm or MatMul, with or without a bias."""
    matrix, transposed = weights(net, x.shape[-1], outputs)
    bias = net.constant(net.random.normal(0, 0.5, outputs))
    y_shape = (*x.shape[:-1], outputs)
    if len(x.shape) == 1 and net.chance(0.5):
        attributes = {"transB": int(transposed)}
        if net.chance(0.3):
            attributes |= {"alpha": net.pick([0.5, 2.0, 0.3]), "beta": net.pick([1.0, 0.25, 0.7])}
        operands = [x.name, matrix] + ([bias] if net.chance(0.6) else [])
        return Tensor(net.add("Gemm", operands, **attributes), y_shape)
    if transposed:
        matrix = net.add("Transpose", [matrix], perm=[1, 0])
    y = net.add("MatMul", [x.name, matrix])
    if net.chance(0.6):
        y = net.add("Add", [y, bias] if net.chance(0.5) else [bias, y])
    return Tensor(y, y_shape)


def batch_normalization(net, x):
    """Over ONNX's axis 1, with multipliers of both signs and zeros."""
    channels = x.shape[0]
    gamma = net.random.normal(0.5, 1, channels) * (net.random.random(channels) < 0.9)
    arrays = [gamma, net.random.normal(0, 1, channels), net.random.normal(0, 1, channels)]
    arrays.append(net.random.uniform(0.2, 4, channels))
    attributes = {"epsilon": 1e-3} if net.chance(0.5) else {}
    operands = [x.name, *(net.constant(a) for a in arrays)]
    return Tensor(net.add("BatchNormalization", operands, **attributes), x.shape)


def affine(net, x):
    """Add, Sub, Mul or Div with a constant on either side."""
    shape = channel_shape(net, x.shape, len(x.shape) - 1) if net.chance(0.6) else ()
    op = net.pick(["Add", "Sub", "Mul", "Div"])
    values = net.random.normal(0, 1, shape)
    if op in ("Mul", "Div"):
        values = np.where(np.abs(values) < 0.2, 0.75, values)
    operands = [x.name, net.constant(values)]
    if op != "Div" and net.chance(0.4):
        operands.reverse()
    return Tensor(net.add(op, operands), x.shape)


def activation(net, x):
    """Relu, LeakyRelu, Sigmoid or Tanh."""
    op = net.pick(["Relu", "Relu", "LeakyRelu", "Sigmoid", "Tanh"])
    attributes = {}
    if op == "LeakyRelu" and net.chance(0.7):
        attributes = {"alpha": net.pick([0.1, 0.25, 0.3])}
    return Tensor(net.add(op, [x.name], **attributes), x.shape)


def nothing(net, x):
    """Identity or Dropout."""
    return Tensor(net.add(net.pick(["Identity", "Dropout"]), [x.name]), x.shape)


def rearranged(net, x):
    """Flatten, Reshape or Transpose."""
    if len(x.shape) > 1 and net.chance(0.4):
        order = net.random.permutation(len(x.shape))
        shape = tuple(x.shape[i] for i in order)
        perm = [0, *(int(i) + 1 for i in order)]
        return Tensor(net.add("Transpose", [x.name], perm=perm), shape)
    count = int(np.prod(x.shape))
    even = count % 2 == 0 and net.chance(0.4)
    shape = (2, count // 2) if even else (count,)
    if len(shape) == 1 and net.chance(0.5):
        return Tensor(net.add("Flatten", [x.name]), shape)
    first = net.pick([0, -1])
    target = [first, *shape] if first == -1 or net.chance(0.5) else [0, *shape[:-1], -1]
    operands = [x.name, net.constant(target, np.int64)]
    return Tensor(net.add("Reshape", operands), shape)


def pending(net, x):
    """Functions of one real number that wait for the next quantizer, among wiring."""
    choices = [affine, activation, activation, batch_normalization, nothing, rearranged]
    for _ in range(net.random.integers(0, 4)):
        x = net.pick(choices)(net, x)
    return x


def flat(net, x):
    """`x` with one axis."""
    if len(x.shape) == 1:
        return x
    shape = (int(np.prod(x.shape)),)
    return Tensor(net.add("Flatten", [x.name]), shape)


def merged(net, x):
    """Two branches, each with its own scales and zero points, added, subtracted or multiplied."""
    per_channel = channel_shape(net, x.shape, len(x.shape) - 1) if net.chance(0.3) else ()
    y = dense(net, x, x.shape[-1])
    if net.chance(0.3):
        y = Tensor(bipolar(net, y.name, scales(net, net.size(y), per_channel)), y.shape)
    else:
        y = quantize(net, y, scales(net, net.size(y) / 8, per_channel))
    x = quantize(net, x, plain=True)
    operands = [x.name, y.name] if net.chance(0.5) else [y.name, x.name]
    op = net.pick(["Add", "Add", "Sub", "Mul"])
    return Tensor(net.add(op, operands), x.shape)


def concatenated(net, x):
    """Two branches side by side, each with the quantizer that it happens to have."""
    axis = int(net.random.integers(len(x.shape)))
    parts = [quantize(net, x), quantize(net, affine(net, x))]
    shape = tuple(n * 2 if i == axis else n for i, n in enumerate(x.shape))
    spelled = axis + 1 if net.chance(0.5) else axis - len(x.shape)
    name = net.add("Concat", [p.name for p in parts], axis=spelled)
    return Tensor(name, shape)


def layer(net, x):
    """From integers of one scale to reals: a layer and what waits behind it."""
    choice = net.random.integers(5)
    if choice == 0:
        return pending(net, merged(net, x))
    if choice == 1:
        return pending(net, concatenated(net, x))
    return pending(net, dense(net, x, int(net.random.integers(2, 7))))


def port_quantized(net):
    """An input, with or without functions or wiring of the host before its quantizer."""
    shape = tuple(int(n) for n in net.random.integers(2, 6, net.pick([1, 1, 2, 3])))
    x = net.port(shape)
    choice = net.random.integers(4)
    if choice == 0:
        return quantize(net, affine(net, x), plain=True)
    if choice == 1:
        return quantize(net, rearranged(net, x), plain=True, octaves=0)
    if choice == 2 and net.chance(0.5):
        x = net.pick([activation, batch_normalization, nothing])(net, x)
    return quantize(net, x, plain=True)


def random_network(seed):
    """(ONNX model, network): one to two inputs, one to three layers, one or more outputs."""
    net = Network(seed)
    parts = [port_quantized(net) for _ in range(net.pick([1, 1, 1, 2]))]
    x = parts[0]
    if len(parts) == 2:
        names = [flat(net, part).name for part in parts]
        shape = (sum(int(np.prod(part.shape)) for part in parts),)
        joined = Tensor(net.add("Concat", names, axis=1), shape)
        x = quantize(net, joined, plain=True)
    for _ in range(net.random.integers(1, 4)):
        x = quantize(net, layer(net, x), plain=True)
        if net.chance(0.2):
            net.outputs.append(x)
    last = net.pick([lambda: quantize(net, layer(net, x)), lambda: dense(net, x, 3), lambda: x])()
    if last not in net.outputs:
        net.outputs.append(last)
    return net.model(), net


def inputs_for(net, samples):
    """Random, tied and extreme floats by port name: [samples, *shape]."""
    inputs = {}
    for port in net.ports:
        scale, zero = net.port_grids.get(port.name, (0.5, 0.0))
        shape = (samples, *port.shape)
        ties = (net.random.integers(-9, 10, shape) + 0.5 - zero) * scale
        special = net.random.choice([0.0, -0.0, 50, -50, 1e30, -1e30, 1e-30, -1e-30], shape)
        kinds = [net.random.normal(0, 2, shape), ties, special]
        kinds += [np.nextafter(ties, np.inf), np.nextafter(ties, -np.inf)]
        which = net.random.choice(len(kinds), shape, p=[0.5, 0.2, 0.1, 0.1, 0.1])
        inputs[port.name] = np.choose(which, kinds)
    return inputs
