#!/usr/bin/env python3
"""Random matrices on inputs of one bit: LUTs by the model and by Yosys, and the path, on xcup.

Where a binary from before the tables of one-bit inputs is given (--baseline, commit 4ba7bce), its
figures stand beside: adder graphs alone.

    cmake --build build/release --target gatefold
    python3 bench/binary_inputs.py [--sizes 8 16 32] [--baseline GATEFOLD]  # numpy, onnx, yosys
"""

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
from peers import run, synthesise
from truth_tables import Model

ROOT = Path(__file__).resolve().parent.parent


def matrix_of(size, bits):
    generator = np.random.default_rng(10 * size + bits)
    low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    return generator.integers(low, high, size=(size, size), endpoint=True)


def measure(gatefold, matrix, with_yosys):
    """Estimated LUTs, LUTs of Yosys or None, nanoseconds."""
    with tempfile.TemporaryDirectory() as folder:
        model, project = Path(folder) / "matrix.onnx", Path(folder) / "project"
        Model().write_matrix(matrix, model)
        text = run([gatefold, "compile", model, "-o", project, "--target", "xcup", "--clock",
                    "1000", "--stages", "1", "--vectors", "2", "--json"])  # fmt: skip
        report = json.loads(text)
        luts = None
        if with_yosys:
            sources = (project / "files.f").read_text().split()
            top = json.loads((project / "manifest.json").read_text())["top"]
            luts = synthesise(project, sources, top, project)["luts"]
    return report["total"]["estimated"]["luts"], luts, report["critical_ns"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gatefold", default=ROOT / "build/release/gatefold")
    parser.add_argument("--baseline", help="a gatefold of before")
    parser.add_argument("--sizes", type=int, nargs="+", default=[8, 16, 32])
    parser.add_argument("--no-yosys", action="store_true")
    options = parser.parse_args()
    for size in options.sizes:
        for bits in (4, 8):
            matrix = matrix_of(size, bits)
            for name in filter(None, (options.baseline, options.gatefold)):
                estimated, luts, path = measure(name, matrix, not options.no_yosys)
                print(f"{size:3} x {size:<3} {bits} bits: {estimated:7.0f} LUT by the model, "
                      f"{luts} by Yosys, {path:.2f} ns, {name}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
