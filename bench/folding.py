#!/usr/bin/env python3
"""Folds beside one another: cycles, cells, memories and toggles against reuse.

For each network and each reuse: `gatefold report --reuse R --synthesise --data X`. Cycles are exact
(the tests compare them with simulation), LUT, FF, block RAMs and DSPs are what Yosys finds, toggles
are the bits that change in the interpreted hardware per inference on the inputs, at every word and
register. Writes a table in Markdown and a picture.

    tools/setup && python3 bench/folding.py            # a Python with numpy, onnx and matplotlib
    python3 bench/folding.py --no-synthesis            # estimates, not cells
"""

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
from folding_models import NETWORKS

ROOT = Path(__file__).resolve().parent.parent
BUNDLED = {"jet_tagger": "test_features.npy", "digits": "features.npy"}
REUSES = {
    "jet_tagger": (1, 4, 16, 64, 256, 1024),
    "digits": (1, 4, 16, 64, 256, 576, 2048),
    "perceptron": (14, 56, 112, 224, 448, 784, 1568, 3136, 6272, 12544),
    "small_cnn": (1, 2, 4, 9, 18, 72, 288, 576),
    "attention": (1, 2, 4, 8, 16, 32, 64, 256),
    "resnet8": (64,),
    "mobilenet": (64,),
    "million": (1000,),
}
FIGURES = ("interval", "latency", "LUT", "FF", "memory bits", "block RAMs", "DSPs", "toggles")


def materialised(name, folder, samples):
    """Paths of a network's model and inputs."""
    inputs = folder / f"{name}.npy"
    if name in BUNDLED:
        bundle = ROOT / "models" / name
        np.save(inputs, np.load(bundle / BUNDLED[name])[:samples])
        return bundle / f"{name}.onnx", inputs
    network = NETWORKS[name]()
    network.save(folder / f"{name}.onnx")
    np.save(inputs, network.inputs(samples))
    return folder / f"{name}.onnx", inputs


def measure(gatefold, model, inputs, reuse, options):
    command = [gatefold, "report", model, "--data", inputs, "--vectors", options.samples, "--json"]
    command += ["--reuse", reuse, "--clock", options.clock, "--target", options.target]
    if not options.no_synthesis:
        command.append("--synthesise")
    start = time.monotonic()
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stderr[-2000:]}")
    return figures_of(json.loads(done.stdout), time.monotonic() - start)


def figures_of(report, seconds):
    cells = report["total"]["synthesised"]
    estimated = report["total"]["estimated"]
    activity = report["activity"]
    changed = sum(r["toggles"] + r["register_toggles"] for r in activity["layers"])
    return {
        "interval": report["interval_cycles"],
        "latency": report["latency_cycles"],
        "LUT": cells["luts"] if cells else round(estimated["luts"]),
        "FF": cells["flip_flops"] if cells else estimated["flip_flops"],
        "memory bits": sum(p["memory_bits"] + p["queue_bits"] for p in report["processes"]),
        "block RAMs": cells["brams"] if cells else estimated["block_rams"],
        "DSPs": cells["dsps"] if cells else estimated["dsps"],
        "multipliers": sum(p["multipliers"] for p in report["processes"]),
        "toggles": round(changed / activity["inferences"]),
        "seconds": round(seconds, 1),
    }


def table(name, rows):
    lines = [f"### {name}", "", "| reuse | multipliers | " + " | ".join(FIGURES) + " |"]
    lines.append("|" + "---:|" * (len(FIGURES) + 2))
    for reuse, row in rows.items():
        cells = [f"{row[f]:,}" for f in ("multipliers", *FIGURES)]
        lines.append(f"| {reuse:,} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def draw(results, path):
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "gatefold"
    import matplotlib.pyplot as plt

    shown = ("interval", "LUT", "FF", "memory bits", "toggles")
    figure, axes = plt.subplots(
        1, len(shown), figsize=(3.2 * len(shown) + 1.2, 3.2), layout="constrained"
    )
    for axis, what in zip(axes, shown):
        for name, rows in results.items():
            points = [(reuse, row[what]) for reuse, row in rows.items() if row[what] > 0]
            axis.plot(*zip(*points), marker="o", label=name)
        axis.set(xscale="log", yscale="log", xlabel="reuse", title=what)
        axis.grid(alpha=0.3)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside right center")
    figure.savefig(path, metadata={"Date": None})


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--models", nargs="*", default=list(REUSES), choices=REUSES)
    parser.add_argument("--gatefold", default=ROOT / "build/release/gatefold")
    parser.add_argument("--target", default="xcup")
    parser.add_argument("--clock", default=5.0, type=float)
    parser.add_argument("--samples", default=20, type=int)
    parser.add_argument("--no-synthesis", action="store_true")
    parser.add_argument("--table", type=Path, help="write the tables to this file")
    parser.add_argument("--plot", type=Path, help="draw into this SVG file")
    options = parser.parse_args()
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in options.models:
            model, inputs = materialised(name, Path(folder), options.samples)
            rows = results[name] = {}
            for reuse in REUSES[name]:
                rows[reuse] = measure(options.gatefold, model, inputs, reuse, options)
                print(name, reuse, rows[reuse], flush=True)
    text = "\n".join(table(name, rows) for name, rows in results.items())
    print(text)
    if options.table:
        options.table.write_text(text)
    if options.plot:
        draw(results, options.plot)


if __name__ == "__main__":
    main()
