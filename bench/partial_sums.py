#!/usr/bin/env python3
"""Narrow inputs: adder graphs beside tables of partial sums (distributed arithmetic), in LUT6.

A table takes as many inputs as have six bits in all and gives their exact part of a column's sum,
one LUT each bit; rows of three operands add the tables up, small ones first. The adder graph is the
library's for AMD's carry chains. Both in LUTs, for random 8-bit matrices, dense and pruned.

    cmake --preset bench && cmake --build build/bench --target adder_graph_program
    python3 bench/partial_sums.py [--program build/bench/bench/adder_graph_program]
"""

import argparse
import json
import subprocess
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
LUT_INPUTS = 6


def top_of(low, high):
    """Bits of the word with this range."""
    length = max((v if v >= 0 else ~v).bit_length() for v in (low, high))
    return length + (low < 0)


def graph_luts(program, matrix, bits):
    inputs, outputs = matrix.shape
    text = f"{inputs} {outputs} 0 1 lut6 0 {2**bits - 1} 1\n" + " ".join(map(str, matrix.ravel()))
    run = subprocess.run([program], input=text, capture_output=True, text=True, check=True)
    return json.loads(run.stdout)["cost"]


def column_luts(weights, bits):
    """Tables and rows of one column; a table of one wire alone is that wire."""
    weights = [int(w) for w in weights if w]
    group = LUT_INPUTS // bits
    most = 2**bits - 1
    ranges, luts = [], 0
    for at in range(0, len(weights), group):
        part = weights[at : at + group]
        low = sum(w for w in part if w < 0) * most
        high = sum(w for w in part if w > 0) * most
        common = np.gcd.reduce(part)
        zeros = int(common & -common).bit_length() - 1
        wire = len(part) == 1 and part[0] > 0 and part[0] & (part[0] - 1) == 0
        luts += 0 if wire else top_of(low, high) - zeros
        ranges.append((low, high))
    while len(ranges) > 1:
        ranges.sort(key=lambda r: r[1] - r[0])
        count = 3 if len(ranges) % 2 else 2
        low, high = (sum(bound) for bound in zip(*ranges[:count]))
        ranges[:count] = [(low, high)]
        luts += top_of(low, high)
    return luts


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=ROOT / "build/bench/bench/adder_graph_program")
    parser.add_argument("--sizes", type=int, nargs="+", default=[16, 64])
    options = parser.parse_args()
    for m in options.sizes:
        for density in (1.0, 0.25):
            for bits in (1, 2, 3):
                generator = np.random.default_rng(m + bits)
                matrix = generator.integers(-128, 127, size=(m, m), endpoint=True)
                matrix = matrix * (generator.random(matrix.shape) < density)
                graph = graph_luts(options.program, matrix, bits)
                tables = sum(column_luts(column, bits) for column in matrix.T)
                print(
                    f"{m:3} x {m:<3} {density:4.0%} of weights, inputs of {bits} bits: "
                    f"{graph:6} LUT as a graph, {tables:6} as tables, x{tables / graph:.2f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
