#!/usr/bin/env python3
"""Whole networks through every step: lowering, verification, simulation of the text, synthesis.

For each network: `gatefold compile`, `gatefold verify` at the levels graph, design and verilator on
few vectors, and `gatefold report --synthesise`. Each step has a time limit; a step that is cut
leaves its limit in the table. Prints one Markdown table.

    tools/setup && python3 bench/scale.py              # a Python with numpy and onnx
    python3 bench/scale.py --models million --limit 600
"""

import argparse
import json
import os
import re
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
from folding_models import NETWORKS

ROOT = Path(__file__).resolve().parent.parent
REUSES = {"million": (1000,), "resnet8": (64, 576), "mobilenet": (1024,), "lstm": (1000,)}
COLUMNS = (
    "model",
    "weights",
    "zeros",
    "reuse",
    "processes",
    "compile s",
    "MB",
    "interval",
    "latency",
    "vectors",
    "differing bits",
    "verify s",
    "LUT",
    "FF",
    "synthesis s",
    "cut",
)


class Step:
    """One run of a program: its output, seconds and peak memory; `cut` when the limit ended it."""

    def __init__(self, command, limit):
        start = time.monotonic()
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as messages:
            running = subprocess.Popen(
                [str(c) for c in command], stdout=out, stderr=messages, start_new_session=True
            )
            self.cut = False
            while True:
                done, status, usage = os.wait4(running.pid, os.WNOHANG)
                if done:
                    break
                if not self.cut and time.monotonic() - start > limit:
                    os.killpg(running.pid, signal.SIGINT)
                    self.cut = True
                time.sleep(0.02)
            self.seconds = time.monotonic() - start
            self.megabytes = usage.ru_maxrss / 1024
            out.seek(0)
            messages.seek(0)
            self.text = out.read()
            if os.waitstatus_to_exitcode(status) not in (0, 1) and not self.cut:
                raise SystemExit(f"{' '.join(map(str, command))}\n{messages.read()[-2000:]}")


def compiled(options, chosen, folder):
    """The row as far as compilation fills it."""
    step = Step([options.gatefold, "compile", *chosen, "-o", folder / "project", "--json"], 3600)
    report = json.loads(step.text)
    return {
        "weights": sum(row["weights"] for row in report["layers"]),
        "zeros": sum(row["zero_weights"] for row in report["layers"]),
        "processes": len(report["processes"]),
        "compile s": round(step.seconds, 1),
        "MB": round(step.megabytes),
        "interval": report["interval_cycles"],
        "latency": report["latency_cycles"],
    }


def verified(options, chosen, inputs):
    command = [options.gatefold, "verify", *chosen, "--data", inputs]
    command += ["--random", options.random, "--extreme", options.extreme]
    step = Step([*command, "--levels", "graph", "design", "verilator"], options.limit)
    if step.cut:
        return {"cut": f"verify at {options.limit} s"}
    counts = re.search(r"^(\d+) vectors .* levels (.*): (\d+) differing bits", step.text, re.M)
    return {
        "vectors": int(counts[1]),
        "differing bits": int(counts[3]),
        "verify s": round(step.seconds),
    }


def synthesised(options, chosen):
    command = [options.gatefold, "report", *chosen, "--synthesise", "--json"]
    step = Step(command, options.limit)
    if step.cut:
        return {"cut": f"synthesis at {options.limit} s"}
    cells = json.loads(step.text)["total"]["synthesised"]
    return {
        "LUT": cells["luts"],
        "FF": cells["flip_flops"],
        "synthesis s": round(step.seconds),
    }


def measured(options, name, reuse, folder):
    network = NETWORKS[name]()
    model, inputs = folder / f"{name}.onnx", folder / f"{name}.npy"
    network.save(model)
    np.save(inputs, network.inputs(options.samples))
    chosen = [model, "--reuse", reuse, "--target", options.target, *network.options]
    row = {"model": name, "reuse": reuse, "cut": ""}
    row |= compiled(options, chosen, folder)
    cuts = []
    steps = [verified(options, chosen, inputs)]
    if not options.no_synthesis:
        steps.append(synthesised(options, chosen))
    for figures in steps:
        cuts.append(figures.pop("cut", ""))
        row |= figures
    return row | {"cut": "; ".join(filter(None, cuts))}


def table(rows):
    def cell(value):
        return f"{value:,}" if isinstance(value, int) else str(value)

    lines = ["| " + " | ".join(COLUMNS) + " |", "|---|" + "---:|" * (len(COLUMNS) - 1)]
    for row in rows:
        lines.append("| " + " | ".join(cell(row.get(c, "")) for c in COLUMNS) + " |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--models", nargs="*", default=list(REUSES), choices=REUSES)
    parser.add_argument("--reuse", type=int, nargs="*", help="instead of the models' own")
    parser.add_argument("--gatefold", default=ROOT / "build/release/gatefold")
    parser.add_argument("--target", default="xcup")
    parser.add_argument("--samples", default=4, type=int)
    parser.add_argument("--random", default=2, type=int)
    parser.add_argument("--extreme", default=2, type=int)
    parser.add_argument("--no-synthesis", action="store_true")
    parser.add_argument("--limit", default=1800, type=int, help="seconds of each step")
    options = parser.parse_args()
    rows = []
    for name in options.models:
        for reuse in options.reuse or REUSES[name]:
            with tempfile.TemporaryDirectory() as folder:
                rows.append(measured(options, name, reuse, Path(folder)))
            print(rows[-1], flush=True)
    print(table(rows))


if __name__ == "__main__":
    main()
