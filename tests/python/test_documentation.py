"""What docs/architecture.md says of one Dense layer is what the program prints."""

import re

import numpy as np
import onnx
from commands import run
from conftest import ROOT
from onnx import helper, numpy_helper
from small_models import DOMAIN, port

WALK = ROOT.joinpath("docs/architecture.md").read_text().split("## The walk of one Dense layer")[1]
WALK = WALK.split("\n## ")[0]


def dense_file(path, rounding="ROUND"):
    """The file of the walk, with another rounding of the activation if asked."""
    constants = {"si": 0.25, "zero": 0, "b4": 4, "w": [[1.5, 0.5], [0.5, -2]], "sw": 0.5}
    constants |= {"so": 0.25, "b3": 3, "gamma": [1, 1], "beta": [0.5, -0.25]}
    constants |= {"mean": [0, 0], "var": [4, 1]}

    def quant(name, inputs, output, signed, mode="ROUND"):
        attributes = {"signed": signed, "narrow": 0, "rounding_mode": mode}
        return helper.make_node("Quant", inputs, [output], name, domain=DOMAIN, **attributes)

    normalised = ["z", "gamma", "beta", "mean", "var"]
    nodes = [
        quant("/in/Quant", ["x", "si", "zero", "b4"], "xq", 1),
        quant("/fc1/weight_quant/Quant", ["w", "sw", "zero", "b4"], "wq", 1),
        helper.make_node("MatMul", ["xq", "wq"], ["z"], "/fc1/MatMul"),
        helper.make_node(
            "BatchNormalization", normalised, ["n"], "/bn1/BatchNormalization", epsilon=0.0
        ),
        helper.make_node("Relu", ["n"], ["r"], "/act1/Relu"),
        quant("/act1/act_quant/Quant", ["r", "so", "zero", "b3"], "y", 0, rounding),
    ]
    arrays = [numpy_helper.from_array(np.asarray(a, np.float32), n) for n, a in constants.items()]
    graph = helper.make_graph(nodes, "g", [port("x", ["n", 2])], [port("y", ["n", 2])], arrays)
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(DOMAIN, 1)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=8), path)


def words(text):
    """The text with single spaces."""
    return " ".join(text.split())


def nodes_of(dump):
    """The lines of a dump between the braces of its graph."""
    return words(dump.read_text().split("{\n", 1)[1].rsplit("}", 1)[0])


def test_the_walk_of_one_dense_layer(tmp_path):
    dense_file(tmp_path / "dense.onnx")
    dumps, project = tmp_path / "dumps", tmp_path / "project"
    code, table, err = run("compile", tmp_path / "dense.onnx", "--dump", dumps, "-o", project)
    assert code == 0, err
    documented = words(WALK)
    imported = nodes_of(dumps / "00-imported.gfg")
    assert imported in documented
    optimised = nodes_of(dumps / "08-remove_dead.gfg")
    assert optimised.startswith(imported.split("%2 =")[0])
    last = optimised[optimised.index("%2 =") : optimised.index(" output")]
    assert last in documented and optimised.count(" = ") == 3

    assert re.search(r"^fc1 .* 4  0\.0 %  +2 ", table, re.MULTILINE)  # weights, zeros, adders
    assert re.search(r"^bn1  +\(absorbed by act1\)$", table, re.MULTILINE)
    assert re.search(r"^fc1 +add3 1, subtract 1$", table, re.MULTILINE)
    assert "lookup 2" in table and "latency      1 cycle" in table
    assert float(table.split("longest path ")[1].split()[0]) < 3
    modules = sorted(path.name for path in project.joinpath("rtl").iterdir())
    assert modules == ["dense.sv", "dense_act1.sv", "dense_fc1.sv", "gatefold_add3.sv"]
    assert all(f"rtl/{name}" in documented for name in modules)
    tables = project.joinpath("rtl/dense_act1.sv").read_text()
    assert "input logic signed [5:0] word" in tables and "input logic signed [6:0] word" in tables

    dense_file(tmp_path / "floor.onnx", "FLOOR")
    code, table, err = run("compile", tmp_path / "floor.onnx", "-o", tmp_path / "floor")
    assert code == 0, err
    assert re.search(r"^fc1 +add3 2$", table, re.MULTILINE)
    assert re.search(r"^act1 +clamp 1, lookup 1, shift 1$", table, re.MULTILINE)
