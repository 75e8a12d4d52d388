#!/usr/bin/env bash
# A NaN vanishes in maxima of ONNX Runtime: ReduceMax, ReduceMin, GlobalMaxPool and ArgMax answer as if
# it were not there, where Relu, Softmax, Max of two tensors and ONNX's own reference evaluator keep it.
# A network with a NaN inside can so answer an ordinary label.
# Seen with onnxruntime 1.32.0 (CPU, x86-64), onnx 1.23.2:
#   x = 1, NaN, 3, 2
#   ReduceMax      ONNX Runtime 3   reference NaN
#   ReduceMin      ONNX Runtime 1   reference NaN
#   GlobalMaxPool  ONNX Runtime 3   reference NaN
#   ArgMax         ONNX Runtime 2   reference 1, the place of the NaN
#   Max with 0     ONNX Runtime 1, NaN, 3, 2   reference the same
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


x = numpy.array([[[1, numpy.nan, 3, 2]]], numpy.float32)
for operator, attributes, expected, reference in (
        ("ReduceMax", {}, 3, numpy.nan),
        ("ReduceMin", {}, 1, numpy.nan),
        ("GlobalMaxPool", {}, 3, numpy.nan),
        ("ArgMax", {"axis": 2}, 2, 1)):
    kind = TensorProto.INT64 if operator == "ArgMax" else TensorProto.FLOAT
    made = model([helper.make_node(operator, ["x"], ["y"], **attributes)], 18, answers=kind)
    ours, theirs = run(made, x).item(), ReferenceEvaluator(made).run(None, {"x": x})[0].item()
    print(operator, "ONNX Runtime", ours, "reference", theirs)
    numpy.testing.assert_equal((ours, theirs), (expected, reference))
zero = model([helper.make_node("Max", ["x", "zero"], ["y"])], 18, [("zero", numpy.float32(0))])
print("Max with 0", run(zero, x))
numpy.testing.assert_equal(run(zero, x), x)
PYTHON
"$folder/venv/bin/python" "$folder/check.py" "$folder"
