"""Layers on images and sequences: the emulator equals onnxruntime, before and after the passes."""

import numpy as np
import onnx
import pytest
from onnx import helper
from spatial_models import SAMPLES, ConvNet, equals_onnxruntime, integers, save

import gatefold

NETWORKS = 120
BLOCK = 10


def single(path, op, shape, constants=None, opset=17, outputs=1, rtol=0.0, **attributes):
    """A node `op` on the quantized input, with constants as its further inputs."""
    constants = constants or {}
    names = [f"y{i}" for i in range(outputs)] if outputs > 1 else ["y"]
    node = helper.make_node(op, ["q", *constants], names, "layer", **attributes)
    arrays = {name: array for name, array in constants.items() if name}
    return equals_onnxruntime(save(path, [node], arrays, shape, opset, names), shape, rtol)


@pytest.mark.parametrize("first", range(0, NETWORKS, BLOCK))
def test_random_networks(first, tmp_path):
    for seed in range(first, first + BLOCK):
        path, shape = ConvNet(seed).write(tmp_path / f"{seed}.onnx")
        assert equals_onnxruntime(path, shape), seed


@pytest.mark.parametrize("auto_pad", ["SAME_UPPER", "SAME_LOWER", "VALID"])
@pytest.mark.parametrize("op", ["Conv", "MaxPool", "AveragePool"])
def test_auto_pad(tmp_path, op, auto_pad):
    weights = {"w": integers(np.random.default_rng(1), (2, 3, 3, 2))} if op == "Conv" else {}
    attributes = {"kernel_shape": [3, 2], "strides": [2, 3], "auto_pad": auto_pad}
    rtol = 1e-6 if op == "AveragePool" else 0.0
    assert single(tmp_path / "m.onnx", op, (3, 7, 8), weights, rtol=rtol, **attributes)


def test_convolution_of_volumes(tmp_path):
    weights = integers(np.random.default_rng(1), (4, 1, 2, 3, 1))
    attributes = {"group": 2, "pads": [1, 0, 0, 0, 1, 0], "strides": [2, 1, 1]}
    assert single(tmp_path / "m.onnx", "Conv", (2, 4, 5, 3), {"w": weights}, **attributes)


@pytest.mark.parametrize("counts_pads", [0, 1])
@pytest.mark.parametrize("shape", [(2, 7), (3, 5, 6)])
def test_average_pool(tmp_path, shape, counts_pads):
    rank = len(shape) - 1
    attributes = {"kernel_shape": [3] * rank, "strides": [2] * rank, "pads": [1] * (2 * rank)}
    path = tmp_path / "m.onnx"
    attributes["count_include_pad"] = counts_pads
    assert single(path, "AveragePool", shape, rtol=1e-6, **attributes)


@pytest.mark.parametrize("extent", [6, 7, 8, 9])
def test_sizes_rounded_up(tmp_path, extent):
    attributes = {"kernel_shape": [3], "strides": [3], "ceil_mode": 1}
    assert single(tmp_path / "m.onnx", "MaxPool", (2, extent), **attributes)


@pytest.mark.parametrize("op", ["GlobalAveragePool", "GlobalMaxPool"])
@pytest.mark.parametrize("shape", [(3, 5), (2, 3, 7), (1, 1, 1)])
def test_global_pools(tmp_path, op, shape):
    assert single(tmp_path / "m.onnx", op, shape, rtol=1e-6)


@pytest.mark.parametrize("op", ["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin"])
@pytest.mark.parametrize("axes", [[1], [-1], [2, 3], [1, 2, 3]])
@pytest.mark.parametrize("keepdims", [0, 1])
def test_reductions(tmp_path, op, axes, keepdims):
    path, shape = tmp_path / "m.onnx", (3, 4, 5)
    if op == "ReduceSum":
        axes = {"axes": np.array(axes)}
        assert single(path, op, shape, axes, rtol=1e-6, keepdims=keepdims)
    else:
        assert single(path, op, shape, rtol=1e-6, keepdims=keepdims, axes=axes)


@pytest.mark.parametrize("mode", ["constant", "edge", "reflect"])
def test_pad(tmp_path, mode):
    pads = {"pads": np.array([0, 1, 0, 2, 0, 0, 2, 1])}
    if mode == "constant":
        pads["value"] = np.float32(-0.75)
    assert single(tmp_path / "m.onnx", "Pad", (3, 4, 5), pads, mode=mode)


SLICES = [
    ([1, -3], [9, -1], [2, 3], None),
    ([-1], [-99], [1], [-1]),
    ([3], [0], [-1], [-2]),
    ([0, 1], [2**31, 3], [0, 2], [1, 1]),
]


@pytest.mark.parametrize("starts, ends, axes, steps", SLICES)
def test_slice(tmp_path, starts, ends, axes, steps):
    lists = {"starts": starts, "ends": ends, "axes": axes} | ({"steps": steps} if steps else {})
    constants = {name: np.array(values) for name, values in lists.items()}
    assert single(tmp_path / "m.onnx", "Slice", (3, 4, 5), constants)


@pytest.mark.parametrize("parts", [None, [1, 3, 2]])
def test_split(tmp_path, parts):
    constants = {"split": np.array(parts)} if parts else {}
    assert single(tmp_path / "m.onnx", "Split", (2, 6), constants, outputs=3, axis=2)


@pytest.mark.parametrize("indices", [2, [0, -1, 1], [[0, 1], [2, 2]]])
@pytest.mark.parametrize("axis", [1, -1])
def test_gather(tmp_path, indices, axis):
    constants = {"indices": np.array(indices)}
    assert single(tmp_path / "m.onnx", "Gather", (3, 4, 3), constants, axis=axis)


def test_squeeze_and_unsqueeze(tmp_path):
    nodes = [
        helper.make_node("Unsqueeze", ["q", "two"], ["wide"]),
        helper.make_node("Squeeze", ["wide", "one"], ["narrow"]),
        helper.make_node("Unsqueeze", ["narrow", "ends"], ["y"]),
    ]
    constants = {"two": np.array([2, -1]), "one": np.array([3]), "ends": np.array([1, 4])}
    shape = (3, 1, 2)
    assert equals_onnxruntime(save(tmp_path / "m.onnx", nodes, constants, shape), shape)


RESIZES = [
    ({"scales": [1, 1, 2, 3]}, "asymmetric", "floor"),
    ({"scales": [1, 1, 2, 3]}, "half_pixel", "round_prefer_floor"),
    ({"scales": [1, 1, 0.5, 2]}, "asymmetric", "ceil"),
    ({"sizes": [SAMPLES, 2, 6, 3]}, "pytorch_half_pixel", "round_prefer_ceil"),
    ({"sizes": [SAMPLES, 2, 7, 4]}, "align_corners", "round_prefer_floor"),
]


@pytest.mark.parametrize("target, transformation, rounding", RESIZES)
def test_resize(tmp_path, target, transformation, rounding):
    attributes = {"coordinate_transformation_mode": transformation, "nearest_mode": rounding}
    if "scales" in target:
        inputs, target = ["q", "", "scales"], {"scales": np.float32(target["scales"])}
    else:
        inputs, target = ["q", "", "", "sizes"], {"sizes": np.array(target["sizes"])}
    node = helper.make_node("Resize", inputs, ["y"], mode="nearest", **attributes)
    shape = (2, 4, 3)
    path = save(tmp_path / "m.onnx", [node], target, shape)
    if "sizes" in target:
        path = with_batch(path, SAMPLES)
    assert equals_onnxruntime(path, shape)


def with_batch(path, batch):
    """Fixes the batch of the file."""
    model = onnx.load(path)
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = batch
    onnx.save(model, path)
    return path


def test_upsample_of_old_files(tmp_path):
    node = helper.make_node("Upsample", ["q", "scales"], ["y"], mode="nearest")
    scales = {"scales": np.float32([1, 1, 2, 3])}
    path = save(tmp_path / "m.onnx", [node], scales, (2, 3, 2), opset=9)
    x = np.random.default_rng(1).integers(-8, 8, (4, 2, 3, 2)) / 4
    np.testing.assert_array_equal(
        gatefold.load(path).predict(x), x.repeat(2, axis=2).repeat(3, axis=3)
    )


@pytest.mark.parametrize("mode", ["DCR", "CRD"])
def test_depth_to_space_and_back(tmp_path, mode):
    assert single(tmp_path / "a.onnx", "DepthToSpace", (8, 2, 3), blocksize=2, mode=mode)
    assert single(tmp_path / "b.onnx", "SpaceToDepth", (2, 4, 6), blocksize=2)


@pytest.mark.parametrize("op", ["Sum", "Max", "Min"])
@pytest.mark.parametrize("count", [2, 3])
def test_merges_of_computed_tensors(tmp_path, op, count):
    nodes = [
        helper.make_node("Conv", ["q", f"w{i}"], [f"c{i}"], f"branch{i}", pads=[1, 1])
        for i in range(count)
    ]
    nodes.append(helper.make_node(op, [f"c{i}" for i in range(count)], ["y"], "merge"))
    random = np.random.default_rng(1)
    weights = {f"w{i}": integers(random, (2, 3, 3)) for i in range(count)}
    assert equals_onnxruntime(save(tmp_path / "m.onnx", nodes, weights, (3, 5)), (3, 5))


@pytest.mark.parametrize("op", ["Max", "Min"])
def test_bounds_by_constants(tmp_path, op):
    bound = {"c": np.float32([[[0.5]], [[-0.25]], [[0]]])}
    nodes = [helper.make_node(op, ["q", "c"], ["y"])]
    path = save(tmp_path / "m.onnx", nodes, bound, (3, 2, 2))
    assert equals_onnxruntime(path, (3, 2, 2))
    nodes = [helper.make_node(op, ["q", "half"], ["y"])]
    path = save(tmp_path / "one.onnx", nodes, {"half": np.float32(0.5)}, (3, 2, 2))
    assert equals_onnxruntime(path, (3, 2, 2))


def test_relu6(tmp_path):
    nodes = [
        helper.make_node("Conv", ["q", "w"], ["c"], "conv"),
        helper.make_node("MaxPool", ["c"], ["p"], "pool", kernel_shape=[2, 2]),
        helper.make_node("Clip", ["p", "low", "high"], ["y"], "relu6"),
    ]
    weights = {"w": integers(np.random.default_rng(1), (2, 3, 2, 2))}
    constants = {**weights, "low": np.float32(0), "high": np.float32(0.5)}
    assert equals_onnxruntime(save(tmp_path / "m.onnx", nodes, constants, (3, 5, 5)), (3, 5, 5))
