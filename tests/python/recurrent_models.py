"""LSTM, GRU and RNN as ONNX defines them, in rational numbers with a rounding in each step."""

from fractions import Fraction

import numpy as np
import onnx
from exact_onnx import each, exact, sigmoid, tanh
from onnx import helper, numpy_helper
from small_models import DOMAIN, port, quant

GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}
STEP = 0.125  # of the input's quantizer


def rounder(text):
    """Rounds half to even to `fixed<width,integer bits>`, saturating."""
    width, integer = (int(n) for n in text[len("fixed<") : -1].split(","))
    step = Fraction(1, 2 ** (width - integer))
    low, high = -(2 ** (width - 1)), 2 ** (width - 1) - 1
    return each(lambda value: min(max(round(value / step), low), high) * step)


def lstm_step(z, state, types):
    """The next (h, c); z is the joint sum of the gates i, o, f, g."""
    i, o, f = (types["gates"](each(sigmoid)(z[k])) for k in range(3))
    g = types["gates"](each(tanh)(z[3]))
    c = types["cell"](f * state[1] + i * g)
    return types["hidden"](o * types["gates"](each(tanh)(c))), c


def run_direction(op, x, weights, types, reset_after, states):
    """The sequence of h and the last states for x [time, samples, features]."""
    w, r, b = (exact(weights[name]) for name in "WRB")
    hidden, rows = r.shape[1], r.shape[0]
    wb, rb = b[:rows], b[rows:]
    parts = [slice(k * hidden, (k + 1) * hidden) for k in range(GATES[op])]
    outputs = []
    for step in x:
        of_x, h = step @ w.T + wb, states[0]
        of_h = h @ r.T + rb
        z = [of_x[:, part] + of_h[:, part] for part in parts]
        if op == "RNN":
            states = (types["hidden"](each(tanh)(z[0])),)
        elif op == "LSTM":
            states = lstm_step(z, states, types)
        else:
            update, reset = (types["gates"](each(sigmoid)(z[k])) for k in range(2))
            last = parts[2]
            kept = reset * of_h[:, last] if reset_after else (reset * h) @ r[last].T + rb[last]
            n = types["gates"](each(tanh)(of_x[:, last] + kept))
            states = (types["hidden"]((1 - update) * n + update * h),)
        outputs.append(states[0])
    return np.stack(outputs), states


def evaluate(op, x, arrays, types, direction="forward", reset_after=False):
    """Y [time, directions, samples, hidden] and the last states [directions, samples, hidden]."""
    types = {role: rounder(text) for role, text in types.items()}
    results = []
    for d in range(2 if direction == "bidirectional" else 1):
        backwards = direction == "reverse" or d == 1
        weights = {name: arrays[name][d] for name in "WRB"}
        hidden = weights["R"].shape[1]
        states = []
        for name in ("h0", "c0")[: 2 if op == "LSTM" else 1]:
            given = arrays.get(name, np.zeros((2, 1, hidden)))
            states.append(np.repeat(exact(given[d]), x.shape[1], axis=0))
        sequence = x[::-1] if backwards else x
        ys, last = run_direction(op, sequence, weights, types, reset_after, tuple(states))
        results.append((ys[::-1] if backwards else ys, last))
    y = np.stack([ys for ys, _ in results], axis=1)
    return [y, *(np.stack([last[k] for _, last in results]) for k in range(len(results[0][1])))]


def weights_of(random, op, features, hidden, directions, scale=8):
    """W, R and B as multiples of 1/scale."""
    rows = GATES[op] * hidden
    shapes = {"W": (features,), "R": (hidden,)}
    arrays = {
        name: np.float32(random.integers(-scale, scale + 1, (directions, rows, *shape)) / scale)
        for name, shape in shapes.items()
    }
    arrays["B"] = np.float32(random.integers(-4, 5, (directions, 2 * rows)) / 8)
    return arrays


def save(path, op, arrays, shape, **attributes):
    """x [samples, time, features] quantized and transposed, the layer, and all its results with the
    batch in front: y [samples, time, directions · hidden] and the last states."""
    first, own = quant("x", "q", STEP, bits=6)
    hidden = int(arrays["R"].shape[-1])
    states = ["h", "c"][: 2 if op == "LSTM" else 1]
    extra = [n if n in arrays else "" for n in ("h0", "c0")[: len(states)]]
    inputs = ["t", "W", "R", "B", "", *extra]
    nodes = [
        first,
        helper.make_node("Transpose", ["q"], ["t"], perm=[1, 0, 2]),
        helper.make_node(op, inputs, ["Y", *states], op.lower(), hidden_size=hidden, **attributes),
        helper.make_node("Transpose", ["Y"], ["turned"], perm=[0, 2, 1, 3]),
        helper.make_node("Reshape", ["turned", "flat"], ["flattened"]),
        helper.make_node("Transpose", ["flattened"], ["y"], perm=[1, 0, 2]),
        *(helper.make_node("Transpose", [s], [f"last_{s}"], perm=[1, 0, 2]) for s in states),
    ]
    constants = {n: np.float32(a) for n, a in own.items()} | arrays
    constants["flat"] = np.array([0, 0, -1])
    tensors = [numpy_helper.from_array(np.asarray(a), n) for n, a in constants.items()]
    outputs = [port(name, None) for name in ("y", *(f"last_{s}" for s in states))]
    graph = helper.make_graph(nodes, "recurrent", [port("x", ["n", *shape])], outputs, tensors)
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(DOMAIN, 1)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=8), path)
    return path


def quantized_input(random, samples, shape):
    """Numbers that lie on the grid of the input."""
    return random.integers(-32, 32, (samples, *shape)) * STEP
