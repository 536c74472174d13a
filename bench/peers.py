#!/usr/bin/env python3
"""A whole trained network beside da4ml and alkaid: LUTs, flip-flops, levels, nanoseconds.

The peers get the same integers (quantized_network.py, from our graph after the passes) in their own
tracing calls (peer_rtl.py). Their interpreter and each synthesised netlist must equal our emulator
on all real test inputs before a cell counts. All designs go through the flattened half of the same
Yosys script, flows/yosys/synthesise.ys.

Pipelines: `cutoff` is the peers' own way to a clock (their latency unit is about 1 ns); `stages`
has as many stages as ours at that clock; `as` is ours with a peer's number of stages, at the clock
that the peer's longest stage allows. Registers of the inputs, which only the peers have, are not
counted. `path` is the longest path without stages and `stage` the longest of a stage, by our delay
model applied to their operations.

    cmake --preset release && cmake --build build/release --target gatefold
    python3 bench/peers.py --peers /path/to/venv/bin/python [--models jet_tagger digits]
"""

import argparse
import fnmatch
import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
from netlist import Netlist
from quantized_network import evaluate, parse

ROOT = Path(__file__).resolve().parent.parent
TARGET = "xcup"
OPTIONS = {"jet_tagger": [], "digits": ["--final-activation", "host"]}
FEATURES = {"jet_tagger": "test_features.npy", "digits": "features.npy"}
# hard_dc: the default of each command line. Yosys packs no ternary rows: alkaid is taken with two-
# operand adders, and with its ternary adders on the primitive that ours has for them.
PEERS = (("da4ml", 2), ("alkaid", 5), ("alkaid_add3", 5))


def run(command, folder=None):
    """Standard output of a command; its error ends the run."""
    done = subprocess.run([str(c) for c in command], cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(
            f"{' '.join(map(str, command))}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        )
    return done.stdout


def synthesise(folder, sources, top, scripts):
    """Cells by kind and logic levels: the flattened half of the project's script. A run on the same
    text is not repeated."""
    out = folder / f"build/yosys/{TARGET}"
    out.mkdir(parents=True, exist_ok=True)
    if folder != scripts:
        shutil.copytree(scripts / "flows", folder / "flows", dirs_exist_ok=True)
    script = (folder / f"flows/yosys/synthesise_{TARGET}.ys").read_text()
    flat = script.split("design -load start")[0] + "write_json netlist.json\n"
    (folder / "flat.ys").write_text(flat)
    texts = [(folder / source).read_text() for source in sources]
    name = hashlib.sha256("".join([flat, *texts]).encode()).hexdigest()
    known = folder.parent / "synthesised" / f"{name}.json"
    if known.exists():
        return json.loads(known.read_text())
    read = f"read_verilog -sv {' '.join(map(str, sources))}"
    blackbox = "blackbox gatefold_add3; " if "module gatefold_add3" in "".join(texts) else ""
    hierarchy = f"{blackbox}hierarchy -check -top {top}"
    run(["yosys", "-q", "-p", f"{read}; {hierarchy}; script flat.ys"], folder)
    known.parent.mkdir(exist_ok=True)
    cells = counted(out)
    known.write_text(json.dumps(cells))
    return cells


def counted(out):
    """Cells by kind and levels, from the script's figures."""
    kinds = json.loads((ROOT / "src/gatefold/flows/yosys/targets.json").read_text())[TARGET]
    types = json.loads((out / "total.json").read_text())["design"]["num_cells_by_type"]
    cells = {"luts": 0, "carries": 0, "muxes": 0, "flip_flops": 0, "shift_registers": 0}
    for kind in cells:
        for pattern in kinds[kind]:
            weight = kinds[kind][pattern] if kind == "luts" else 1
            cells[kind] += weight * sum(
                n for cell, n in types.items() if fnmatch.fnmatchcase(cell, pattern)
            )
    levels = re.search(r"length=(\d+)", (out / "total_levels.txt").read_text())
    return {**cells, "levels": int(levels[1])}


def differing(project, folder):
    """Vectors on which a peer's netlist does not give what our emulator gave."""
    words = {name: [int(word, 16) for word in (folder / f"{name}.hex").read_text().split()]
             for name in ("inputs", "outputs")}  # fmt: skip
    got = Netlist(project / "netlist.json", "model").run({"model_inp": words["inputs"]})[
        "model_out"
    ]
    return sum(a != b for a, b in zip(got, words["outputs"]))


def compile_ours(options, name, folder, clock, stages=None, extra=()):
    """The JSON report of a project in `folder`; None where the stages miss the clock."""
    shutil.rmtree(folder, ignore_errors=True)
    model = ROOT / f"models/{name}/{name}.onnx"
    command = [options.gatefold, "compile", model, "-o", folder, "--clock", clock, "--json",
               "--vectors", 50, *OPTIONS[name], *extra]  # fmt: skip
    command += ["--stages", stages] if stages else []
    if stages:
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
        return json.loads(done.stdout) if done.returncode == 0 else None
    return json.loads(run(command))


def matched(options, name, folder, theirs):
    """Our project with the stages of a peer's, at the clock that its longest stage allows by our
    delay model; None where that is too short for ours."""
    target = json.loads((ROOT / f"data/targets/{TARGET}.json").read_text())
    clock = theirs["critical_ns"] + target["register_ns"]["value"]
    report = compile_ours(options, name, folder, np.ceil(clock * 100) / 100, theirs["stages"])
    return report and our_row(folder, f"as {theirs['tool']}", report, None)


def row(tool, label, stages, cells, bits, path, critical):
    """A line of the table."""
    return {"tool": tool, "pipeline": label, "stages": stages, **cells, "register_bits": bits,
            "path_ns": path, "critical_ns": critical}  # fmt: skip


def our_row(folder, label, report, path):
    """Synthesise and describe one of our projects."""
    sources = (folder / "files.f").read_text().split()
    top = json.loads((folder / "manifest.json").read_text())["top"]
    cells = synthesise(folder, sources, top, folder)
    bits = sum(layer["estimated"]["flip_flops"] for layer in report["layers"])
    return row("gatefold", label, report["latency_cycles"], cells, bits, path,
               report["critical_ns"])  # fmt: skip


def network_of(options, name, folder):
    """Our graph's integers, and in `folder` real inputs as integers with our emulator's answers."""
    compile_ours(options, name, folder / "ours", 1000, 1, ["--dump", folder / "dump"])
    network = parse(sorted((folder / "dump").glob("*.gfg"))[-1].read_text())
    features = np.load(ROOT / f"models/{name}/{FEATURES[name]}")
    if name == "digits":
        features = features[np.load(ROOT / "models/digits/is_test.npy")]
    scale, zero_point = network["grid"]
    inputs = np.rint(features.astype(float) / float(scale) + float(zero_point))
    inputs = np.clip(inputs, *network["input"]).astype(np.int64)
    np.save(folder / "inputs.npy", inputs)
    run([options.gatefold, "predict", ROOT / f"models/{name}/{name}.onnx", *OPTIONS[name], "--raw",
         "--data", folder / "inputs.npy", "-o", folder / "expected.npy"])  # fmt: skip
    differing = (evaluate(network, inputs) != np.load(folder / "expected.npy")).sum()
    if differing:
        raise SystemExit(f"{name}: the network read from the graph differs in {differing} words")
    return network


def our_rows(options, name, folder):
    """Combinational, and the fewest stages of each clock."""
    one = compile_ours(options, name, folder / "ours", 1000, 1)
    path = one["critical_ns"]
    yield our_row(folder / "ours", "combinational", one, path)
    for clock in options.clocks:
        report = compile_ours(options, name, folder / f"ours_{clock:g}", clock)
        yield our_row(folder / f"ours_{clock:g}", f"{clock:g} ns", report, path)


def job_of(network, hard_dc, cutoffs, clocks, stages):
    """What peer_rtl.py reads."""
    layers = [{key: np.array(value).tolist() for key, value in layer.items() if key != "reach"}
              for layer in network["layers"]]  # fmt: skip
    pipelines = {"combinational": None}
    pipelines |= {f"cutoff_{cutoff:g}": ("cutoff", cutoff) for cutoff in cutoffs}
    pipelines |= {f"stages_{count}": ("stages", count) for count in stages}
    target = json.loads((ROOT / f"data/targets/{TARGET}.json").read_text())
    return {"input": network["input"], "layers": layers, "hard_dc": hard_dc,
            "pipelines": pipelines, "target": target, "clocks": clocks}  # fmt: skip


def peer_rows(options, peer, job, folder):
    """The peer's projects: refused unless its numbers are our emulator's."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "job.json").write_text(json.dumps(job))
    for array in ("inputs.npy", "expected.npy"):
        shutil.copy(folder.parent / array, folder)
    result = json.loads(run([options.peers, ROOT / "bench/peer_rtl.py", peer, folder]))
    if result["mismatches"]:
        raise SystemExit(f"{peer}: {result['mismatches']} of {result['vectors']} vectors differ")
    tool = f"{peer} dc {job['hard_dc']}"
    stages = dict(zip(job["clocks"], result["stages_by_our_model"]))
    print(f"{tool}: {result['vectors']} vectors equal, {result['adders']} adders; fewest stages by "
          f"our model {stages}", file=sys.stderr)  # fmt: skip
    for project in result["rows"]:
        out = folder / project["name"]
        sources = [*sorted(out.glob("src/*.v")), *sorted(out.glob("src/static/*.v"))]
        unused = ("_wrapper", "lookup_table")  # the latter reads a file that only tables have
        sources = [source for source in sources if not source.stem.endswith(unused)]
        if peer == "alkaid_add3":
            sources.append(ROOT / "rtl/gatefold_add3.sv")
        cells = synthesise(out, sources, "model", folder.parent / "ours")
        bad = differing(out, folder)
        if bad:
            raise SystemExit(f"{tool}, {project['name']}: {bad} vectors of the netlist differ")
        if project["stages"]:
            cells["flip_flops"] -= result["input_bits"]
        yield row(tool, project["name"], project["stages"], cells, project["register_bits"],
                  result["path_ns"], project["critical_ns"])  # fmt: skip


COLUMNS = ("luts", "carries", "muxes", "flip_flops", "shift_registers", "levels", "register_bits")


def show(line):
    """Print one line of the table."""
    numbers = "".join(f"{line[key]:>9,}" for key in COLUMNS)
    print(f"{line['tool']:16} {line['pipeline']:14} {line['stages']:>6}{numbers}"
          f"{line['path_ns']:>9.2f}{line['critical_ns']:>9.2f}", flush=True)  # fmt: skip


def compare(options, name):
    """All lines of one model."""
    folder = options.folder.resolve() / name
    folder.mkdir(parents=True, exist_ok=True)
    network = network_of(options, name, folder)
    print(f"\n{name}, {TARGET}\n{'tool':16} {'pipeline':14} stages     LUTs    carry     MUXF"
          "       FF      SRL   levels reg.bits  path ns stage ns")  # fmt: skip
    lines = []

    def add(line):
        lines.append(line)
        show(line)

    for line in our_rows(options, name, folder):
        add(line)
    stages = [line["stages"] for line in lines[1:]]
    for peer, hard_dc in PEERS if options.peers else ():
        job = job_of(network, hard_dc, options.cutoffs, options.clocks, stages)
        for line in peer_rows(options, peer, job, folder / f"{peer}{hard_dc}"):
            add(line)
    for theirs in [line for line in lines if line["tool"] != "gatefold" and line["stages"]]:
        where = folder / f"ours_as_{theirs['tool'].split()[0]}_{theirs['stages']}"
        line = matched(options, name, where, theirs)
        if line:
            add({**line, "path_ns": lines[0]["path_ns"]})
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers", help="a Python that has da4ml and alkaid")
    parser.add_argument("--models", nargs="+", choices=sorted(OPTIONS), default=list(OPTIONS))
    parser.add_argument("--gatefold", default=ROOT / "build/release/gatefold")
    parser.add_argument("--folder", type=Path, default=ROOT / "build/peers")
    parser.add_argument("--clocks", nargs="+", type=float, default=[5.0, 2.0], help="ns")
    parser.add_argument("--cutoffs", nargs="*", type=float, default=[5.0], help="of the peers")
    parser.add_argument("--json", type=Path, help="also write the lines here")
    options = parser.parse_args()
    result = {name: compare(options, name) for name in options.models}
    if options.json:
        options.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
