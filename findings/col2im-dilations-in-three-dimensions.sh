#!/usr/bin/env bash
# Col2Im with dilations is right in ONNX Runtime for one and two dimensions and wrong for three: it answers
# other numbers, without an error. Without dilations three dimensions are right too.
# Seen with onnxruntime 1.32.0, onnx 1.23.2; largest difference from ONNX's reference evaluator:
#   image 7          block 3          dilations 2        0
#   image 7 x 6      block 3 x 2      dilations 2, 2     0
#   image 5 x 5 x 5  block 2 x 2 x 2  dilations 2, 2, 2  4.7e+00
#   image 5 x 5 x 5  block 2 x 2 x 2  dilations 1, 1, 1  0
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


found = []
for image, block, dilations in (((7,), (3,), (2,)), ((7, 6), (3, 2), (2, 2)),
                                ((5, 5, 5), (2, 2, 2), (2, 2, 2)), ((5, 5, 5), (2, 2, 2), (1, 1, 1))):
    blocks = numpy.prod([i - d * (b - 1) for i, b, d in zip(image, block, dilations)])
    x = numpy.random.default_rng(0).standard_normal((1, numpy.prod(block), blocks)).astype(numpy.float32)
    made = model([helper.make_node("Col2Im", ["x", "image", "block"], ["y"], dilations=dilations)], 18,
                 [("image", numpy.array(image)), ("block", numpy.array(block))])
    found.append(numpy.abs(run(made, x) - ReferenceEvaluator(made).run(None, {"x": x})[0]).max())
    print(image, block, dilations, "%.1e" % found[-1])
assert max(found[0], found[1], found[3]) < 1e-5 and found[2] > 1
PYTHON
"$folder/venv/bin/python" "$folder/check.py" "$folder"
