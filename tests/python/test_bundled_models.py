"""The trained models against every other evaluation of their files, on all committed rows."""

import json

import numpy as np
import onnx
import onnx_runtimes
import pytest
from conftest import ROOT

import gatefold
from models.common import onnx_double

ROWS = {"jet_tagger": "test_features.npy", "digits": "features.npy"}
FILES = [
    "jet_tagger/jet_tagger.onnx",
    "digits/digits.onnx",
    "digits/digits_torchscript.onnx",
]
QUANTIZERS = {  # the layers that quantize activations, in the file's order
    "jet_tagger": ["quant_features", "relu1", "relu2", "relu3"],
    "digits": ["quant_pixels", "relu1", "quant2"],
}
SOFTMAX_BOUND = 0.0081  # layers::softmax_bound(10)
SOME = 300  # rows for the qonnx executor


def folder_of(file):
    """The model's folder."""
    return (ROOT / "models" / file).parent


def rows_of(file):
    """The committed inputs, as float64 (exact images of the file's float32)."""
    folder = folder_of(file)
    return np.load(folder / ROWS[folder.name]).astype(np.float64)


def reference_of(file):
    """The committed outputs in double precision."""
    return np.load(folder_of(file) / "reference.npy")


def loaded(file, **options):
    """The model as Gatefold reads it."""
    return gatefold.load(ROOT / "models" / file, **options)


def quantizers_of(file):
    """The quantizers of activations in the file, in order: output name, scale, zero point."""
    return onnx_double.activation_quantizers(onnx.load(ROOT / "models" / file))


def integers(values, row):
    """Integers of dequantized values; NaN-free and near to integers, or it is no quantizer's."""
    real = values / row["scale"] + row["zero_point"]
    assert np.abs(real - np.rint(real)).max() < 1e-3
    return np.rint(real).astype(np.int64)


@pytest.mark.parametrize("file", FILES)
def test_equals_the_committed_reference(file):
    got = loaded(file, final_activation="host").predict(rows_of(file))
    assert got.shape == reference_of(file).shape
    assert np.abs(got - reference_of(file)).max() < 1e-12


@pytest.mark.parametrize("file", FILES[1:])
def test_softmax_in_hardware_stays_in_its_bound(file):
    got, reference = loaded(file).predict(rows_of(file)), reference_of(file)
    assert np.abs(got - reference).max() < SOFTMAX_BOUND
    np.testing.assert_array_equal(got.argmax(axis=1), reference.argmax(axis=1))


def test_both_exports_of_digits_give_equal_bits():
    x = rows_of(FILES[1])
    first, second = (loaded(file).predict(x) for file in FILES[1:])
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("file", FILES)
def test_equals_onnxruntime_in_double(file):
    x, model = rows_of(file), loaded(file, final_activation="host")
    other = onnx_runtimes.onnxruntime_tensors(ROOT / "models" / file, x)
    output = list(other)[-1]
    assert np.abs(model.predict(x) - other[output]).max() < 1e-12
    compare_quantizers(file, model, x, other)


@pytest.mark.parametrize("file", FILES)
def test_differs_from_the_qonnx_executor_by_float32_only(file):
    """Every quantized value is the same integer; outputs differ by rounding sums to float32."""
    x, model = rows_of(file)[:SOME], loaded(file, final_activation="host")
    other = onnx_runtimes.qonnx_tensors(ROOT / "models" / file, x)
    compare_quantizers(file, model, x, other)
    got, expected = model.predict(x), other[onnx.load(ROOT / "models" / file).graph.output[0].name]
    assert (np.abs(got - expected) <= float32_error(file, other)).all()
    np.testing.assert_array_equal(got.argmax(axis=1), expected.argmax(axis=1))


def compare_quantizers(file, model, x, other):
    """Every quantized activation is the same integer in Gatefold's trace and in `other`."""
    rows, layers, traces = quantizers_of(file), QUANTIZERS[folder_of(file).name], model.trace(x)
    assert len(rows) == len(layers)
    for row, layer in zip(rows, layers):
        expected = integers(other[row["output"]], row)
        np.testing.assert_array_equal(integers(traces[layer], row), expected, err_msg=layer)


def float32_error(file, tensors):
    """What rounding each product and sum of the last layer to float32 can do to its outputs."""
    *_, last = (n for n in onnx.load(ROOT / "models" / file).graph.node if n.op_type == "Gemm")
    x, weights, bias = (np.abs(tensors[name]).astype(np.float64) for name in last.input)
    terms = x.shape[1] + 2
    logits = terms * 2.0**-24 * (x @ weights.T + bias) + 2.0**-24
    is_softmax = np.allclose(
        tensors[onnx.load(ROOT / "models" / file).graph.output[0].name].sum(1), 1
    )
    return 2 * logits.max(axis=1, keepdims=True) + 1e-6 if is_softmax else logits


@pytest.mark.parametrize("file", FILES)
def test_accuracy_is_the_recorded_one(file):
    folder = folder_of(file)
    labels = np.load(folder / ("test_labels.npy" if "jet" in file else "labels.npy"))
    tested = np.load(folder / "is_test.npy") if "digits" in file else np.full(len(labels), True)
    right = loaded(file).predict(rows_of(file)).argmax(axis=1) == labels
    figures = json.loads((folder / "figures.json").read_text())
    assert np.mean(right[tested]) == pytest.approx(figures["test_accuracy"]["quantized"], abs=1e-12)
