"""The model of block RAMs in simulated netlists against memories that Yosys maps to them."""

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

MODEL = Path(__file__).resolve().parents[2] / "src/gatefold/flows/yosys/block_rams.v"
SHAPES = [(16384, 1), (4096, 5), (2048, 9), (512, 36), (1024, 20)]
MEMORIES = [(*shape, written) for shape in SHAPES for written in (False, True)] + [(512, 72, False)]

MEMORY = """
module {name} (input clk, input write, input [13:0] write_address, read_address,
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
  reg [13:0] write_address = 0, read_address = 0;
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
    inputs = "input clk, write, input [13:0] write_address, read_address, input [71:0] word"
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


@pytest.fixture(scope="module")
def netlist(tmp_path_factory):
    """The folder of a netlist, its source and a testbench."""
    folder = tmp_path_factory.mktemp("memories")
    (folder / "mapped.v").write_text(memories(folder, "mapped") + top())
    (folder / "plain.v").write_text(memories(folder, "plain"))
    (folder / "bench.v").write_text(bench())
    script = (
        f"read_verilog {folder / 'mapped.v'}; synth_xilinx -family xcup -noiopad -noclkbuf "
        f"-nodsp -nosrl -top top; write_verilog -noattr {folder / 'netlist.v'}"
    )
    subprocess.run(["yosys", "-q", "-p", script], check=True)
    return folder


def wrong_words(folder, model):
    """Words that the netlist reads otherwise."""
    share = Path(shutil.which("yosys")).resolve().parent.parent / "share/yosys"
    command = ["iverilog", "-g2012", "-gno-specify", "-s", "bench", "-o", folder / "bench.vvp"]
    files = [folder / f"{name}.v" for name in ("bench", "plain", "netlist")]
    subprocess.run([*command, *files, model, share / "xilinx/cells_sim.v"], check=True)
    said = subprocess.run(["vvp", "-n", folder / "bench.vvp"], capture_output=True, text=True)
    return int(re.search(r"wrong=(\d+)", said.stdout).group(1))


def test_equals_the_memories(netlist):
    modules = re.split(r"^endmodule", (netlist / "netlist.v").read_text(), flags=re.MULTILINE)
    mapped = [text for text in modules if re.search(r"module mapped_\d+\b", text)]
    assert len(mapped) == len(MEMORIES)
    assert all(re.search(r"\bRAMB(18|36)E2\b", text) for text in mapped)
    assert wrong_words(netlist, MODEL) == 0


@pytest.mark.parametrize(
    "right, wrong",
    [
        ("bytes[32*line+place] = {parity[place]", "bytes[32*line+place] = {1'b0"),
        ("data = INIT[256*line+:256];", "data = 0;"),
    ],
)
def test_a_wrong_model_is_found(netlist, tmp_path, right, wrong):
    text = MODEL.read_text()
    assert right in text
    model = tmp_path / "model.v"
    model.write_text(text.replace(right, wrong))
    assert wrong_words(netlist, model) > 0
