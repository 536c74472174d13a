"""Export a trained network, compare its evaluations, and write what is known about it."""

import hashlib
import json
from importlib.metadata import version

import numpy as np
import onnx
from brevitas.export import export_qonnx
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_onnx
from qonnx.transformation.change_batchsize import ChangeBatchSize
from qonnx.transformation.infer_shapes import InferShapes

from models.common import onnx_double

PACKAGES = ("torch", "brevitas", "qonnx", "onnx", "numpy", "scikit-learn")


def export(model, path, example, dynamo):
    """Write `model` to `path` as Brevitas exports it; `example` is one input row (1, features)."""
    model.eval()
    names = {"input_names": ["features"], "output_names": [model.OUTPUT]}
    export_qonnx(model, args=example, export_path=str(path), dynamo=dynamo, **names)


def qonnx_outputs(path, x):
    """Outputs of the qonnx executor (float32) for all rows of `x` at once."""
    model = ModelWrapper(str(path)).transform(InferShapes())
    model = model.transform(ChangeBatchSize(len(x))).transform(InferShapes())
    name = onnx_double.input_name(model.graph)
    return execute_onnx(model, {name: x})[model.graph.output[0].name]


def differences(reference, other):
    """How far two evaluations of shape (rows, classes) are apart."""
    return {
        "rows": len(reference),
        "largest_difference": float(np.abs(reference - other).max()),
        "different_argmax": int(np.sum(reference.argmax(axis=1) != other.argmax(axis=1))),
    }


def layer_rows(model):
    """Per weight matrix of the ONNX `model`: shape, bits, zeros and integer range."""
    rows = []
    for name, integers, scale, bits in onnx_double.weight_quantizers(model):
        zeros = int(np.sum(integers == 0))
        row = {"weight": name, "shape": list(integers.shape), "bits": bits, "zeros": zeros}
        row["zero_fraction"] = round(zeros / integers.size, 4)
        row["integer_range"] = [int(integers.min()), int(integers.max())]
        row["scales"] = [float(np.min(scale)), float(np.max(scale))]
        rows.append(row)
    return rows


def save_reference(folder, model_path, x):
    """Store and return the float64 outputs of the file for the committed inputs."""
    outputs = onnx_double.evaluate(onnx.load(model_path), x)
    np.save(folder / "reference.npy", outputs)
    return outputs


def file_digests(folder, names):
    """SHA-256 of the files `names` in `folder`."""
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}


def package_versions(extra=()):
    """Installed versions of the packages that made the model."""
    return {name: version(name) for name in (*PACKAGES, *extra)}


def write_figures(folder, figures):
    """Write `figures.json`."""
    path = folder / "figures.json"
    path.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
