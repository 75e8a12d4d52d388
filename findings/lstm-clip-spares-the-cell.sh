#!/usr/bin/env bash
# LSTM's attribute clip "is applied to the input of activations", and the cell is the input of the last
# activation. ONNX Runtime clips what goes into the gates, but not the cell; ONNX's reference evaluator
# ignores clip altogether.
# Seen with onnxruntime 1.32.0, onnx 1.23.2; six steps of one unit, input weights 4, recurrent ones 0, x = 1, clip 0.25:
#   h as ONNX says it 0.1377   ONNX Runtime 0.1661   reference 0.9820
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


made = model([helper.make_node("LSTM", ["x", "w", "r"], ["", "y"], hidden_size=1, clip=0.25)], 14,
             [("w", numpy.full((1, 4, 1), 4, numpy.float32)), ("r", numpy.zeros((1, 4, 1), numpy.float32))])
x = numpy.ones((6, 1, 1), numpy.float32)


def final(clip_gates, clip_cell):
    limit = lambda value, clipped: min(value, 0.25) if clipped else value
    gate = limit(4.0, clip_gates)
    sigmoid, squashed, cell = 1 / (1 + numpy.exp(-gate)), numpy.tanh(gate), 0.0
    for _ in range(6):
        cell = sigmoid * cell + sigmoid * squashed
    return sigmoid * numpy.tanh(limit(cell, clip_cell))


ours, reference = run(made, x).item(), ReferenceEvaluator(made).run(None, {"x": x})[0].item()
print("ONNX says %.4f ONNX Runtime %.4f reference %.4f" % (final(True, True), ours, reference))
numpy.testing.assert_allclose([ours, reference], [final(True, False), final(False, False)], rtol=1e-4)
assert abs(final(True, True) - ours) > 0.01
PYTHON
"$folder/venv/bin/python" "$folder/check.py" "$folder"
