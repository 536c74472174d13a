"""A QONNX file in other people's runtimes: the qonnx executor, and onnxruntime in double."""

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_onnx
from qonnx.transformation.change_batchsize import ChangeBatchSize
from qonnx.transformation.infer_shapes import InferShapes

from models.common import onnx_double


def qonnx_tensors(path, x):
    """Every tensor of the file by name for the rows `x`, by the qonnx executor in float32."""
    model = ModelWrapper(str(path)).transform(InferShapes())
    model = model.transform(ChangeBatchSize(len(x))).transform(InferShapes())
    name = onnx_double.input_name(model.graph)
    return execute_onnx(model, {name: x.astype(np.float32)}, return_full_exec_context=True)


def dequantized(node, constants):
    """A rounding half to even `Quant` as plain ONNX nodes and their new constants."""
    attributes = onnx_double.attributes_of(node)
    assert attributes["rounding_mode"] == b"ROUND"
    bits = int(constants[node.input[3]])
    x, scale, zero_point = node.input[:3]
    stem = node.output[0]
    limits = onnx_double.integer_bounds(bits, attributes["signed"], attributes["narrow"])
    added = {f"{stem}/low": np.float64(limits[0]), f"{stem}/high": np.float64(limits[1])}
    steps = [
        ("Div", [x, scale], "quotient"),
        ("Add", [f"{stem}/quotient", zero_point], "shifted"),
        ("Round", [f"{stem}/shifted"], "rounded"),
        ("Clip", [f"{stem}/rounded", *added], "integer"),
        ("Sub", [f"{stem}/integer", zero_point], "centred"),
    ]
    nodes = [helper.make_node(op, inputs, [f"{stem}/{name}"]) for op, inputs, name in steps]
    return [*nodes, helper.make_node("Mul", [f"{stem}/centred", scale], [stem])], added


def in_double(path):
    """The file as plain ONNX in double precision; outputs are all computed quantizers, then its."""
    model = onnx.load(path)
    constants = onnx_double.constants_of(model.graph)
    known = dict(constants)
    nodes, watched = [], []
    for node in model.graph.node:
        if node.op_type != "Quant":
            nodes.append(node)
            continue
        plain, added = dequantized(node, constants)
        nodes += plain
        known |= added
        if node.input[0] not in constants:
            watched.append(node.output[0])
    name = onnx_double.input_name(model.graph)
    ports = [helper.make_tensor_value_info(name, TensorProto.DOUBLE, None)]
    names = [*watched, model.graph.output[0].name]
    outputs = [helper.make_tensor_value_info(n, TensorProto.DOUBLE, None) for n in names]
    arrays = [numpy_helper.from_array(np.asarray(a), n) for n, a in known.items()]
    graph = helper.make_graph(nodes, "double", ports, outputs, arrays)
    opsets = [helper.make_opsetid("", 17)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def onnxruntime_tensors(path, x):
    """Quantizers of activations and the output by name for `x`, by onnxruntime in double."""
    model = in_double(path)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    providers = ["CPUExecutionProvider"]
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=providers)
    name = onnx_double.input_name(model.graph)
    results = session.run(None, {name: x.astype(np.float64)})
    return dict(zip((o.name for o in session.get_outputs()), results))
