#!/usr/bin/env bash
# LRN of an even size is valid ONNX (the specification has floor and ceil for it, the checker takes it, the
# reference evaluator runs it), but ONNX Runtime makes no session of it.
# Seen with onnxruntime 1.32.0, onnx 1.23.2:
#   size 5: ONNX Runtime and the reference run
#   size 4: the reference runs, ONNX Runtime fails
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


x = numpy.ones((1, 6, 2, 2), numpy.float32)
for size in (5, 4):
    made = model([helper.make_node("LRN", ["x"], ["y"], size=size)], 13, shape=x.shape, result=x.shape)
    onnx.checker.check_model(made)
    reference = ReferenceEvaluator(made).run(None, {"x": x})[0]
    assert reference.shape == x.shape
    try:
        session(made)
        refusal = None
    except onnxruntime.capi.onnxruntime_pybind11_state.Fail as refused:
        refusal = str(refused)
    print(size, refusal or "runs")
    assert (refusal is None) == (size == 5)
PYTHON
"$folder/venv/bin/python" "$folder/check.py" "$folder"
