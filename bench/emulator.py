#!/usr/bin/env python3
"""Inferences per second: the exact emulator of the jet tagger beside onnxruntime's float MLP.

The float model has the same shape (16-64-32-32-5, ReLU, dense float32 weights). Both run in turns
on the same machine; a figure is the best call of all rounds. Where the Python package `gatefold`
is importable, `predict` on NumPy arrays is timed too.

    cmake --preset bench && cmake --build build/bench --target emulator_bench
    python3 bench/emulator.py            # a Python with numpy, onnx and onnxruntime
"""

import argparse
import json
import subprocess
import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

ROOT = Path(__file__).resolve().parent.parent
MODEL = ROOT / "models/jet_tagger/jet_tagger.onnx"
WIDTHS = (16, 64, 32, 32, 5)
BATCHES = (1, 1024, 65536)
THREADS = (1, 2)


def float_model():
    """Return the bytes of a dense float32 MLP of the jet tagger's shape."""
    random = np.random.default_rng(0)
    nodes, weights, value = [], [], "x"
    for layer, (inputs, outputs) in enumerate(zip(WIDTHS, WIDTHS[1:])):
        arrays = {
            f"w{layer}": random.normal(size=(inputs, outputs)) / np.sqrt(inputs),
            f"b{layer}": random.normal(size=outputs),
        }
        weights += [numpy_helper.from_array(a.astype(np.float32), n) for n, a in arrays.items()]
        nodes.append(helper.make_node("Gemm", [value, *arrays], [f"y{layer}"]))
        value = f"y{layer}"
        if outputs != WIDTHS[-1]:
            nodes.append(helper.make_node("Relu", [value], [f"r{layer}"]))
            value = f"r{layer}"
    ports = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", width])
        for name, width in (("x", WIDTHS[0]), (value, WIDTHS[-1]))
    ]
    graph = helper.make_graph(nodes, "mlp", ports[:1], ports[1:], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    return model.SerializeToString()


def best_rate(call, samples, seconds):
    """Return samples per second of the fastest call within about `seconds`."""
    call()
    best, end = float("inf"), time.perf_counter() + seconds
    while (start := time.perf_counter()) < end:
        call()
        best = min(best, time.perf_counter() - start)
    return samples / best


def session_of(model, threads):
    """Return an onnxruntime session with this many threads."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def program_rates(program, seconds):
    """Return {(batch, threads): rate} of the C++ benchmark."""
    text = subprocess.run(
        [program, "--benchmark_format=json", f"--benchmark_min_time={seconds}"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    rates = {}
    for row in json.loads(text)["benchmarks"]:
        numbers = dict(part.split(":") for part in row["name"].split("/") if ":" in part)
        rates[int(numbers["batch"]), int(numbers["threads"])] = row["best_per_second"]
    return rates


def python_model():
    """Return gatefold's Model, or None where the package is not built."""
    try:
        import gatefold

        return gatefold.load(MODEL)
    except (ImportError, AttributeError):
        return None


def main():
    """Print one line for each batch size and number of threads."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=ROOT / "build/bench/bench/emulator_bench")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.2, help="of each figure in each round")
    options = parser.parse_args()

    onnx.checker.check_model(onnx.load_model_from_string(float_model()))
    sessions = {threads: session_of(float_model(), threads) for threads in THREADS}
    random = np.random.default_rng(1)
    data = {n: random.normal(size=(n, WIDTHS[0])).astype(np.float32) for n in BATCHES}
    model = python_model()
    best = {}

    def record(key, rate):
        best[key] = max(best.get(key, 0), rate)

    for _ in range(options.rounds):
        for key, rate in program_rates(options.program, options.seconds).items():
            record((*key, "exact"), rate)
        for n in BATCHES:
            for threads, session in sessions.items():
                call = lambda: session.run(None, {"x": data[n]})  # noqa: B023, E731
                record((n, threads, "float"), best_rate(call, n, options.seconds))
            if model:
                call = lambda: model.predict(data[n])  # noqa: B023, E731
                record((n, "all", "python"), best_rate(call, n, options.seconds))

    print("samples/s           exact emulator   onnxruntime float   ratio   gatefold.predict")
    for n in BATCHES:
        for threads in THREADS:
            exact, real = best[n, threads, "exact"], best[n, threads, "float"]
            python = f"{best[n, 'all', 'python']:18,.0f}" if model else f"{'-':>18}"
            print(f"batch {n:6} threads {threads}  {exact:12,.0f}  {real:17,.0f}  "
                  f"{exact / real:6.1f} {python}")  # fmt: skip


if __name__ == "__main__":
    main()
