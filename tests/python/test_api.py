"""What the Python package does with arrays, names and mistakes."""

import json
from fractions import Fraction

import numpy as np
import onnx
import pytest
import small_models
from conftest import ROOT

import gatefold
from gatefold import GatefoldError
from models.common import onnx_double

JET = ROOT / "models/jet_tagger/jet_tagger.onnx"
ROWS = ROOT / "models/jet_tagger/test_features.npy"


@pytest.fixture(scope="module")
def jet():
    return gatefold.load(JET)


@pytest.fixture(scope="module")
def rows():
    return np.load(ROWS)[:200]


@pytest.fixture
def pair(tmp_path):
    return gatefold.load(small_models.two_ports(tmp_path / "pair.onnx"))


def test_repr_and_ports(jet):
    assert jet.name == "jet_tagger"
    (port,), (output,) = jet.inputs, jet.outputs
    assert (port.name, port.shape, output.name, output.shape) == ("features", (16,), "logits", (5,))
    text = repr(jet)
    assert text.startswith("gatefold.Model 'jet_tagger'\n")
    assert f"input  features: {port.type}" in text and f"output logits: {output.type}" in text


def test_several_ports_are_dicts(pair):
    a, b = np.array([[0.25, -0.5, 1]]), np.array([[0.5, 0.5, 9]])
    got = pair.predict({"a": a, "b": b})
    assert list(got) == ["total", "twice"]
    np.testing.assert_array_equal(got["total"], [[0.75, 0, 1 + 1.75]])
    np.testing.assert_array_equal(got["twice"], 2 * a)
    assert [port.name for port in pair.inputs] == ["a", "b"]
    with pytest.raises(ValueError, match=r"\['a', 'b'\]: give a dict"):
        pair.predict(a)


def test_missing_unknown_and_uneven_ports(pair):
    a = np.zeros((2, 3))
    with pytest.raises(GatefoldError, match="no data for the input 'b'"):
        pair.predict({"a": a})
    with pytest.raises(GatefoldError, match="no input 'c'"):
        pair.predict({"a": a, "b": a, "c": a})
    with pytest.raises(GatefoldError, match="'b'"):
        pair.predict({"a": a, "b": np.zeros((3, 3))})


@pytest.mark.parametrize("shape", [(16,), (3, 15), (3, 4, 4), (), (16, 3)])
def test_wrong_shapes(jet, shape):
    with pytest.raises(GatefoldError, match=r"PortShape.*'features'"):
        jet.predict(np.zeros(shape))


@pytest.mark.parametrize(
    "x",
    [np.full((1, 16), "1"), np.full((1, 16), None), [[1] * 16, [2]], np.zeros((1, 16), complex)],
)
def test_wrong_element_types(jet, x):
    with pytest.raises((TypeError, ValueError)):
        jet.predict(x)


def test_nan_is_refused_and_infinity_saturates(jet, rows):
    x = rows[:3].astype(float)
    x[1, 4] = np.nan
    with pytest.raises(GatefoldError, match=r"PortNotFinite.*sample 1, element 4"):
        jet.predict(x)
    x[1, 4] = np.inf
    np.testing.assert_array_equal(jet.quantize(x)[1, 4], 127)


def test_every_numeric_dtype_and_layout_gives_the_same(jet):
    x = np.random.default_rng(0).integers(-3, 4, (20, 16))
    expected = jet.predict(x.astype(np.float64))
    for dtype in (np.int8, np.int64, np.float16, np.float32, ">f8"):
        np.testing.assert_array_equal(jet.predict(x.astype(dtype)), expected)
    np.testing.assert_array_equal(jet.predict(np.asfortranarray(x)), expected)
    np.testing.assert_array_equal(jet.predict(np.repeat(x, 2, axis=0)[::2]), expected)
    np.testing.assert_array_equal(jet.predict(x.tolist()), expected)


def test_raw_integers_are_the_floats_integers(jet, rows):
    raw = jet.quantize(rows)
    assert raw.dtype == np.int64 and raw.shape == rows.shape
    np.testing.assert_array_equal(raw, np.clip(np.rint(rows * 32), -128, 127))
    out = jet.predict(raw, raw=True)
    assert out.dtype == np.int64
    real = jet.predict(rows)
    assert real.dtype == np.float64
    slope = (real[1:] - real[:1]) / np.where(out[1:] == out[:1], 1, out[1:] - out[:1])
    assert np.unique(slope[slope != 0]).size == 1  # one scale, a bias each
    with pytest.raises(TypeError, match="raw values are integers"):
        jet.predict(rows, raw=True)
    with pytest.raises(GatefoldError, match=r"PortRange.*128"):
        jet.predict(np.full((1, 16), 128), raw=True)


def test_float32_is_taken_as_it_is(jet, rows):
    single = rows.astype(np.float32)
    np.testing.assert_array_equal(jet.predict(single), jet.predict(single.astype(np.float64)))
    single[3, 2] = np.nan
    with pytest.raises(GatefoldError, match=r"PortNotFinite.*sample 3, element 2"):
        jet.predict(single)
    with pytest.raises(GatefoldError, match="PortShape"):
        jet.predict(single[:, :3])
    with pytest.raises(GatefoldError, match="PortUnknown"):
        jet.predict({"features": rows.astype(np.float32), "other": single})


def test_float32_is_not_copied(jet):
    x = np.zeros((200_000, 16), np.float32)
    seen = []
    core = jet._core

    class Core:
        def __getattr__(self, name):
            return getattr(core, name)

        def predict(self, arrays, *states):
            seen.extend(arrays.values())
            return core.predict(arrays, *states)

    model = gatefold.Model(Core())
    assert model.predict(x).shape == (200_000, 5)
    assert seen[0] is x


def test_empty_batch(jet):
    assert jet.predict(np.zeros((0, 16))).shape == (0, 5)


def test_batches_of_any_size_agree(jet):
    x = np.load(ROWS)
    whole = jet.predict(x)
    for size in (1, 7, 33, 1000):
        np.testing.assert_array_equal(jet.predict(x[:size]), whole[:size])


def test_trace_equals_double_precision_layer_by_layer(jet, rows):
    values = onnx_double.evaluate_all(onnx.load(JET), rows)
    traces = jet.trace(rows)
    expected = {
        "quant_features": "/quant_features/act_quant/export_handler/Quant_output_0",
        "dense4": "logits",
    }
    for k in (1, 2, 3):
        expected[f"dense{k}"] = f"/dense{k}/MatMul_output_0"
        expected[f"norm{k}"] = f"/norm{k}/BatchNormalization_output_0"
        expected[f"relu{k}"] = f"/relu{k}/act_quant/export_handler/Quant_output_0"
        rectified = np.maximum(traces[f"norm{k}"], 0)
        np.testing.assert_array_equal(traces.pop(f"relu{k}:map"), rectified)
    assert set(traces) == set(expected)
    for layer, tensor in expected.items():
        np.testing.assert_allclose(traces[layer], values[tensor], rtol=0, atol=1e-12, err_msg=layer)
    integers = jet.quantize(rows)
    raw = jet.trace(integers, raw=True)
    np.testing.assert_array_equal(raw["quant_features"], integers)


def test_trace_reaches_every_op_of_a_layer():
    digits = gatefold.load(ROOT / "models/digits/digits.onnx")
    x = np.load(ROOT / "models/digits/features.npy")[:50]
    inner = digits.trace(x)
    exponentials, sums = inner["softmax:map"], inner["softmax:reduce:2"]
    np.testing.assert_array_equal(exponentials.sum(axis=1), sums[:, 0])
    np.testing.assert_array_equal(inner["softmax"], digits.predict(x))


def test_manifest_names_what_the_host_does(tmp_path):
    """From manifest.json alone: floats to the port's integers, and its integers to floats."""
    path = small_models.host_functions(tmp_path / "host.onnx")
    model = gatefold.load(path, final_activation="host")
    x = np.random.default_rng(1).normal(0, 1, (200, 2))
    model.compile(tmp_path / "project", data=x, vectors=5)
    manifest = json.loads((tmp_path / "project/manifest.json").read_text())
    (port,), (output,) = manifest["inputs"], manifest["outputs"]
    assert [f["function"] for f in port["host_functions"]] == ["affine", "tanh"]
    assert (port["rounding"], port["overflow"]) == ("TRN", "SAT")
    values = applied(port["host_functions"], x)
    scaled = values / numbers(port["scale"]) + numbers(port["zero_point"])
    (bounds,) = {(word["low"], word["high"]) for word in port["words_of_beat"]}
    raw = np.clip(np.floor(scaled), *bounds).astype(np.int64)
    np.testing.assert_array_equal(raw, model.quantize(x))
    assert [f["function"] for f in output["host_functions"]] == ["softmax"]
    logits = numbers(output["scale"]) * (
        model.predict(raw, raw=True) - numbers(output["zero_point"])
    )
    got = applied(output["host_functions"], logits)
    np.testing.assert_allclose(got, model.predict(x), rtol=0, atol=1e-15)


def numbers(texts):
    """Exact fractions as floats, one for all elements or one for each."""
    return np.array([float(Fraction(text)) for text in texts])


def applied(functions, values):
    """The functions of a manifest, in order."""
    for function in functions:
        name = function["function"]
        if name == "affine":
            values = numbers(function["scale"]) * values + numbers(function["offset"])
        elif name == "tanh":
            values = np.tanh(values)
        elif name == "softmax":
            exponentials = np.exp(values - values.max(axis=1, keepdims=True))
            values = exponentials / exponentials.sum(axis=1, keepdims=True)
        else:
            raise AssertionError(name)
    return values


def test_ports_print_signed_offsets():
    digits = gatefold.load(ROOT / "models/digits/digits.onnx")
    assert " *12002113/67108864 -60010565/67108864" in repr(digits)


def test_input_type_for_a_model_without_input_quantizer(tmp_path):
    path = small_models.save(
        tmp_path / "bare.onnx",
        [onnx.helper.make_node("MatMul", ["x", "w"], ["y"], "fc1")],
        [small_models.port("x", [1, 2])],
        [small_models.port("y", [1, 2])],
        {"w": [[1, 2], [3, -4]]},
    )
    with pytest.raises(GatefoldError, match=r"layer 'fc1'.*before any quantizer.*\n.*--input-type"):
        gatefold.load(path)
    model = gatefold.load(path, input_type={"x": "fixed<8,4>"})
    np.testing.assert_array_equal(model.predict([[0.0625, 100]]), [[23.875, -31.625]])
    with pytest.raises(GatefoldError, match=r"BadInputType.*'fixed8'"):
        gatefold.load(path, input_type="fixed8")
    with pytest.raises(ValueError, match="final_activation"):
        gatefold.load(path, final_activation="gpu")


def test_errors_list_every_problem_with_its_layer_and_remedy(tmp_path):
    with pytest.raises(GatefoldError) as caught:
        gatefold.load(small_models.unquantized_activation(tmp_path / "bad.onnx"))
    text = str(caught.value)
    assert "error[ActivationNeedsQuantizer]: layer 'gate'" in text
    assert "error[UnsupportedLayer]: layer 'error_function'" in text and "Erf" in text
    assert text.count("remedy: ") == text.count("error[") == 2
    assert isinstance(caught.value, ValueError)


def test_nan_weight_names_the_constant(tmp_path):
    with pytest.raises(GatefoldError, match=r"NonFiniteConstant.*'w'"):
        gatefold.load(small_models.dense(tmp_path / "nan.onnx", weights=((1, np.nan), (0, 1))))


@pytest.mark.parametrize("stages", [1, 3])
def test_the_shortest_clock_for_some_stages(stages, tmp_path):
    model = gatefold.load(small_models.dense(tmp_path / "dense.onnx"))
    found = model.report(stages=stages).data
    assert found["latency_cycles"] == stages
    clock = found["clock_ns"]
    assert model.report(clock=clock).data["latency_cycles"] <= stages
    with pytest.raises(GatefoldError, match=r"TooFewStages|ClockTooFast"):
        model.report(clock=clock - 0.001, stages=stages)


@pytest.mark.parametrize(
    "wrong",
    [{"effort": -1}, {"extra_depth": -2}, {"stages": 0}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_knob_below_its_least_value_is_refused(wrong, tmp_path):
    model = gatefold.load(small_models.dense(tmp_path / "dense.onnx"))
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} is at least"):
        model.report(**wrong)


def test_a_register_enable_that_is_none_is_refused(tmp_path):
    model = gatefold.load(small_models.dense(tmp_path / "dense.onnx"))
    with pytest.raises(ValueError, match="register_enable is one of step, advance, gated-clock"):
        model.report(register_enable="sometimes")


@pytest.mark.parametrize(
    "enable, text",
    [
        ("step", "if (advance_i & step_s0_i)"),
        ("advance", "if (advance_i)"),
        ("gated-clock", "always_ff @(posedge clk_s0_i)"),
    ],
)
def test_registers_load_as_asked(enable, text, tmp_path):
    model = gatefold.load(small_models.dense(tmp_path / "dense.onnx"))
    model.compile(tmp_path / "project", register_enable=enable)
    assert any(text in file.read_text() for file in (tmp_path / "project/rtl").glob("*.sv"))


def test_more_effort_finds_fewer_adder_bits(jet):
    luts = [
        jet.report(effort=effort, target="ecp5", clock=10.0).data["total"]["estimated"]["luts"]
        for effort in (0, 1)
    ]
    assert luts[1] < luts[0]


def test_verify_and_report(jet, rows):
    result = jet.verify(data=rows, levels=("graph", "design"), random=50, extreme=20)
    assert result.equal and result.data["equal"] is True
    assert repr(result) == result.line
    assert result.line.startswith("270 vectors (200 real, 50 random, 20 extreme)")
    assert result.line.endswith("0 differing bits")
    with pytest.raises(GatefoldError, match=r"UnknownLevel.*'gates'"):
        jet.verify(levels=["gates"])
    report = jet.report()
    assert repr(report) == report.text and "dense1" in report.text
    assert "<html" in report.html and "srcdoc=" in report._repr_html_()
    with pytest.raises(GatefoldError, match=r"TargetUnknown.*'asic'"):
        jet.report(target="asic")
    with pytest.raises(TypeError, match="colour"):
        jet.report(colour="red")


def test_compile_writes_the_project_or_nothing(jet, tmp_path):
    jet.compile(tmp_path / "project", vectors=5)
    assert (tmp_path / "project/build.sh").exists()
    before = sorted(tmp_path.iterdir())
    with pytest.raises(GatefoldError, match="ClockTooFast"):
        jet.compile(tmp_path / "other", clock=0.001)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.txt").write_text("precious")
    with pytest.raises(GatefoldError, match=r"FolderNotOurs.*mine"):
        jet.compile(tmp_path / "mine", vectors=5)
    assert sorted(tmp_path.iterdir()) == sorted([*before, tmp_path / "mine"])
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["thesis.txt"]
