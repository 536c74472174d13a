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


def test_an_activation_before_a_pool_is_exact_without_a_quantizer(tmp_path):
    path = with_rounded_weights(shared("mnist-conv/model.onnx"), tmp_path / "rounded.onnx")
    x = np.random.default_rng(2).integers(0, 256, (3, 1, 28, 28)) / 256
    model = gatefold.load(path, input_type="ufixed<8,0>")
    expected = onnxruntime_output(path, x)
    np.testing.assert_allclose(model.predict(x), expected, atol=1e-4 * np.abs(expected).max())
    # In integers of 2^-8 and 2^-6, apart from the code above: every sum is exact.
    np.testing.assert_array_equal(model.predict(x), mnist_in_integers(path, x))


def mnist_in_integers(path, x):
    """conv, bias, ReLU, pool; twice; a matrix and a bias: by NumPy, on exact integers."""
    arrays = {a.name: numpy_helper.to_array(a) for a in onnx.load(path).graph.initializer}

    def whole(values, scale):
        counts = np.round(np.float64(values) * scale)
        np.testing.assert_array_equal(counts / scale, values)
        return counts.astype(np.int64)

    h, scale = whole(x, 2**8), 2**8
    for kernel, bias, pool in (("Parameter5", "Parameter6", 2), ("Parameter87", "Parameter88", 3)):
        weights, scale = whole(arrays[kernel], 2**6), scale * 2**6
        padded = np.pad(h, ((0, 0), (0, 0), (2, 2), (2, 2)))
        patches = np.lib.stride_tricks.sliding_window_view(padded, (5, 5), axis=(2, 3))
        sums = np.einsum("ncyxij,ocij->noyx", patches, weights)
        h = np.maximum(sums + whole(arrays[bias], scale), 0)
        rows, columns = h.shape[2] // pool, h.shape[3] // pool
        h = h[:, :, : rows * pool, : columns * pool]
        h = h.reshape(*h.shape[:2], rows, pool, columns, pool).max(axis=(3, 5))
    matrix = whole(arrays["Parameter193"], 2**6).reshape(-1, 10)
    logits = h.reshape(len(h), -1) @ matrix + whole(arrays["Parameter194"], scale * 2**6)
    return logits / (scale * 2**6)


def test_mnist_in_hardware(tmp_path):
    path = with_rounded_weights(shared("mnist-conv/model.onnx"), tmp_path / "rounded.onnx")
    model = gatefold.load(path, input_type="ufixed<8,0>")
    levels = ["graph", "design"]
    verification = model.verify(levels=levels, random=1, extreme=1, reuse=64)
    assert verification.equal, verification.line
