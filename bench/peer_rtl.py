"""The RTL that da4ml 0.6 or alkaid 0.8 emits for a network of quantized_network.py.

Run by peers.py under a Python that has them: `peer_rtl.py PEER FOLDER`. FOLDER holds `job.json`
(the network, hard_dc, the pipelines wanted, our delay model and clocks), `inputs.npy` and
`expected.npy`. Writes one project for each pipeline, and prints JSON: adders, mismatches of the
peer's own interpreter against `expected.npy`, stages and register bits as emitted, delays by our
model.
"""

import contextlib
import json
import re
import sys
from math import frexp, inf
from pathlib import Path

import numpy as np


def traced(peer, job):
    """The peer's combinational program of the network, in its own tracing calls."""
    if peer == "da4ml":
        from da4ml.trace import FixedVariableArrayInput as Input
        from da4ml.trace import HWConfig, comb_trace
        from da4ml.trace.ops import quantize

        config, trace = HWConfig(1, -1, -1), comb_trace
    else:
        from alkaid.trace import FVArrayInput as Input
        from alkaid.trace import HWConfig, trace
        from alkaid.trace.ops import quantize

        config = HWConfig(1, 1, -1)
    low, high = job["input"]
    signed, bits = int(low < 0), max(high, ~low if low < 0 else 0).bit_length()
    layers = job["layers"]
    inputs = Input((len(layers[0]["weights"]),), config, {"hard_dc": job["hard_dc"]})
    x = quantize(inputs, signed, bits, 0)
    for layer in layers:
        x = x @ np.array(layer["weights"], dtype=np.float64)
        if "steps" in layer:
            x = stepped(x, np.array(layer["steps"]).T, quantize)
    return trace(inputs, x)


def stepped(x, steps, quantize):
    """clamp((x * multiplier + addend) >> shift, low, high): the quantizer saturates by itself."""
    multiplier, addend, shift, low, high = steps
    bits = int(high.max()).bit_length()
    x = (x * multiplier.astype(float) + addend.astype(float)) * 2.0 ** -shift.astype(float)
    x = quantize(x, 0, bits, 0, "SAT", "TRN")
    return np.maximum(x, float(low.max())) if low.max() > 0 else x


def write(peer, comb, folder, pipeline):
    """Write the RTL for None (combinational), ("cutoff", c) or ("stages", n); return the programs
    of the stages and their register bits, without those of the inputs."""
    if peer != "da4ml":
        from alkaid.codegen import RTLModel

        keys = {"cutoff": "latency_cutoff", "stages": "n_stages"}
        options = {keys[pipeline[0]]: pipeline[1]} if pipeline else {}
        ternary = peer == "alkaid_add3"
        model = RTLModel(comb, folder, "model", "verilog", ternary_fuse=ternary, **options)
        model.write()
        if ternary:
            use_primitive(folder / "src/static/ternary_adder.v")
        stages = list(model.fsm.logic.values())
        return (stages, model.reg_bits - input_bits(comb)) if pipeline else ([model._comb], 0)
    from da4ml.codegen import RTLModel

    cutoff = pipeline[1] if pipeline else -1
    if pipeline and pipeline[0] == "stages":
        cutoff = cutoff_for(comb, pipeline[1])
    model = RTLModel(comb, "model", folder, flavor="verilog", latency_cutoff=cutoff)
    model.write()
    if not pipeline:
        return [comb], 0
    stages = model._pipe.solutions
    return stages, sum(sum(map(width, stage.out_qint)) for stage in stages)


SUM = re.compile(r" *wire signed \[(SUFFIX|FULL)_BW_ADD-1:0\] term0 =.*?\+ term2;\n", re.DOTALL)


def use_primitive(path):
    """Let alkaid's ternary adder add in a gatefold_add3, on the bits that it keeps."""

    def instance(match):
        width, start = {
            "SUFFIX": ("SUFFIX_BW", "UPPER_START"),
            "FULL": ("(BW_OUT + DROP_LSBS)", "0"),
        }[match[1]]
        word = [f"in{i}_ext[{start} +: {width}]" for i in range(3)]
        first, last = "NEGATE0 == 0", "NEGATE0 != 0 && NEGATE1 != 0"
        return (
            f"wire [{width}-1:0] accum;\n"
            f"gatefold_add3 #(.WIDTH({width}), .SUBTRACT_B({first} ? NEGATE1 : 1),\n"
            f"  .SUBTRACT_C({last} ? 1 : NEGATE2)) add (\n"
            f"  .a_i({first} ? {word[0]} : NEGATE1 == 0 ? {word[1]} : {word[2]}),\n"
            f"  .b_i({first} ? {word[1]} : {word[0]}),\n"
            f"  .c_i({last} ? {word[1]} : {word[2]}), .sum_o(accum));\n"
        )

    text, count = SUM.subn(instance, path.read_text())
    if count != 2:
        raise SystemExit("alkaid: its ternary adder looks different")
    path.write_text(text)


def cutoff_for(comb, stages):
    """da4ml takes a latency, not a number of stages: the largest that gives at least as many."""
    from da4ml.trace.pipeline import to_pipeline

    cutoffs = np.arange(1, max(comb.out_latency) + 1, 0.5)[::-1]
    for cutoff in cutoffs:
        if len(to_pipeline(comb, cutoff, retiming=False).solutions) >= stages:
            return float(cutoff)
    return 1.0


def exponent(step):
    return frexp(step)[1] - 1


def top(q):
    """Bit above the highest of the word that holds an interval, as a power of two."""
    low, high, step = q
    words = [round(v / step) for v in (low, high)]
    length = max((v if v >= 0 else ~v).bit_length() for v in words)
    return length + (low < 0) + exponent(step)


def width(q):
    return top(q) - exponent(q[2]) if q[0] != q[1] else 0


def input_bits(comb):
    return sum(map(width, comb.inp_qint))


def operands(op):
    """Operand indices: tuples in alkaid, two fields and a packed word in da4ml."""
    if hasattr(op, "addr"):
        return list(op.addr)
    if op.opcode in (-1, 5):
        return []
    ids = [i for i in (op.id0, op.id1) if i >= 0]
    return [*ids, op.data & 0xFFFFFFFF] if op.opcode in (6, -6) else ids


def cost_class(op, ops):
    """The class of our delay model (schedule/target.h) and its size."""
    data = op.data if isinstance(op.data, int) else (op.data[0] if op.data else 0)
    code = abs(op.opcode) if op.opcode != -2 or not hasattr(op, "addr") else -2
    ids = operands(op)
    if code in (0, 1) and ids:
        a, b = (ops[i].qint for i in ids)
        finest = exponent(b[2]) + data
        start = finest if code == 1 else max(exponent(a[2]), finest)
        return "add", max(top(op.qint) - start, 0)
    if code == 4:
        return "add", width(op.qint)
    if code == 2:
        return ("relu", width(op.qint)) if ops[ids[0]].qint[0] < 0 else ("wire", 0)
    if code == 6:
        return "select", width(op.qint)
    if code in (9, 10):
        return "logic", width(op.qint)
    if code == -2:
        return "negate", width(op.qint)
    if code == 11:
        return "add3", width(op.qint)
    if code in (7, 8):
        raise SystemExit(f"peers: operation {code} has no delay here")
    return "wire", 0


def delays(comb, target):
    """(delay, operands) of each operation, ns."""
    result = []
    for op in comb.ops:
        which, size = cost_class(op, comb.ops)
        delay = 0.0
        if which != "wire" and size > 0 and op.qint[0] != op.qint[1]:
            base, per_bit = target["operations"][which]["delay_ns"]
            delay = base + per_bit * size + target["route_ns"]["value"]
        result.append((delay, operands(op)))
    return result


def write_hex(path, rows, precisions):
    """Rows of integers as packed words, element 0 lowest; precisions are (signed, integer,
    fraction) bits, and bits below the fraction's last are zero."""
    lines = []
    for values in rows:
        word, at = 0, 0
        for value, (signed, integer, fraction) in zip(values, precisions):
            bits = int(signed + integer + fraction)
            raw = int(value) << int(fraction) if fraction >= 0 else int(value) >> int(-fraction)
            word |= (raw & ((1 << bits) - 1)) << at
            at += bits
        lines.append(f"{word:x}")
    path.write_text("\n".join(lines) + "\n")


def precisions(peer, intervals):
    """Bits of each word of a port, as the peer lays it out."""
    if peer != "da4ml":
        return [tuple(map(int, q.kif)) for q in intervals]
    from da4ml.types import minimal_kif

    return [tuple(map(int, minimal_kif(q))) for q in intervals]


def fewest_stages(steps, period):
    """Each operation as early as its operands allow, and the longest path without stages."""
    stage, ready = [], []
    for delay, ids in steps:
        first = max([stage[i] for i in ids], default=0)
        start = max([ready[i] for i in ids if stage[i] == first], default=0.0)
        late = start + delay > period + 1e-9
        stage.append(first + late)
        ready.append((0.0 if late else start) + delay)
    return max(stage) + 1, max(ready)


def main():
    peer, folder = sys.argv[1], Path(sys.argv[2])
    job = json.loads((folder / "job.json").read_text())
    with contextlib.redirect_stdout(sys.stderr):
        comb = traced(peer, job)
        inputs, expected = np.load(folder / "inputs.npy"), np.load(folder / "expected.npy")
        got = comb.predict(inputs.astype(np.float64)).reshape(expected.shape)
        period = [clock - job["target"]["register_ns"]["value"] for clock in job["clocks"]]
        rows = []
        for name, pipeline in job["pipelines"].items():
            stages, bits = write(peer, comb, folder / name, pipeline)
            paths = [delays(stage, job["target"]) for stage in stages]
            critical = max(fewest_stages(path, inf)[1] for path in paths)
            if not pipeline:
                whole = paths[0]
            rows.append({"name": name, "stages": len(stages) if pipeline else 0,
                         "register_bits": bits, "critical_ns": critical})  # fmt: skip
        write_hex(folder / "inputs.hex", inputs, precisions(peer, comb.inp_qint))
        write_hex(folder / "outputs.hex", expected, precisions(peer, comb.out_qint))
    print(json.dumps({
        "adders": sum(op.opcode in (0, 1, 4) for op in comb.ops),
        "vectors": len(expected),
        "mismatches": int((got != expected).any(axis=1).sum()),
        "input_bits": input_bits(comb),
        "path_ns": fewest_stages(whole, inf)[1],
        "stages_by_our_model": [fewest_stages(whole, p)[0] for p in period],
        "rows": rows,
    }))  # fmt: skip


if __name__ == "__main__":
    main()
