#!/usr/bin/env bash
# SessionOptions.add_external_initializers gives weights by name. A weight that the file declares but no node
# reads is dropped before the given ones are put in, and giving it then fails the session, as if the file
# had no such weight. Who gives all the file's weights must first find out which are read.
# Seen with onnxruntime 1.32.0, onnx 1.23.2:
#   weights w and spare declared, both given, w read: "Failed to find existing initializer with name spare"
#   w alone given: runs
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


made = model([helper.make_node("Add", ["x", "w"], ["y"])], 18,
             [("w", numpy.ones(1, numpy.float32)), ("spare", numpy.ones(4, numpy.float32))])
for weight in made.graph.initializer:
    weight.ClearField("raw_data")
    weight.data_location = TensorProto.EXTERNAL
    weight.external_data.add(key="location", value="weights.bin")
given = {"w": numpy.ones(1, numpy.float32), "spare": numpy.ones(4, numpy.float32)}


def answer(names):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    values = [onnxruntime.OrtValue.ortvalue_from_numpy(given[name]) for name in names]
    options.add_external_initializers(names, values)
    loaded = onnxruntime.InferenceSession(made.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return loaded.run(None, {"x": numpy.ones(1, numpy.float32)})[0]


assert {weight.name for weight in made.graph.initializer} == set(given)
try:
    answer(["w", "spare"])
    raise SystemExit("a weight that nobody reads may be given now")
except onnxruntime.capi.onnxruntime_pybind11_state.Fail as refused:
    print(refused)
    assert "Failed to find existing initializer with name spare" in str(refused)
print("w alone:", answer(["w"]))
assert answer(["w"]) == 2
PYTHON
"$folder/venv/bin/python" "$folder/check.py" "$folder"
