#!/usr/bin/env python3
"""Time and memory of adder graphs against the size of the matrix.

Solves random 8-bit matrices, dense and with 90 % of the weights 0, at default effort, one process
each; prints CPU seconds, peak memory (of the program that also prints the graph), adders and
full-adder bits, and draws docs/adder_graph_scale.svg.

    cmake --preset bench && cmake --build build/bench --target adder_graph_program
    python3 bench/adder_graph_scale.py [--largest 1048576]
"""

import argparse
import json
import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
DENSE = [(m, m) for m in (8, 16, 32, 64, 128, 256, 512)]
PRUNED = [(m, m) for m in (32, 64, 128, 256, 512, 1024)] + [(4096, 256)]


def matrix_of(inputs, outputs, density):
    generator = np.random.default_rng(7 * inputs + outputs)
    weights = generator.integers(-128, 127, size=(inputs, outputs), endpoint=True)
    return weights * (generator.random(weights.shape) < density)


def solve(program, matrix, effort):
    """CPU seconds, peak memory in MB, adders, bits, depth."""
    inputs, outputs = matrix.shape
    text = f"{inputs} {outputs} 2 {effort} full_adders -128 127 1\n" + " ".join(
        map(str, matrix.ravel())
    )
    with tempfile.TemporaryFile("w+") as request, tempfile.TemporaryFile("w+") as answer:
        request.write(text)
        request.seek(0)
        process = subprocess.Popen([program], stdin=request, stdout=answer)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise SystemExit(f"{program} ends with {process.returncode}")
        answer.seek(0)
        graph = json.load(answer)
    size = len(graph["adders"])
    return graph["seconds"], usage.ru_maxrss / 1024, size, graph["bits"], graph["depth"]


def measure(options, shapes, density):
    rows = []
    for inputs, outputs in shapes:
        if inputs * outputs > options.largest:
            continue
        matrix = matrix_of(inputs, outputs, density)
        row = (inputs, outputs, *solve(options.program, matrix, options.effort))
        print("{:6} x {:<5}{:10.3f} s {:8.0f} MB {:9} adders {:10} bits  depth {}".format(*row))
        rows.append(row)
    return rows


def draw(curves, path):
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "gatefold"
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    for label, rows, marker in curves:
        sizes = [inputs * outputs for inputs, outputs, *_ in rows]
        axes[0].loglog(sizes, [row[2] for row in rows], marker, label=label)
        axes[1].loglog(sizes, [row[3] for row in rows], marker, label=label)
    for axis, title in zip(axes, ("CPU seconds", "peak memory, MB")):
        axis.set_xlabel("weights, zeros included")
        axis.set_title(title)
        axis.grid(True, which="major", alpha=0.3)
    axes[0].legend()
    figure.savefig(path, metadata={"Date": None})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=ROOT / "build/bench/bench/adder_graph_program")
    parser.add_argument("--effort", type=int, default=1)
    parser.add_argument("--largest", type=int, default=1 << 20, help="most weights of a matrix")
    parser.add_argument("--plot", default=ROOT / "docs/adder_graph_scale.svg")
    options = parser.parse_args()
    print("dense")
    dense = measure(options, DENSE, 1.0)
    print("90 % pruned")
    pruned = measure(options, PRUNED, 0.1)
    draw([("dense, 8 bits", dense, "o-"), ("90 % pruned, 8 bits", pruned, "s-")], options.plot)
    print("drawn:", options.plot)


if __name__ == "__main__":
    main()
