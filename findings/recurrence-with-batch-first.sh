#!/usr/bin/env bash
# RNN, GRU and LSTM with layout=1 (batch first), part of ONNX since operator set 14 and accepted by its
# checker and reference evaluator, have no kernel in ONNX Runtime: the session is not made.
# Seen with onnxruntime 1.32.0, onnx 1.23.2:
#   RNN, GRU, LSTM: reference answers [2, 1, 2]; ONNX Runtime: "... layout_ == 0 was false. Batchwise
#   recurrent operations (layout == 1) are not supported. ..."
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


x = numpy.ones((2, 4, 3), numpy.float32)
for operator, gates in (("RNN", 1), ("GRU", 3), ("LSTM", 4)):
    made = model([helper.make_node(operator, ["x", "w", "r"], ["", "y"], hidden_size=2, layout=1)], 14,
                 [("w", numpy.ones((1, 2 * gates, 3), numpy.float32)), ("r", numpy.ones((1, 2 * gates, 2), numpy.float32))],
                 x.shape, result=[2, 1, 2])
    onnx.checker.check_model(made)
    print(operator, "reference", ReferenceEvaluator(made).run(None, {"x": x})[0].shape)
    try:
        session(made)
        raise SystemExit(operator + " with layout=1 runs now")
    except onnxruntime.capi.onnxruntime_pybind11_state.Fail as refused:
        print(operator, "ONNX Runtime", refused)
        assert "layout" in str(refused)
PYTHON
"$folder/venv/bin/python" "$folder/check.py" "$folder"
