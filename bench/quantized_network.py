"""A quantized multilayer perceptron as integers, read from the text form of Gatefold's graph.

    x[0] = inputs;  x[n + 1] = clamp((weights.T @ x[n] * multiplier + addend) >> shift, low, high)

Every rounding, saturation, zero point, ReLU and batch normalisation is in those integers, exactly;
the last layer ends at its sums.
"""

import re
from fractions import Fraction
from math import ceil, floor

import numpy as np

TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|\[[^\]]*\]|[(){}]|[^\s(){}\[\]"]+')


class Reader:
    """The tokens of one statement, taken from the front."""

    def __init__(self, text):
        self.tokens = TOKEN.findall(text)

    def take(self):
        """Remove and return the next token."""
        return self.tokens.pop(0)

    def skip_to(self, word):
        """Drop everything up to and with `word`."""
        del self.tokens[: self.tokens.index(word) + 1]

    def group(self):
        """The items of the braces or parentheses that open here, nested ones as lists."""
        items = []
        self.take()
        while self.tokens[0] not in ")}":
            items.append(self.group() if self.tokens[0] in "({" else self.take())
        self.take()
        return items

    def per_axis(self):
        """A uniform value, or the list of `axis 0 {…}`."""
        if self.tokens[0] == "axis":
            del self.tokens[:2]
        return self.group() if self.tokens[0] in "({" else self.take()


def column(values, count):
    """`count` fractions from one value or a list."""
    values = values if isinstance(values, list) else [values] * count
    return [Fraction(value) for value in values]


class Step:
    """clamp(round(raw * factor + offset), low, high), half to even, for one output."""

    def __init__(self, factor, offset, low, high):
        self.factor, self.offset, self.low, self.high = factor, offset, low, high

    def threshold(self, level):
        """The least raw that reaches `level` (factor > 0)."""
        exact = (level - Fraction(1, 2) - self.offset) / self.factor
        tie_goes_down = exact.denominator == 1 and level % 2 == 1
        return ceil(exact) + (1 if tie_goes_down else 0)

    def integers(self, reach):
        """(multiplier, addend, shift, low, high), equal on every raw of `reach`; the multiplier
        has the fewest signed digits, then the shift is the smallest."""
        levels = [j for j in range(self.low + 1, self.high + 1)
                  if reach[0] < self.threshold(j) <= reach[1]]  # fmt: skip
        below = [j for j in range(self.low, self.high + 1)
                 if j == self.low or self.threshold(j) <= reach[0]]  # fmt: skip
        low, high = max(below), max([max(below), *levels])
        steps = [(j, self.threshold(j)) for j in levels]
        found = (form(steps, m, k) for k in range(24) for m in near(self.factor * 2**k))
        found = [f for f in found if f]
        multiplier, addend, shift = min(found, key=lambda f: (signed_digits(f[0]), f[2]))
        return multiplier, addend, shift, low, high


def near(value):
    """Integers about a positive number."""
    return range(max(1, floor(value) - 2), floor(value) + 4)


def signed_digits(value):
    """Nonzero digits of the canonical signed digit form."""
    return bin(value ^ (3 * value)).count("1")


def form(steps, multiplier, shift):
    """(multiplier, addend, shift) that steps at the thresholds, or None."""
    if not steps:
        return multiplier, 0, shift
    least = max((j << shift) - t * multiplier for j, t in steps)
    most = min((j << shift) - (t - 1) * multiplier for j, t in steps) - 1
    for zeros in reversed(range(shift + 1)):
        addend = -(-least >> zeros) << zeros
        if addend <= most:
            return multiplier, addend, shift
    return None


def statements(text):
    """Reader and op name of each node, and the output line."""
    body = re.split(r"\n(?=%\d+ = |output )", text)[1:]
    for statement in body:
        match = re.match(r"%\d+ = (\w+)|(output)", statement)
        yield match[1] or match[2], Reader(statement)


def parse_linear(reader):
    """[inputs, outputs] integers; the multiplier only scales the encoding."""
    reader.skip_to("weights")
    shape = [int(extent) for extent in reader.take().strip("[]").split(",")]
    weights = np.array([int(value) for value in reader.group()])
    return weights.reshape(shape[1:])


def parse_quantize(reader, outputs):
    """A Step for each output."""
    reader.skip_to("grid")
    grids = reader.per_axis()
    grids = grids if isinstance(grids[0], list) else [grids] * outputs
    rounding, overflow = reader.take(), reader.take()
    if (rounding, overflow) != ("RND_CONV", "SAT"):
        raise SystemExit(f"peers: {rounding} {overflow} has no form here")
    reader.skip_to("source")
    reader.take()
    scales, offsets = column(reader.per_axis(), outputs), column(reader.per_axis(), outputs)
    relu = reader.tokens[0] == "relu"
    steps = []
    for (_, scale, zero, bounds), factor, offset in zip(grids, scales, offsets):
        low, high = (int(bound) for bound in bounds.split(".."))
        low = max(low, ceil(Fraction(zero))) if relu else low
        scale = Fraction(scale)
        steps.append(Step(factor / scale, offset / scale + Fraction(zero), low, high))
    return steps


def reach_of(weights, ranges):
    """Interval of each output's sum."""
    products = np.stack([weights * ranges[:, :1], weights * ranges[:, 1:]])
    return np.stack([products.min(0).sum(0), products.max(0).sum(0)], 1)


def parse(text):
    """The network of a graph `input, (linear, quantize, [clamp])*, linear, output`."""
    network = {"layers": []}
    ranges = steps = None
    for op, reader in statements(text):
        if op == "input":
            reader.skip_to("grid")
            _, scale, zero_point, bounds = reader.per_axis()
            network["grid"] = Fraction(scale), Fraction(zero_point)
            network["input"] = tuple(int(bound) for bound in bounds.split(".."))
        elif op == "linear":
            close(network, steps)
            weights = parse_linear(reader)
            if ranges is None:
                ranges = np.array([network["input"]] * len(weights))
            else:
                ranges = np.array([layer[3:] for layer in network["layers"][-1]["steps"]])
            reach = reach_of(weights, ranges)
            network["layers"].append({"weights": weights, "reach": reach})
            steps = None
        elif op == "quantize":
            steps = parse_quantize(reader, weights.shape[1])
        elif op == "map":
            reader.skip_to("clamp")
            low, high = reader.take(), reader.take()
            for step in steps:
                step.low = step.low if low == "none" else max(step.low, int(low))
                step.high = step.high if high == "none" else min(step.high, int(high))
        elif op != "output":
            raise SystemExit(f"peers: op {op} has no form here")
    return network


def close(network, steps):
    """Turn the steps behind the last layer into integers."""
    if steps is None:
        return
    layer = network["layers"][-1]
    layer["weights"] *= [1 if step.factor > 0 else -1 for step in steps]
    for step, reach in zip(steps, layer["reach"]):
        if step.factor < 0:
            step.factor, reach[:] = -step.factor, (-reach[1], -reach[0])
    layer["steps"] = [step.integers(tuple(map(int, reach)))
                      for step, reach in zip(steps, layer["reach"])]  # fmt: skip


def evaluate(network, x):
    """The sums of the last layer for integer rows."""
    for layer in network["layers"]:
        x = x @ layer["weights"]
        if "steps" in layer:
            multiplier, addend, shift, low, high = np.array(layer["steps"]).T
            x = np.clip((x * multiplier + addend) >> shift, low, high)
    return x
