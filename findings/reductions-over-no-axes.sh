#!/usr/bin/env bash
# noop_with_empty_axes=1 without axes makes no reduction a no-op but only its reduction: ReduceL1 and
# ReduceL2 answer |x|, ReduceSumSquare x^2, ReduceLogSum log x; the other six answer x.
# Seen with onnxruntime 1.32.0 and the reference evaluator of onnx 1.23.2, which agree; x = 2, 0.5, 3:
#   ReduceL1, ReduceL2 of -x          2, 0.5, 3
#   ReduceSumSquare                   4, 0.25, 9
#   ReduceLogSum                      0.693, -0.693, 1.099
#   LogSumExp, Max, Mean, Min, Prod, Sum: x itself
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


x = numpy.array([[2, 0.5, 3]], numpy.float32)
same = lambda v: v
expected = {"L1": abs, "L2": abs, "SumSquare": numpy.square, "LogSum": numpy.log, "LogSumExp": same, "Max": same,
            "Mean": same, "Min": same, "Prod": same, "Sum": same}
for name, function in expected.items():
    made = model([helper.make_node("Reduce" + name, ["x"], ["y"], noop_with_empty_axes=1)], 18)
    value = -x if name in ("L1", "L2") else x
    for answer in (run(made, value), ReferenceEvaluator(made).run(None, {"x": value})[0]):
        numpy.testing.assert_allclose(answer, function(value), rtol=1e-5)
    print("Reduce" + name, answer)
PYTHON
"$folder/venv/bin/python" "$folder/check.py" "$folder"
