#!/usr/bin/env bash
# 24 rows resized by 320/24 are 320 rows or 319, depending on whom one asks: the factor as float32 is a
# little smaller than the fraction, and ONNX says floor(24 * factor). ONNX Runtime computes 320, ONNX's
# shape inference and its reference evaluator 319. So a model that adds a constant of 320 rows, which is
# what ONNX Runtime's Resize yields, is refused by ONNX Runtime itself, which uses that shape inference.
# Seen with onnxruntime 1.32.0, onnx 1.23.2:
#   ONNX Runtime [1, 1, 320, 320]   inferred [1, 1, 319, 319]   reference [1, 1, 319, 319]
#   with a constant of 320 rows: Node () Op (Add) [ShapeInferenceError] Incompatible dimensions
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet numpy==2.4.6 onnx==1.23.2 onnxruntime==1.32.0
cat > "$folder/check.py" <<'PYTHON'
import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator


def model(nodes, opset, weights=(), shape=None, domains=(), answers=TensorProto.FLOAT, result=None):
    graph = helper.make_graph(
        nodes, "finding", [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", answers, result)],
        [numpy_helper.from_array(numpy.asarray(value), name) for name, value in weights])
    opsets = [helper.make_opsetid("", opset), *(helper.make_opsetid(d, 1) for d in domains)]
    made = helper.make_model(graph, opset_imports=opsets, ir_version=9)
    return made


def session(made):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(made.SerializeToString(), options, providers=["CPUExecutionProvider"])


def run(made, x):
    return session(made).run(None, {"x": x})[0]


x = numpy.zeros((1, 1, 24, 24), numpy.float32)
factors = ("factors", numpy.array([1, 1, 320 / 24, 320 / 24], numpy.float32))
resize = helper.make_node("Resize", ["x", "", "factors"], ["y"], mode="linear")
made = model([resize], 18, [factors], x.shape)
computed = run(made, x).shape
inferred = tuple(d.dim_value for d in onnx.shape_inference.infer_shapes(made).graph.output[0].type.tensor_type.shape.dim)
reference = ReferenceEvaluator(made).run(None, {"x": x})[0].shape
print("ONNX Runtime", computed, "inferred", inferred, "reference", reference)
assert (computed[2], inferred[2], reference[2]) == (320, 319, 319)
resize.output[0] = "resized"
added = model([resize, helper.make_node("Add", ["resized", "rows"], ["y"])], 18,
              [factors, ("rows", numpy.zeros((1, 1, 320, 320), numpy.float32))], x.shape)
try:
    session(added)
    raise SystemExit("ONNX Runtime now takes a constant of the size that it computes")
except onnxruntime.capi.onnxruntime_pybind11_state.Fail as refused:
    print(refused)
    assert "Incompatible dimensions" in str(refused)
PYTHON
"$folder/venv/bin/python" "$folder/check.py" "$folder"
