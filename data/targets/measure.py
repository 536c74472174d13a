#!/usr/bin/env python3
"""Measures delays and LUTs of single operations with Yosys and fits the lines of <target>.json.

    data/targets/measure.py xc7 > data/targets/xc7.json

Delays are those of Yosys' `sta` over the `specify` blocks of its cell models: cells only, without
routing. Every operation is measured alone, at several widths, and a line `base + per_bit * width`
is fitted by least squares (tables: address bits beyond one LUT; products: bits of both operands).
"""

import datetime
import json
import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path

WIDTHS = (6, 12, 20)
TABLE_WIDTHS = (4, 6, 8, 10)

# The Yosys command that maps `top`, the cell models with delays, the cells that count as LUTs (and
# how many LUTs each takes), the inputs of a LUT, clock to output plus setup of a register with
# the source, and the guess for the wire behind an operation, and the
# clock where none is asked for.
TARGETS = {
    "xc7": {
        "title": "AMD 7 series (Artix-7, -1)",
        "synth": "synth_xilinx -family xc7 -top top -noiopad -noclkbuf -nodsp -flatten",
        "models": "read_verilog -overwrite -specify -lib +/xilinx/cells_sim.v",
        "luts": {"INV": 1} | {f"LUT{i}": 1 for i in range(1, 7)},
        "inputs": 6,
        "register": (0.303, "cell-models"),
        "route_ns": 0.6,
        "clock_ns": 5,
    },
    "ecp5": {
        "title": "Lattice ECP5 (speed grade 6)",
        "synth": "synth_ecp5 -top top -nodsp",
        "models": "read_verilog -overwrite -specify -lib +/ecp5/cells_sim.v",
        "luts": {"LUT4": 1, "CCU2C": 2},
        "inputs": 4,
        "register": (0.5, "register-estimate"),
        "route_ns": 0.8,
        "clock_ns": 10,
    },
    "ice40": {
        "title": "Lattice iCE40 HX",
        "synth": "synth_ice40 -top top",
        "models": "read_verilog -overwrite -specify -lib -D ICE40_HX +/ice40/cells_sim.v",
        "luts": {"SB_LUT4": 1},
        "inputs": 4,
        "register": (0.561, "cell-models"),
        "route_ns": 0.8,
        "clock_ns": 15,
    },
}

ALU = """
(* techmap_celltype = "$add" *)
module gatefold_add (A, B, Y);
  parameter A_SIGNED = 0; parameter B_SIGNED = 0;
  parameter A_WIDTH = 1; parameter B_WIDTH = 1; parameter Y_WIDTH = 1;
  (* force_downto *) input [A_WIDTH-1:0] A;
  (* force_downto *) input [B_WIDTH-1:0] B;
  (* force_downto *) output [Y_WIDTH-1:0] Y;
  wire [Y_WIDTH-1:0] X, CO;
  \\$alu #(.A_SIGNED(A_SIGNED), .B_SIGNED(B_SIGNED), .A_WIDTH(A_WIDTH), .B_WIDTH(B_WIDTH),
    .Y_WIDTH(Y_WIDTH)) _TECHMAP_REPLACE_
    (.A(A), .B(B), .BI(1'b0), .CI(1'b0), .Y(Y), .X(X), .CO(CO));
endmodule
"""


def two(width: int, out: str, body: str) -> str:
    """A module of two signed operands."""
    ports = f"input signed [{width - 1}:0] a, b, input c, output {out} y"
    return f"module top({ports}); assign y = {body}; endmodule\n"


def table(bits: int) -> str:
    rng = random.Random(bits)
    cases = "\n".join(f"{i}: y = {rng.randrange(16)};" for i in range(2**bits))
    ports = f"input [{bits - 1}:0] a, output reg [3:0] y"
    return f"module top({ports}); always @* case (a)\n{cases}\nendcase endmodule\n"


def sources(width: int) -> dict[str, str]:
    same, wider = f"signed [{width - 1}:0]", f"signed [{width}:0]"
    top = 2 ** (width - 4) - 1
    return {
        "add": two(width, wider, "a + b"),
        "negate": two(width, wider, "-a"),
        "compare": two(width, "", "a < b"),
        "equal": two(width, "", "a == b"),
        "logic": two(width, same, "a & b"),
        "select": two(width, same, "c ? a : b"),
        "relu": two(width, f"[{width - 2}:0]", f"a[{width - 1}] ? 0 : a[{width - 2}:0]"),
        "clamp": two(width, f"[{width - 5}:0]", f"a < 0 ? 0 : a > {top} ? {top} : a"),
        "multiply": two(width, f"signed [{2 * width - 1}:0]", "a * b"),
    }


def run(target: dict, source: str) -> tuple[float, float]:
    """Delay in ns and LUTs of a module."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "top.sv").write_text(source)
        (Path(folder) / "alu.v").write_text(ALU)
        script = (
            f"read_verilog -sv top.sv; hierarchy -top top; proc; opt; techmap -map alu.v; "
            f"{target['synth']}; tee -o stat.txt stat; {target['models']}; tee -o sta.txt sta"
        )
        subprocess.run(["yosys", "-q", "-p", script], cwd=folder, check=True, capture_output=True)
        delay = re.search(r"is (\d+):", (Path(folder) / "sta.txt").read_text())
        cells = re.findall(r"^\s+(\S+)\s+(\d+)$", (Path(folder) / "stat.txt").read_text(), re.M)
    luts = sum(target["luts"].get(name, 0) * int(count) for name, count in cells)
    return (int(delay.group(1)) / 1000 if delay else 0.0), luts


def line(points: list[tuple[float, float]]) -> list[float]:
    """Least squares [base, per_bit], with neither below 0."""
    n = len(points)
    mean_x, mean_y = sum(x for x, _ in points) / n, sum(y for _, y in points) / n
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0
    slope = max(slope, 0.0)
    base = mean_y - slope * mean_x
    if base < 0:
        base, slope = 0.0, sum(x * y for x, y in points) / sum(x * x for x, _ in points)
    return [round(base, 3), round(slope, 4)]


def delay_size(op: str, width: int, lut_inputs: int) -> int:
    """What `delay_ns` of schedule/cost.cpp puts the line over, for operands of this width."""
    if op in ("add", "negate"):
        return width + 1  # the carry chain ends with the result
    return {"multiply": 2 * width, "table": max(width - lut_inputs, 0)}.get(op, width)


def area_size(op: str, width: int, lut_inputs: int) -> int:
    """The same for the LUTs."""
    area = {"multiply": width * width, "table": 4 * 2 ** max(width - lut_inputs, 0)}
    return area.get(op, delay_size(op, width, lut_inputs))


def measure(name: str) -> dict:
    target = TARGETS[name]
    delays: dict[str, list] = {}
    luts: dict[str, list] = {}
    raw = []
    jobs = [(op, w, text) for w in WIDTHS for op, text in sources(w).items()]
    jobs += [("table", w, table(w)) for w in TABLE_WIDTHS]
    for op, width, text in jobs:
        delay, count = run(target, text)
        raw.append([op, width, delay, count])
        print(name, op, width, delay, count, file=sys.stderr)
        delays.setdefault(op, []).append((delay_size(op, width, target["inputs"]), delay))
        luts.setdefault(op, []).append((area_size(op, width, target["inputs"]), count))
    operations = {
        op: {"delay_ns": line(delays[op]), "luts": line(luts[op]), "source": "yosys-sta"}
        for op in delays
    }
    version = subprocess.run(["yosys", "-V"], capture_output=True, text=True, check=True).stdout
    return {
        "title": target["title"],
        "lut_inputs": target["inputs"],
        "clock_ns": {"value": target["clock_ns"], "source": "clock-rule"},
        "register_ns": {"value": target["register"][0], "source": target["register"][1]},
        "route_ns": {"value": target["route_ns"], "source": "route-estimate"},
        "operations": operations,
        "sources": {
            "clock-rule": {
                "kind": "definition",
                "text": "the clock where none is asked for: the least multiple of 5 ns that holds "
                "each operation which is never split, up to adders, comparisons and clamps of 32 "
                "bits and tables of 14 address bits",
            },
            "yosys-sta": {
                "kind": "measured",
                "text": "mapped and timed alone by Yosys (stat, sta): cells only, no routing",
                "tool": version.strip(),
                "script": "data/targets/measure.py",
                "date": datetime.date.today().isoformat(),
            },
            "cell-models": {
                "kind": "published",
                "text": "clock to output plus setup in the specify blocks of cells_sim.v",
                "tool": version.strip(),
            },
            "register-estimate": {
                "kind": "estimate",
                "text": "clock to output plus setup; the cell models give 0 for the ECP5",
            },
            "route-estimate": {
                "kind": "estimate",
                "text": "one wire behind every operation; a guess, "
                "not calibrated on routed designs",
            },
        },
        "measured": raw,
    }


ONE_LINE = ("clock_ns", "register_ns", "route_ns", "memory", "dsp")


def dump(result: dict) -> str:
    """JSON with one entry a line below the first two levels."""
    rows = []
    for key, value in result.items():
        if isinstance(value, dict) and key not in ONE_LINE:
            inner = ",\n".join(f"    {json.dumps(k)}: {json.dumps(v)}" for k, v in value.items())
            rows.append(f"  {json.dumps(key)}: {{\n{inner}\n  }}")
        elif key == "measured":
            inner = ",\n".join("    " + json.dumps(row) for row in value)
            rows.append(f'  "measured": [\n{inner}\n  ]')
        else:
            rows.append(f"  {json.dumps(key)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(rows) + "\n}\n"


if __name__ == "__main__":
    sys.stdout.write(dump(measure(sys.argv[1])))
