"""Convolutional models of others, with their float weights rounded to 1/64, beside onnxruntime.

The files are in ../shared/models; where they are not, the tests are skipped.
"""

import numpy as np
import onnx
import onnxruntime
import pytest
from conftest import ROOT
from onnx import numpy_helper

import gatefold

MODELS = ROOT.parent / "shared/models/qonnx"


def shared(name):
    """The path of a model, or a skipped test."""
    path = MODELS / name
    if not path.exists():
        pytest.skip(f"{path} is not here")
    return path


def with_rounded_weights(source, path):
    """The model with float initializers on a grid of 1/64."""
    model = onnx.load(source)
    for array in model.graph.initializer:
        values = numpy_helper.to_array(array)
        if values.dtype == np.float32:
            rounded = np.float32(np.round(values * 64) / 64)
            array.CopyFrom(numpy_helper.from_array(rounded, array.name))
    onnx.save(model, path)
    return path


def onnxruntime_output(path, x):
    """The first output of a model of one input, sample by sample."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return np.concatenate([session.run(None, {name: np.float32(row[None])})[0] for row in x])


def test_equals_onnxruntime_up_to_float32(tmp_path):
    source = shared("residual_block_clean.onnx")
    path = with_rounded_weights(source, tmp_path / "rounded.onnx")
    x = np.random.default_rng(1).integers(0, 256, (3, 1, 200, 200)) / 256
    got = gatefold.load(path, input_type="ufixed<8,0>").predict(x)
    expected = onnxruntime_output(path, x)
    np.testing.assert_allclose(got, expected, atol=1e-4 * np.abs(expected).max())


def test_float_weights_are_refused():
    with pytest.raises(gatefold.GatefoldError, match="UnquantizedWeights"):
        gatefold.load(shared("mnist-conv/model.onnx"), input_type="ufixed<8,0>")


def test_an_activation_before_a_pool_wants_a_quantizer(tmp_path):
    path = with_rounded_weights(shared("mnist-conv/model.onnx"), tmp_path / "rounded.onnx")
    with pytest.raises(gatefold.GatefoldError, match="ActivationNeedsQuantizer"):
        gatefold.load(path, input_type="ufixed<8,0>")
