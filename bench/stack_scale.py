#!/usr/bin/env python3
"""Time and memory of whole compilations against the number of weights.

Makes stacks of four square dense layers, 8-bit weights of which 90 % are 0, ReLU and 8-bit unsigned
activations between them, as QONNX files; runs `gatefold compile` on each, one process each; prints
wall and CPU seconds, peak memory and the size of the SystemVerilog, and draws
docs/stack_scale.svg.

    cmake --build build/release --target gatefold
    python3 bench/stack_scale.py [--widths 64 128 256 512]     # a Python with numpy and onnx
"""

import argparse
import os
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

ROOT = Path(__file__).resolve().parent.parent
LAYERS, DENSITY = 4, 0.1


class Stack:
    def __init__(self, width):
        self.random = np.random.default_rng(width)
        self.width, self.nodes, self.arrays = width, [], []

    def array(self, name, values):
        self.arrays.append(numpy_helper.from_array(np.asarray(values, np.float32), name))
        return name

    def quantize(self, value, name, scale, signed):
        parts = [(f"{name}_scale", scale), (f"{name}_zero", 0.0), (f"{name}_bits", 8.0)]
        inputs = [value, *(self.array(*part) for part in parts)]
        options = {"signed": int(signed), "narrow": 0, "rounding_mode": "FLOOR"}
        domain = "qonnx.custom_op.general"
        self.nodes.append(helper.make_node("Quant", inputs, [name], name, domain=domain, **options))
        return name

    def dense(self, value, name):
        weights = self.random.integers(-127, 127, (self.width, self.width), endpoint=True)
        weights = weights * (self.random.random(weights.shape) < DENSITY)
        array = self.array(f"{name}_weights", weights / 128)
        quantized = self.quantize(array, f"{name}_quant", 1 / 128, True)
        self.nodes.append(helper.make_node("MatMul", [value, quantized], [name], name))
        return name

    def model(self):
        value = self.quantize("x", "x_quant", 1 / 16, True)
        for layer in range(LAYERS):
            value = self.dense(value, f"fc{layer}")
            if layer + 1 < LAYERS:
                self.nodes.append(helper.make_node("Relu", [value], [f"relu{layer}"]))
                value = self.quantize(f"relu{layer}", f"act{layer}", 1 / 8, False)
        ports = [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, self.width])
            for name in ("x", value)
        ]
        graph = helper.make_graph(self.nodes, "stack", ports[:1], ports[1:], self.arrays)
        domains = [helper.make_opsetid("", 17), helper.make_opsetid("qonnx.custom_op.general", 1)]
        model = helper.make_model(graph, opset_imports=domains)
        model.ir_version = 8
        return model


def compile_stack(program, width, target, clock):
    """Weights, wall and CPU seconds, peak MB, MB of SystemVerilog."""
    with tempfile.TemporaryDirectory() as folder:
        model, project = Path(folder) / "stack.onnx", Path(folder) / "project"
        model.write_bytes(Stack(width).model().SerializeToString())
        command = [program, "compile", model, "-o", project, "--target", target, "--clock", clock]
        command += ["--vectors", "2"]
        start = time.perf_counter()
        process = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - start
        if process.returncode != 0:
            raise SystemExit(f"width {width}: exit code {process.returncode}")
        size = sum(f.stat().st_size for f in (project / "rtl").iterdir())
    cpu = usage.ru_utime + usage.ru_stime
    return LAYERS * width * width, wall, cpu, usage.ru_maxrss / 1024, size / 1e6


def draw(rows, path):
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "gatefold"
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    weights = [row[0] for row in rows]
    axes[0].loglog(weights, [row[2] for row in rows], "o-")
    axes[1].loglog(weights, [row[3] for row in rows], "o-")
    for axis, title in zip(axes, ("CPU seconds", "peak memory, MB")):
        axis.set_xlabel("weights, zeros included")
        axis.set_title(title)
        axis.grid(True, which="major", alpha=0.3)
    figure.savefig(path, metadata={"Date": None})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=ROOT / "build/release/gatefold")
    parser.add_argument("--widths", type=int, nargs="+", default=[64, 128, 256, 512])
    parser.add_argument("--target", default="xcup")
    parser.add_argument("--clock", default="5")
    parser.add_argument("--plot", type=Path, default=ROOT / "docs/stack_scale.svg")
    options = parser.parse_args()
    rows = []
    for width in options.widths:
        row = compile_stack(options.program, width, options.target, options.clock)
        print(
            "{:9,} weights {:8.1f} s wall {:8.1f} s CPU {:7.0f} MB {:7.1f} MB of RTL".format(*row)
        )
        rows.append(row)
    if len(rows) > 1:
        draw(rows, options.plot)


if __name__ == "__main__":
    main()
