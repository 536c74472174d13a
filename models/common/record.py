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


def qonnx_values(path, x):
    """Every tensor of the file by name for all rows of `x`, by the qonnx executor in float32."""
    model = ModelWrapper(str(path)).transform(InferShapes())
    model = model.transform(ChangeBatchSize(len(x))).transform(InferShapes())
    name = onnx_double.input_name(model.graph)
    return execute_onnx(model, {name: x}, return_full_exec_context=True)


def differences(reference, other):
    """How far two evaluations of shape (rows, classes) are apart."""
    return {
        "rows": len(reference),
        "largest_difference": float(np.abs(reference - other).max()),
        "different_argmax": int(np.sum(reference.argmax(axis=1) != other.argmax(axis=1))),
    }


def activation_differences(model, values, others):
    """Per activation quantizer: how many of its values are another integer in `others`."""
    counts = {}
    for row in onnx_double.activation_quantizers(model):
        name = row["output"]
        apart = np.abs(values[name] - others[name]) > row["scale"] / 2
        counts[name] = {"values": int(apart.size), "different": int(np.sum(apart))}
    return counts


def compare_with_qonnx(path, x):
    """Differences between the double evaluation of the file and the qonnx executor's, for `x`."""
    model = onnx.load(path)
    values, others = onnx_double.evaluate_all(model, x), qonnx_values(path, x)
    output = model.graph.output[0].name
    quantizers = activation_differences(model, values, others)
    return {**differences(values[output], others[output]), "quantizers": quantizers}


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
