#!/usr/bin/env bash
# Clip with a bound left out is not unbounded on that side in ONNX Runtime: it turns infinities into the
# largest finite numbers, also with both bounds left out, which should be the identity. ONNX's reference
# evaluator keeps them. So a check for infinities behind a Clip (a ReLU written as Clip(0)) finds none.
# Seen with onnxruntime 1.32.0, onnx 1.23.2:
#   Clip(inf, min=0)   ONNX Runtime 3.4028235e+38    reference inf
#   Clip(-inf, max=0)  ONNX Runtime -3.4028235e+38   reference -inf
#   Clip(inf)          ONNX Runtime 3.4028235e+38    reference inf
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


largest = float(numpy.finfo(numpy.float32).max)
zero = ("zero", numpy.float32(0))
for inputs, x, expected in ((["x", "zero"], numpy.inf, largest), (["x", "", "zero"], -numpy.inf, -largest),
                            (["x"], numpy.inf, largest)):
    made = model([helper.make_node("Clip", inputs, ["y"])], 13, [zero])
    value = numpy.array([x], numpy.float32)
    ours, reference = run(made, value).item(), ReferenceEvaluator(made).run(None, {"x": value})[0].item()
    print(inputs, x, "ONNX Runtime", ours, "reference", reference)
    assert (ours, reference) == (expected, x)
PYTHON
"$folder/venv/bin/python" "$folder/check.py" "$folder"
