#!/usr/bin/env python3
"""Neurons of few input bits: what lowering makes of them beside truth tables, in LUT6.

A neuron of n input bits in all is n-input truth tables, one for each bit of its output. What never
occurs at its inputs is a don't-care: values outside of the ranges and, where the neurons before it
have at most `--cone` input bits together, every joint value that they do not take (exactly). A
decision diagram reuses subfunctions that agree on what does occur; `abc` maps it to LUT6, in
several orders of the inputs, and the smallest counts. Beside it: the same layer through Gatefold
and Yosys (`gatefold compile`, xcup, combinational).

Networks: single layers of random neurons by fan-in and bits (where do tables win?), sparse networks
like LogicNets (fan-in 3 and 4, 2 bits), and the neurons of the bundled jet tagger that qualify.

    python3 bench/truth_tables.py [--gatefold build/release/gatefold]   # numpy, onnx, yosys-abc
"""

import argparse
import json
import re
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper
from peers import run, synthesise
from quantized_network import parse

ROOT = Path(__file__).resolve().parent.parent
MOST_BITS = 14
ORDERS = 3
LUT = "strash; ifraig; dch; if -K 6 -a; mfs2 -a; lutpack; strash; dch; if -K 6 -a; mfs2 -a"


class Layer:
    """clamp((weights.T @ x + addend) >> shift, 0, 2**bits - 1) of inputs in `ranges`."""

    def __init__(self, weights, addend, shift, bits, ranges):
        self.weights, self.addend, self.shift, self.bits = weights, addend, shift, bits
        self.ranges = ranges

    def evaluate(self, x):
        sums = (x @ self.weights + self.addend) >> self.shift
        return np.clip(sums, 0, 2**self.bits - 1)


def random_layer(random, ranges, outputs, fan_in, bits, weight_bits=5):
    """Neurons of `fan_in` random inputs whose sums are spread over the output's range."""
    weights = np.zeros((len(ranges), outputs), np.int64)
    most = 2 ** (weight_bits - 1) - 1
    for j in range(outputs):
        chosen = random.choice(len(ranges), fan_in, replace=False)
        signs = random.choice([-1, 1], fan_in)
        weights[chosen, j] = random.integers(1, most, fan_in, endpoint=True) * signs
    spread = np.abs(weights).sum(0).mean() * max(high for _, high in ranges)
    shift = max(0, int(np.log2(spread / 2**bits)))
    addend = random.integers(0, 2**shift * 2 ** (bits - 1), outputs, endpoint=True)
    return Layer(weights, addend, shift, bits, ranges)


def bits_of(low, high):
    """Bits of the word of this range."""
    length = max((v if v >= 0 else ~v).bit_length() for v in (low, high))
    return 0 if low == high else length + (low < 0)


def mask_of(flags):
    """The set of the addresses whose flag is true, as an integer with a bit for each."""
    return int.from_bytes(np.packbits(flags, bitorder="little").tobytes(), "little")


class Diagram:
    """Decision diagrams of functions on the same address, as BLIF. A function on `level` bits is
    the integer whose bit a is its value at address a."""

    def __init__(self, names):
        self.names, self.lines = names, []
        self.known = {level: [] for level in range(len(names) + 1)}

    def build(self, on, care, level):
        """Signal and function that is `on` wherever `care`; signals "0" and "1" are constants."""
        on &= care
        if on == 0:
            return "0", 0
        if on == care:
            return "1", (1 << (1 << level)) - 1
        for function, signal in self.known[level]:
            if (function ^ on) & care == 0:
                return signal, function
        half = 1 << (level - 1)
        low = (1 << half) - 1
        on0, on1, care0, care1 = on & low, on >> half, care & low, care >> half
        if (on0 ^ on1) & care0 & care1 == 0:
            signal, function = self.build(on0 | on1, care0 | care1, level - 1)
            return signal, function | function << half
        zero, function0 = self.build(on0, care0, level - 1)
        one, function1 = self.build(on1, care1, level - 1)
        function = function0 | function1 << half
        signal = zero if zero == one else self.choose(self.names[level - 1], one, zero)
        self.known[level].append((function, signal))
        return signal, function

    def choose(self, condition, one, zero):
        """A new signal: `one` where the condition holds, else `zero`."""
        name = f"n{len(self.lines)}"
        self.lines.append(
            f".names {condition} {self.constant(one)} {self.constant(zero)} {name}\n11- 1\n0-1 1\n"
        )
        return name

    @staticmethod
    def constant(signal):
        return {"0": "zero", "1": "one"}.get(signal, signal)

    def blif(self, outputs):
        """The text with these signals as outputs."""
        names = [f"y{k}" for k in range(len(outputs))]
        text = f".model t\n.inputs {' '.join(self.names)}\n.outputs {' '.join(names)}\n"
        text += ".names zero\n.names one\n1\n" + "".join(self.lines)
        for signal, name in zip(outputs, names):
            text += f".names {self.constant(signal)} {name}\n1 1\n"
        return text + ".end\n"


class Neuron:
    """Output words by address: the first input's word lowest. `seen`: addresses that occur."""

    def __init__(self, layer, j):
        self.sources = np.flatnonzero(layer.weights[:, j])
        self.widths = [bits_of(*layer.ranges[i]) for i in self.sources]
        self.bits = sum(self.widths)
        self.layer, self.j = layer, j

    def address(self, x):
        """Of rows of all the layer's inputs."""
        address, at = 0, 0
        for i, width in zip(self.sources, self.widths):
            address = address | (x[:, i] & (2**width - 1)) << at
            at += width
        return address

    def tabulate(self):
        """Every address as inputs, and its output."""
        addresses = np.arange(2**self.bits)
        x = np.zeros((len(addresses), len(self.layer.ranges)), np.int64)
        at = 0
        for i, width in zip(self.sources, self.widths):
            word = addresses >> at & (2**width - 1)
            low, high = self.layer.ranges[i]
            x[:, i] = np.where(word > high, word - 2**width, word) if low < 0 else word
            at += width
        self.outputs = self.layer.evaluate(x)[:, self.j]
        inside = [(x[:, i] >= low) & (x[:, i] <= high) for i, (low, high) in self.bounds()]
        self.seen = np.all(inside, 0)

    def bounds(self):
        return [(i, self.layer.ranges[i]) for i in self.sources]

    def diagrams(self, random):
        """BLIF texts, one for each order of the address bits."""
        for attempt in range(ORDERS):
            order = np.arange(self.bits) if attempt == 0 else random.permutation(self.bits)
            new = np.arange(2**self.bits)
            old = sum((new >> k & 1) << int(bit) for k, bit in enumerate(order))
            diagram = Diagram([f"x{bit}" for bit in order])
            care = mask_of(self.seen[old])
            yield diagram.blif(
                [
                    diagram.build(mask_of(self.outputs[old] >> k & 1), care, self.bits)[0]
                    for k in range(self.layer.bits)
                ]
            )


def mapped(neurons, random):
    """The LUTs of each neuron: the fewest of its diagrams."""
    with tempfile.TemporaryDirectory() as folder:
        script, owners = [], []
        for n, neuron in enumerate(neurons):
            for k, text in enumerate(neuron.diagrams(random)):
                path = Path(folder) / f"{n}_{k}.blif"
                path.write_text(text)
                script += [f"read_blif {path}", LUT, "print_stats"]
                owners.append(n)
        (Path(folder) / "script").write_text("\n".join(script) + "\n")
        command = ["yosys-abc", "-f", f"{folder}/script"]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    counts = [int(count) for count in re.findall(r"nd = *(\d+)", text)]
    luts = np.full(len(neurons), np.iinfo(np.int64).max)
    np.minimum.at(luts, owners, counts)
    return luts


def joint_values(layers, sources, cone):
    """The values that outputs of the layers take together, all others 0 where they do not matter;
    None where more than `cone` bits of the network's inputs decide them."""
    needed = set(sources)
    for layer in reversed(layers):
        needed = {i for j in needed for i in np.flatnonzero(layer.weights[:, j])}
    needed = sorted(needed)
    widths = [bits_of(*layers[0].ranges[i]) for i in needed]
    if sum(widths) > cone:
        return None
    x = np.zeros((2 ** sum(widths), len(layers[0].ranges)), np.int64)
    at = 0
    for i, width in zip(needed, widths):
        x[:, i] = np.arange(len(x)) >> at & (2**width - 1)
        at += width
    for layer in layers:
        x = layer.evaluate(x)
    return x


class Model:
    """The layers as QONNX."""

    def __init__(self):
        self.nodes, self.arrays = [], []

    def array(self, name, values):
        self.arrays.append(numpy_helper.from_array(np.asarray(values, np.float32), name))
        return name

    def quantize(self, value, name, scale, bits, signed):
        parts = (("scale", scale), ("zero", 0.0), ("bits", float(bits)))
        inputs = [value, *(self.array(f"{name}_{part}", number) for part, number in parts)]
        options = {"signed": int(signed), "narrow": 0, "rounding_mode": "FLOOR"}
        domain = "qonnx.custom_op.general"
        self.nodes.append(helper.make_node("Quant", inputs, [name], name, domain=domain, **options))
        return name

    def add_layer(self, value, k, layer):
        """The output of layer k on `value`."""
        weights = self.quantize(self.array(f"w{k}", layer.weights), f"wq{k}", 1.0, 16, True)
        addend = np.broadcast_to(layer.addend, layer.weights.shape[1])
        bias = self.quantize(self.array(f"b{k}", addend), f"bq{k}", 1.0, 24, True)
        self.nodes.append(helper.make_node("MatMul", [value, weights], [f"mm{k}"], f"mm{k}"))
        self.nodes.append(helper.make_node("Add", [f"mm{k}", bias], [f"sum{k}"], f"add{k}"))
        scale = 2.0 ** np.broadcast_to(layer.shift, (1, layer.weights.shape[1]))
        return self.quantize(f"sum{k}", f"y{k}", scale, layer.bits, False)

    def write_matrix(self, matrix, path):
        """The sums of a matrix of integers on inputs of one bit."""
        value = self.quantize("x", "xq", 1.0, 1, False)
        weights = self.quantize(self.array("w", matrix), "wq", 1.0, 16, True)
        self.nodes.append(helper.make_node("MatMul", [value, weights], ["y"], "fc"))
        self.finish("y", matrix.shape, path)

    def write(self, layers, path):
        """Layers, one behind the other."""
        low, high = layers[0].ranges[0]
        value = self.quantize("x", "xq", 1.0, bits_of(low, high), low < 0)
        for k, layer in enumerate(layers):
            value = self.add_layer(value, k, layer)
        self.finish(value, (len(layers[0].ranges), layers[-1].weights.shape[1]), path)

    def finish(self, value, sizes, path):
        ports = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, size])
                 for name, size in zip(("x", value), sizes)]  # fmt: skip
        graph = helper.make_graph(self.nodes, "neurons", ports[:1], ports[1:], self.arrays)
        domains = [helper.make_opsetid("", 17), helper.make_opsetid("qonnx.custom_op.general", 1)]
        model = helper.make_model(graph, opset_imports=domains)
        model.ir_version = 8
        path.write_bytes(model.SerializeToString())


def luts_of_gatefold(options, layers):
    """Gatefold's LUTs for the layers, by Yosys or by its own estimate."""
    with tempfile.TemporaryDirectory() as folder:
        path, project = Path(folder) / "neurons.onnx", Path(folder) / "project"
        Model().write(layers, path)
        text = run([options.gatefold, "compile", path, "-o", project, "--target", "xcup",
                    "--clock", "1000", "--stages", "1", "--vectors", "2", "--json"])  # fmt: skip
        if options.no_yosys:
            return round(json.loads(text)["total"]["estimated"]["luts"])
        sources = (project / "files.f").read_text().split()
        top = json.loads((project / "manifest.json").read_text())["top"]
        return synthesise(project, sources, top, project)["luts"]


def compare(options, name, layers):
    """Print the LUTs of a network: Gatefold's, tables, tables with what is reachable."""
    random = np.random.default_rng(1)
    plain = reachable = known = neurons = 0
    for k, layer in enumerate(layers):
        of_layer = [Neuron(layer, j) for j in range(layer.weights.shape[1])]
        for neuron in of_layer:
            neuron.tabulate()
        luts = best = mapped(of_layer, random)
        seen = [joint_values(layers[:k], n.sources, options.cone) if k else None for n in of_layer]
        if any(x is not None for x in seen):
            for neuron, x in zip(of_layer, seen):
                if x is not None:
                    occurs = np.zeros(len(neuron.seen), bool)
                    occurs[neuron.address(x)] = True
                    neuron.seen &= occurs
            best = np.minimum(luts, mapped(of_layer, random))
        plain, reachable = plain + luts.sum(), reachable + best.sum()
        known += sum(x is not None for x in seen)
        neurons += len(of_layer)
    lowered = luts_of_gatefold(options, layers)
    print(f"{name:44} {neurons:4} neurons {lowered:6} LUT by Gatefold, {plain:6} as tables "
          f"x{plain / lowered:.2f}, {reachable:6} with {known} reachable sets "
          f"x{reachable / lowered:.2f}", flush=True)  # fmt: skip


def single_layers(options):
    """Where tables win: 16 neurons of each fan-in and width of the inputs."""
    fan_ins = {1: (6, 8, 10, 12), 2: (2, 3, 4, 5, 6), 3: (2, 3, 4), 4: (2, 3)}
    for bits, counts in fan_ins.items():
        for fan_in in counts:
            random = np.random.default_rng(100 * bits + fan_in)
            layer = random_layer(random, [(0, 2**bits - 1)] * 32, 16, fan_in, 2)
            compare(options, f"{bits * fan_in:2} bits: {fan_in} of {bits} bits to 2", [layer])


def drop_unread(layers):
    """Leave out the neurons that nothing reads, from the last layer to the first."""
    for layer, reader in reversed(list(zip(layers, layers[1:]))):
        read = np.flatnonzero(reader.weights.any(1))
        layer.weights, layer.addend = layer.weights[:, read], layer.addend[read]
        reader.weights, reader.ranges = reader.weights[read], [reader.ranges[i] for i in read]


def sparse_networks(options):
    """Like LogicNets: words of 2 bits, 16-64-32-5."""
    for fan_in in (3, 4):
        random = np.random.default_rng(fan_in)
        layers, ranges = [], [(0, 3)] * 16
        for outputs in (64, 32, 5):
            layers.append(random_layer(random, ranges, outputs, fan_in, 2))
            ranges = [(0, 3)] * outputs
        drop_unread(layers)
        compare(options, f"16-64-32-5, fan-in {fan_in}, words of 2 bits", layers)


def bundled(options):
    """The neurons of the jet tagger that have few input bits."""
    with tempfile.TemporaryDirectory() as folder:
        model = ROOT / "models/jet_tagger/jet_tagger.onnx"
        command = [options.gatefold, "compile", model, "-o", f"{folder}/out", "--dump",
                   f"{folder}/dump", "--vectors", "2"]  # fmt: skip
        run(command)
        network = parse(sorted(Path(f"{folder}/dump").glob("*.gfg"))[-1].read_text())
    ranges = [tuple(network["input"])] * len(network["layers"][0]["weights"])
    for k, layer in enumerate(network["layers"][:-1]):
        widths = np.array([bits_of(*r) for r in ranges])
        total = ((layer["weights"] != 0) * widths[:, None]).sum(0)
        few = np.flatnonzero(total <= MOST_BITS)
        steps = np.array(layer["steps"])
        name = f"jet tagger, layer {k}: {sorted(map(int, total[few]))} bits of {len(total)} neurons"
        if len(few):
            multiplier, addend, shift, _, high = steps[few].T
            weights = layer["weights"][:, few] * multiplier
            bits = int(high.max()).bit_length()
            compare(options, name, [Layer(weights, addend, shift, bits, ranges)])
        ranges = [tuple(map(int, step[3:])) for step in steps]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gatefold", default=ROOT / "build/release/gatefold")
    parser.add_argument("--cone", type=int, default=18, help="input bits behind a reachable set")
    parser.add_argument("--no-yosys", action="store_true", help="Gatefold's by its estimate")
    options = parser.parse_args()
    sparse_networks(options)
    bundled(options)
    single_layers(options)


if __name__ == "__main__":
    main()
