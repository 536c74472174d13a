"""The models of block RAMs in simulated netlists against memories that Yosys maps to them."""

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

FLOW = Path(__file__).resolve().parents[2] / "src/gatefold/flows/yosys"
# The command that maps, the cells that hold memories, our models, the other models of cells.
TARGETS = {
    "xcup": (
        "synth_xilinx -family xcup -noiopad -noclkbuf -nodsp -nosrl",
        r"RAMB(18|36)E2",
        ("block_ram.v", "ramb_e2.v"),
        "xilinx/cells_sim.v",
    ),
    "xc7": (
        "synth_xilinx -family xc7 -noiopad -noclkbuf -nodsp -nosrl",
        r"RAMB(18|36)E1",
        ("block_ram.v", "ramb_e1.v"),
        "xilinx/cells_sim.v",
    ),
    "ecp5": (
        "synth_ecp5 -nodsp -noflatten",
        r"DP16KD",
        ("block_ram.v", "dp16kd.v"),
        "ecp5/cells_sim.v",
    ),
}
SHAPES = [(65536, 1), (16384, 1), (4096, 5), (2048, 9), (512, 36), (1024, 20)]
MEMORIES = [(*shape, written) for shape in SHAPES for written in (False, True)] + [(512, 72, False)]

MEMORY = """
module {name} (input clk, input write, input [15:0] write_address, read_address,
               input [71:0] word, output reg [{top}:0] out);
  reg [{top}:0] words [0:{last}];
  initial $readmemh("{contents}", words);
  always @(posedge clk) begin
    {write}
    out <= words[read_address % {words}];
  end
endmodule
"""

BENCH = """
module bench;
  reg clk = 0, write = 0;
  reg [15:0] write_address = 0, read_address = 0;
  reg [71:0] word = 0;
  integer step, wrong = 0;
  {instances}
  initial begin
    for (step = 0; step < 3000; step = step + 1) begin
      write = $random;
      word = {{$random, $random, $random}};
      write_address = $random;
      read_address = step % 5 == 0 ? write_address : step < 1500 ? step : $random;
      #1 clk = 1;
      #1 {compares}
      clk = 0;
    end
    $display("wrong=%0d", wrong);
  end
endmodule
"""

PORTS = "(clk, write, write_address, read_address, word, {out})"


def memories(folder, prefix):
    """A module for each of MEMORIES."""
    random = np.random.default_rng(3)
    for k, (words, width, _) in enumerate(MEMORIES):
        numbers = (int.from_bytes(random.bytes(9)) % 2**width for _ in range(words))
        (folder / f"words_{k}.hex").write_text("".join(f"{number:x}\n" for number in numbers))
    store = "if (write) words[write_address % {words}] <= word;"
    return "".join(
        MEMORY.format(
            name=f"{prefix}_{k}",
            top=width - 1,
            last=words - 1,
            words=words,
            contents=folder / f"words_{k}.hex",
            write=store.format(words=words) if written else "",
        )
        for k, (words, width, written) in enumerate(MEMORIES)
    )


def top():
    """A module with all that are mapped."""
    inputs = "input clk, write, input [15:0] write_address, read_address, input [71:0] word"
    outputs = ", ".join(f"output [{w - 1}:0] out_{k}" for k, (_, w, _) in enumerate(MEMORIES))
    instances = " ".join(
        f"mapped_{k} m_{k} {PORTS.format(out=f'out_{k}')};" for k in range(len(MEMORIES))
    )
    return f"module top ({inputs}, {outputs}); {instances} endmodule"


def bench():
    """A testbench that counts the words that differ."""
    instances, compares = [], []
    for k, (_, width, _) in enumerate(MEMORIES):
        instances.append(f"wire [{width - 1}:0] got_{k}, right_{k};")
        for name in ("mapped", "plain"):
            out = f"{'got' if name == 'mapped' else 'right'}_{k}"
            instances.append(f"{name}_{k} {name}_of_{k} {PORTS.format(out=out)};")
        compares.append(f"if (got_{k} !== right_{k}) wrong = wrong + 1;")
    return BENCH.format(instances="\n  ".join(instances), compares="\n      ".join(compares))


@pytest.fixture(scope="module", params=TARGETS)
def netlist(request, tmp_path_factory):
    """The target and the folder of a netlist, its source and a testbench."""
    folder = tmp_path_factory.mktemp("memories")
    (folder / "mapped.v").write_text(memories(folder, "mapped") + top())
    (folder / "plain.v").write_text(memories(folder, "plain"))
    (folder / "bench.v").write_text(bench())
    script = (
        f"read_verilog {folder / 'mapped.v'}; {TARGETS[request.param][0]} -top top; "
        f"write_verilog -noattr {folder / 'netlist.v'}"
    )
    subprocess.run(["yosys", "-q", "-p", script], check=True)
    return request.param, folder


def beside(text, models):
    """Verilog text with other names for the modules that the models define."""
    for name in re.findall(r"^module (\w+)", models, flags=re.MULTILINE):
        text = re.sub(rf"^module {name}\b", f"module yosys_{name}", text, flags=re.MULTILINE)
    return text


def models_of(target):
    return "".join((FLOW / name).read_text() for name in TARGETS[target][2])


def wrong_words(target, folder, models):
    """Words that the netlist reads otherwise."""
    share = Path(shutil.which("yosys")).resolve().parent.parent / "share/yosys"
    cells = share / TARGETS[target][3]
    (folder / "models.v").write_text(models)
    (folder / "cells.v").write_text(beside(cells.read_text(), models))
    command = ["iverilog", "-g2012", "-gno-specify", "-DNO_INCLUDES", "-s", "bench"]
    command += ["-I", cells.parent, "-o", folder / "bench.vvp"]
    files = [folder / f"{name}.v" for name in ("bench", "plain", "netlist", "models", "cells")]
    subprocess.run([*command, *files], check=True)
    said = subprocess.run(["vvp", "-n", folder / "bench.vvp"], capture_output=True, text=True)
    return int(re.search(r"wrong=(\d+)", said.stdout).group(1))


def test_equals_the_memories(netlist):
    target, folder = netlist
    modules = re.split(r"^endmodule", (folder / "netlist.v").read_text(), flags=re.MULTILINE)
    mapped = [text for text in modules if re.search(r"module mapped_\d+\b", text)]
    assert len(mapped) == len(MEMORIES)
    assert all(re.search(rf"\b{TARGETS[target][1]}\b", text) for text in mapped)
    assert wrong_words(target, folder, models_of(target)) == 0


WRONG = [
    *(
        (target, "bytes[32*line+place] = {parity[place]", "bytes[32*line+place] = {1'b0")
        for target in TARGETS
    ),
    *((target, "data = INIT[256*line+:256];", "data = 0;") for target in TARGETS),
    ("xc7", 'DOADO = RAM_EXTENSION_A == "UPPER" && !read_here_a', "DOADO = 1'b0"),
    ("xc7", ".write_a(here_a ? {4'b0, WEA} : 8'b0)", ".write_a({4'b0, WEA})"),
    ("ecp5", "{4'b0, address_a[3:0]}", "{4'b0, 4'b1}"),
    ("ecp5", "CONTENTS[20*i+8]}", "1'b0}"),
    ("ecp5", "DATA_WIDTH_B == 36 ? word_b[35:18] : word_b[17:0]", "word_b[17:0]"),
]


@pytest.mark.parametrize("netlist, right, wrong", WRONG, indirect=["netlist"])
def test_a_wrong_model_is_found(netlist, right, wrong):
    target, folder = netlist
    text = models_of(target)
    assert right in text
    assert wrong_words(target, folder, text.replace(right, wrong)) > 0
