#!/usr/bin/env bash
# GridSample's modes were renamed in operator set 20 (bilinear became linear, bicubic became cubic), and no
# two tools agree which names a file may use: ONNX Runtime takes each set's own names only, ONNX's reference
# evaluator the new names only, also in operator set 16 where they are invalid, and the checker takes all.
# Seen with onnxruntime 1.32.0, onnx 1.23.2:
#   operator set 16, bilinear   ONNX Runtime yes, reference no, checker yes
#   operator set 16, linear     ONNX Runtime no, reference yes, checker yes
#   operator set 20, bilinear   ONNX Runtime no, reference no, checker yes
#   operator set 20, linear     ONNX Runtime yes, reference yes, checker yes
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


x = numpy.ones((1, 1, 3, 3), numpy.float32)


def takes(action):
    try:
        action()
        return True
    except Exception as refused:
        return False


seen = {}
for opset in (16, 20):
    for mode in ("bilinear", "linear"):
        made = model([helper.make_node("GridSample", ["x", "grid"], ["y"], mode=mode)], opset,
                     [("grid", numpy.zeros((1, 2, 2, 2), numpy.float32))], x.shape, result=[1, 1, 2, 2])
        seen[opset, mode] = (takes(lambda: run(made, x)),
                             takes(lambda: ReferenceEvaluator(made).run(None, {"x": x})),
                             takes(lambda: onnx.checker.check_model(made)))
        print(opset, mode, "ONNX Runtime, reference, checker:", *seen[opset, mode])
assert seen == {(16, "bilinear"): (True, False, True), (16, "linear"): (False, True, True),
                (20, "bilinear"): (False, False, True), (20, "linear"): (True, True, True)}
PYTHON
"$folder/venv/bin/python" "$folder/check.py" "$folder"
