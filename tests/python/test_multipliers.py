"""Products of computed words in DSPs: estimated, mapped by Yosys, and right in its netlist."""

import json

import pytest
from commands import mistake, run

# Factors of these widths, a bit more for those without a sign.
FACTORS = [("s8", "u8"), ("s18", "u17"), ("s20", "s8"), ("s5", "s6")]


def quantized_input(node, name, type_):
    width, signed = int(type_[1:]), type_[0] == "s"
    low = -(2 ** (width - 1)) if signed else 0
    high = low + 2**width - 1
    return (
        f'%{node} = input() "{name}" {{1}} grid ({type_} 1 0 {low}..{high}) RND_CONV SAT '
        f'source (1 0) @"{name}" : [1] {type_} *1\n'
    )


def product_type(a, b):
    """The type of the product: as wide as both factors, less one bit where it has no sign."""
    widths = [int(a[1:]), int(b[1:])]
    return f"s{sum(widths)}" if "s" in (a[0], b[0]) else f"u{sum(widths)}"


@pytest.fixture(scope="module")
def products(tmp_path_factory):
    """A graph of products of inputs, a layer each."""
    text, outputs = "", ""
    for i, (a, b) in enumerate(FACTORS):
        text += quantized_input(3 * i, f"a{i}", a) + quantized_input(3 * i + 1, f"b{i}", b)
        text += f"%{3 * i + 2} = combine(%{3 * i} %{3 * i + 1}) multiply "
        text += f'@"layer{i}" : [1] {product_type(a, b)} *1\n'
        outputs += f'output "y{i}" %{3 * i + 2}\n'
    path = tmp_path_factory.mktemp("products") / "products.gfg"
    path.write_text('graph "products" {\n' + text + outputs + "}\n")
    return path


def report(path, *options):
    code, out, err = run("report", path, "--clock", 12, "--json", *options)
    assert code == 0, err
    return json.loads(out)


def dsps_of_layers(path, *options):
    """The estimated DSPs of each product."""
    layers = {row["layer"]: row for row in report(path, *options)["layers"]}
    return [layers[f"layer{i}"]["estimated"]["dsps"] for i in range(len(FACTORS))]


def test_what_goes_into_dsps(products):
    assert dsps_of_layers(products) == [1, 1, 1, 0]
    assert dsps_of_layers(products, "--multipliers", "dsps") == [1, 1, 1, 1]
    assert dsps_of_layers(products, "--multipliers", "luts") == [0, 0, 0, 0]
    assert dsps_of_layers(products, "--target", "xc7") == [0, 1, 1, 0]
    assert dsps_of_layers(products, "--target", "ice40") == [0, 0, 0, 0]


@pytest.mark.parametrize("target", ["xcup", "xc7", "ecp5"])
def test_netlists_have_the_dsps_that_were_estimated(products, target):
    data = report(products, "--target", target, "--multipliers", "dsps", "--synthesise")
    layers = [row for row in data["layers"] if row["layer"].startswith("layer")]
    for row in layers:
        assert row["synthesised"]["dsps"] == row["estimated"]["dsps"], row["layer"]
    assert data["total"]["synthesised"]["dsps"] == data["total"]["estimated"]["dsps"] >= 3


@pytest.mark.parametrize("target", ["xcup", "xc7", "ecp5"])
def test_netlists_with_dsps_are_right(products, target):
    options = ("--clock", 12, "--target", target, "--multipliers", "dsps")
    levels = ("--levels", "verilator,netlist", "--random", 60, "--extreme", 30)
    code, out, err = run("verify", products, *options, *levels)
    assert code == 0, (out, err)
    assert "netlist" in out and ": 0 differing bits" in out


def test_mistakes(products):
    assert "DspTooSlow" in mistake("report", products, "--clock", 2, "--multipliers", "dsps")
    err = mistake("report", products, "--target", "ice40", "--multipliers", "dsps")
    assert "TargetHasNoDsps" in err
