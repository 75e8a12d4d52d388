#!/usr/bin/env bash
# LeakyRelu's alpha has the default 0.01, and ONNX Runtime's own fused operator com.microsoft.FusedGemm takes
# the activation LeakyRelu, but without activation_alpha its session is not made: who fuses a LeakyRelu that
# leaves alpha out must write the default.
# Seen with onnxruntime 1.32.0, onnx 1.23.2:
#   LeakyRelu without alpha of -1: -0.01
#   FusedGemm, activation LeakyRelu, without activation_alpha: no session
#   with activation_alpha=0.01: -0.01
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


x = numpy.array([[-1]], numpy.float32)
weights = [("w", numpy.ones((1, 1), numpy.float32)), ("b", numpy.zeros(1, numpy.float32))]


def fused(**alpha):
    node = helper.make_node("FusedGemm", ["x", "w", "b"], ["y"], domain="com.microsoft", activation="LeakyRelu", **alpha)
    return model([node], 18, weights, [None, 1], ["com.microsoft"])


plain = run(model([helper.make_node("LeakyRelu", ["x"], ["y"])], 18), x).item()
print("LeakyRelu", plain)
try:
    session(fused())
    raise SystemExit("FusedGemm needs no activation_alpha now")
except onnxruntime.capi.onnxruntime_pybind11_state.Fail as refused:
    print(refused)
stated = run(fused(activation_alpha=0.01), x).item()
print("FusedGemm with alpha", stated)
numpy.testing.assert_allclose([plain, stated], -0.01, rtol=1e-6)
PYTHON
"$folder/venv/bin/python" "$folder/check.py" "$folder"
