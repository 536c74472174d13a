#!/usr/bin/env python3
"""Adder graphs of random matrices beside da4ml and alkaid.

Prints, per size and weight bits: mean adders, full-adder bits by our rule (`bits_of_adder`) and by
da4ml's, bits of carry chains after the best fusion to rows of three operands, depth and CPU
milliseconds; the figures recorded for the peers; and, where a Python with da4ml 0.6 or alkaid 0.8
is given (--peers), the peers on the same matrices in the same run, their graphs measured by the
same rules.

    cmake --preset bench && cmake --build build/bench --target adder_graph_program
    python3 bench/adder_graph.py [--peers /path/to/venv/bin/python] [--table random|paper] ...
"""

import argparse
import json
import math
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
COUNTS = {2: 400, 4: 400, 8: 200, 16: 60, 32: 12, 64: 3}
# Recorded with da4ml 0.6, hard_dc 2, adder_size 1: adders, bits, depth, milliseconds (one thread of
# a shared AMD EPYC, +/- 50 %), over COUNTS matrices of default_rng(1000 + 10 m + b).
RECORDED = {
    (2, 4): (3.13, 26.9, 1.9, 0.08), (4, 4): (14.1, 131.2, 3.5, 0.24),
    (8, 4): (55.1, 542, 5.0, 1.4), (16, 4): (204.7, 2086, 6.2, 12),
    (32, 4): (754, 7888, 7.0, 127), (64, 4): (2734, 29159, 8.0, 2712),
    (2, 8): (7.21, 71.6, 3.0, 0.13), (4, 8): (27.1, 290, 4.7, 0.57),
    (8, 8): (100.6, 1133, 6.2, 4.2), (16, 8): (370.7, 4280, 7.3, 50),
    (32, 8): (1337, 15667, 8.4, 568), (64, 8): (4896, 57951, 9.0, 8646),
}  # fmt: skip
# Recorded with da4ml 0.6 on the matrices of its paper (weights 8..15 or 128..255; ours are drawn
# from the same ranges): adders, bits, depth for hard_dc -1, 2 and 0.
PAPER = {
    (8, 4): ((49, 513, 8), (54, 571, 5), (72, 725, 5)),
    (8, 8): ((97, 1097, 10), (100, 1142, 7), (125, 1406, 5)),
    (16, 4): ((177, 1872, 12), (199, 2110, 7), (262, 2751, 6)),
    (16, 8): ((349, 4067, 13), (373, 4457, 8), (441, 5061, 6)),
    (32, 4): ((619, 6528, 14), (651, 6877, 9), (950, 10198, 7)),
    (32, 8): ((1219, 14270, 20), (1472, 17763, 8), (1586, 18371, 7)),
    (64, 4): ((2231, 23824, 20), (2396, 25774, 9), (3405, 37135, 8)),
    (64, 8): ((4426, 51991, 23), (5161, 63059, 10), (5623, 66125, 8)),
}  # fmt: skip


def top_of(low, high):
    """Bits of the word from bit 0 to its top, its sign included."""
    if low == 0 and high == 0:
        return 0
    length = max((v if v >= 0 else ~v).bit_length() for v in (low, high))
    return length + (low < 0)


def our_bits(a, b, subtract, result):
    """`bits_of_adder` of cost_model.h; operands (low, high, zeros) with their shifts applied."""
    finer, coarser = (a, b) if a[2] < b[2] else (b, a)
    finer_subtracted = subtract and finer is b and a[2] != b[2]
    if not subtract and finer[0] >= 0 and top_of(*finer[:2]) <= coarser[2]:
        return 0
    return max(0, top_of(*result[:2]) - (finer if finer_subtracted else coarser)[2])


def da4ml_bits(a, b):
    """da4ml's cost of an adder with adder_size 1."""
    reach = max(max(abs(low), high + 2**zeros) for low, high, zeros in (a, b))
    return (a[0] < 0 or b[0] < 0) + math.ceil(math.log2(reach)) - max(a[2], b[2])


def row_bits(terms, result):
    """Bits of one carry chain over three words; terms (lowest bit, negated)."""
    terms = sorted(terms)
    start = terms[0][0] if terms[0][1] else terms[1][0]
    return max(0, top_of(*result[:2]) - start)


def ternary_bits(adders, outputs):
    """Least bits after an adder and one that only it reads have become one row of three operands,
    as src/gatefold/schedule/fuse_adders.cpp does it. adders: node -> (a, b, x, y,
    subtract, result), children first, x and y the operands' intervals with their shifts applied."""
    uses = Counter(outputs)
    for a, b, *_ in adders.values():
        uses.update((a, b))
    cost = {}

    def below(node):
        return cost[node] if node in adders and uses[node] == 1 else 0

    for node, (a, b, x, y, subtract, result) in adders.items():
        cost[node] = our_bits(x, y, subtract, result) + below(a) + below(b)
        for child, word, other, kept, negated, kept_negated in (
            (a, x, b, y, False, subtract),
            (b, y, a, x, subtract, False),
        ):
            if a == b or child not in adders or uses[child] != 1:
                continue
            ca, cb, cx, cy, child_subtract, inner = adders[child]
            shift = word[2] - inner[2]
            terms = [(cx[2] + shift, negated), (cy[2] + shift, negated != child_subtract)]
            row = row_bits([*terms, (kept[2], kept_negated)], result)
            cost[node] = min(cost[node], row + below(ca) + below(cb) + below(other))
    return sum(cost[node] for node in adders if uses[node] != 1 or node in outputs)


def shifted(interval, shift):
    low, high, zeros = interval
    return low << shift, high << shift, zeros + shift


def measure(inputs, graph):
    words = [(-128, 127, 0)] * inputs
    ours = theirs = 0
    adders = {}
    for a, b, shift_a, shift_b, subtract, _, low, high, zeros in graph["adders"]:
        x, y = shifted(words[a], shift_a), shifted(words[b], shift_b)
        adders[len(words)] = a, b, x, y, bool(subtract), (low, high, zeros)
        words.append((low, high, zeros))
        ours += our_bits(x, y, bool(subtract), words[-1])
        theirs += da4ml_bits(x, y)
    ternary = ternary_bits(adders, set(graph["outputs"]))
    return [len(adders), ours, theirs, graph["depth"], 1e3 * graph["seconds"], ternary]


def solve_ours(program, matrices, extra_depth, effort, model):
    inputs, outputs = matrices[0].shape
    text = [f"{inputs} {outputs} {extra_depth} {effort} {model} -128 127 {len(matrices)}"]
    text += [" ".join(map(str, matrix.ravel())) for matrix in matrices]
    run = subprocess.run(
        [program], input="\n".join(text), capture_output=True, text=True, check=True
    )
    rows = []
    for line in run.stdout.splitlines():
        graph = json.loads(line)
        row = measure(inputs, graph)
        if row[1] != graph["bits"]:
            sys.exit(f"the program counts {graph['bits']} bits, this script {row[1]}")
        if graph["cost"] != row[5 if model == "lut6" else 1]:
            sys.exit(f"the program counts a cost of {graph['cost']}, this script {row}")
        rows.append(row)
    return np.array(rows)


def solve_peer(python, peer, matrices, hard_dc):
    """Runs this file inside the peers' environment; empty when the peer is not there."""
    request = json.dumps(
        {"peer": peer, "hard_dc": hard_dc, "matrices": [m.tolist() for m in matrices]}
    )
    run = subprocess.run(
        [python, __file__, "--as-peer"],
        input=request,
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    return np.array(json.loads(run.stdout)) if run.returncode == 0 else None


def integers(interval):
    """A peer's interval (low, high, step), scaled by 2^30 to integers."""
    low, high, step = interval
    return int(low * 2**30), int(high * 2**30), round(math.log2(step)) + 30


def peer_row(stages, ops_of, seconds):
    ours = theirs = ternary = count = 0
    depths = None
    for stage in stages:
        levels = []
        adders = {}
        for op in stage.ops:
            operands, shift = ops_of(op)
            if op.opcode == -1:
                levels.append(depths[operands[0]] if depths else 0)
                continue
            x, y = (stage.ops[i].qint for i in operands)
            x = integers((x.min, x.max, x.step))
            y = integers((y.min * 2.0**shift, y.max * 2.0**shift, y.step * 2.0**shift))
            result = integers((op.qint.min, op.qint.max, op.qint.step))
            # Tops are relative to bit 0, which stands at 2^-30 here: differences cancel it.
            adders[len(levels)] = (*operands, x, y, op.opcode == 1, result)
            ours += our_bits(x, y, op.opcode == 1, result)
            theirs += da4ml_bits(x, y)
            levels.append(max(levels[i] for i in operands) + 1)
        depths = [levels[i] if i >= 0 else 0 for i in stage.out_idxs]
        count += len(adders)
        ternary += ternary_bits(adders, {i for i in stage.out_idxs if i >= 0})
    return [count, ours, theirs, max(depths), 1e3 * seconds, ternary]


def as_peer():
    import time

    request = json.load(sys.stdin)
    rows = []
    for matrix in request["matrices"]:
        weights = np.array(matrix, dtype=np.float32)
        options = {
            "hard_dc": request["hard_dc"],
            "qintervals": [(-128.0, 127.0, 1.0)] * len(weights),
            "latencies": [0.0] * len(weights),
        }
        if request["peer"] == "da4ml":
            from da4ml._binary import solve

            start = time.process_time()
            stages = solve(weights, adder_size=1, carry_size=-1, **options).solutions
            seconds = time.process_time() - start
            rows.append(peer_row(stages, lambda op: ((op.id0, op.id1), op.data), seconds))
        else:
            from alkaid._binary import cmvm_solve

            start = time.process_time()
            stages = cmvm_solve(weights, **options)
            seconds = time.process_time() - start
            rows.append(peer_row(stages, lambda op: (op.addr or op.data, op.data[0]), seconds))
    print(json.dumps(rows))


def show(name, row, base=None):
    adders, ours, theirs, depth, milliseconds, ternary = row
    blank = " " * 9
    cells = [f"{adders:9.2f}", f"{ours:9.1f}" if ours else blank, f"{theirs:9.1f}"]
    cells.append(f"{ternary:9.1f}" if ternary else blank)
    cells += [f"{depth:6.2f}", f"{milliseconds:9.2f}" if milliseconds else blank]
    if base and base["full_adders"] is not None:
        cells.append(f"x{base['full_adders'][2] / theirs:.3f}")
        cells += [f"x{base['full_adders'][1] / ours:.3f}"] if ours else []
    if base and base["lut6"] is not None and ternary:
        cells.append(f"x{base['lut6'][5] / ternary:.3f}")
    print(f"    {name:34}", *cells, flush=True)


def random_table(options):
    for m, b in sorted(RECORDED, key=lambda key: (key[1], key[0])):
        if m > options.largest or b not in options.bits:
            continue
        generator = np.random.default_rng(1000 + 10 * m + b)
        low, high = -(2 ** (b - 1)), 2 ** (b - 1) - 1
        matrices = [
            generator.integers(low, high, size=(m, m), endpoint=True) for _ in range(COUNTS[m])
        ][: options.count]
        print(f"{m}x{m}, {b} bits, {len(matrices)} matrices")
        compare(options, matrices, (0, 1, 2), (2,), [("da4ml recorded, dc 2", RECORDED[m, b])])


def paper_table(options):
    for m, b in sorted(PAPER, key=lambda key: (key[1], key[0])):
        if m > options.largest or b not in options.bits:
            continue
        generator = np.random.default_rng(2000 + 10 * m + b)
        count = min(options.count, COUNTS[m], max(1, 64 // m))
        matrices = [generator.integers(2 ** (b - 1), 2**b, size=(m, m)) for _ in range(count)]
        print(f"{m}x{m}, weights {2 ** (b - 1)}..{2**b - 1}, {count} matrices")
        recorded = [
            (f"da4ml recorded, dc {dc}", (*row, None)) for dc, row in zip((-1, 2, 0), PAPER[m, b])
        ]
        compare(options, matrices, (0, 1, 2, -1), (0, 2, -1), recorded)


def compare(options, matrices, extras, hard_dcs, recorded):
    """Ratios: our bits over the row's, by da4ml's rule, by ours and after fusion to rows of three
    operands, of the cheapest graphs of ours that are no deeper than the row's on average; for rows
    of three, of those that were searched for them."""
    own = {}
    for model in ("full_adders", "lut6"):
        solved = [solve_ours(options.program, matrices, e, options.effort, model) for e in extras]
        own[model] = [rows.mean(0) for rows in solved]
        for extra, row in zip(extras, own[model]):
            show(f"ours, {model}, extra depth {extra}", row)
    rows = [(name, (a, None, bits, depth, ms, None)) for name, (a, bits, depth, ms) in recorded]
    for peer in ("da4ml", "alkaid") if options.peers else ():
        for dc in hard_dcs:
            result = solve_peer(options.peers, peer, matrices, dc)
            if result is not None:
                rows.append((f"{peer} live, dc {dc}", tuple(result.mean(0))))
    for name, row in rows:
        base = {}
        for model, bits in (("full_adders", 1), ("lut6", 5)):
            shallow = [ours for ours in own[model] if ours[3] <= row[3] + 0.005]
            base[model] = min(shallow, key=lambda ours: ours[bits]) if shallow else None
        show(name, row, base)


def main():
    if "--as-peer" in sys.argv:
        return as_peer()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=ROOT / "build/bench/bench/adder_graph_program")
    parser.add_argument("--peers", help="a Python that has da4ml and alkaid")
    parser.add_argument("--table", choices=("random", "paper"), default="random")
    parser.add_argument("--count", type=int, default=400, help="most matrices per size")
    parser.add_argument("--largest", type=int, default=64)
    parser.add_argument("--bits", type=int, nargs="+", default=[4, 8])
    parser.add_argument("--effort", type=int, default=1)
    options = parser.parse_args()
    print(" " * 38, "   adders  our rule   da4ml's   ternary  depth    CPU ms  ours / theirs")
    (random_table if options.table == "random" else paper_table)(options)


if __name__ == "__main__":
    main()
