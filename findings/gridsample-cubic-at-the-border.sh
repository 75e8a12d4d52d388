#!/usr/bin/env bash
# GridSample with mode cubic and padding_mode border has three meanings: ONNX Runtime clamps each of the
# sixteen neighbours of the point, ONNX's reference evaluator something else, and PyTorch, from whose
# grid_sample the operator comes, clamps the point itself before it looks for neighbours (written in NumPy
# below; PyTorch is not installed here). They differ only at points outside the image.
# Seen with onnxruntime 1.32.0, onnx 1.23.2; 5 x 5 pixels in [0, 1], largest differences:
#   ONNX Runtime to clamped neighbours 8.1e-07   ONNX Runtime to a clamped point 7.9e-02
#   reference to clamped neighbours 5.3e-02      reference to a clamped point 7.9e-02
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


random = numpy.random.default_rng(0)
x = random.random((1, 1, 5, 5)).astype(numpy.float32)
grid = (random.random((1, 6, 6, 2)) * 3 - 1.5).astype(numpy.float32)


def weight(distance, a=-0.75):
    d = abs(distance)
    return (a + 2) * d**3 - (a + 3) * d**2 + 1 if d <= 1 else a * (d**3 - 5 * d**2 + 8 * d - 4) if d < 2 else 0


def sampled(clamp_point):
    result = numpy.zeros((6, 6))
    for i in range(6):
        for j in range(6):
            column, row = ((grid[0, i, j].astype(numpy.float64) + 1) * 5 - 1) / 2
            if clamp_point:
                column, row = numpy.clip([column, row], 0, 4)
            top, left = int(numpy.floor(row)), int(numpy.floor(column))
            for p in range(top - 1, top + 3):
                for q in range(left - 1, left + 3):
                    pixel = x[0, 0, min(max(p, 0), 4), min(max(q, 0), 4)]
                    result[i, j] += weight(row - p) * weight(column - q) * pixel
    return result


made = model([helper.make_node("GridSample", ["x", "grid"], ["y"], mode="cubic", padding_mode="border")], 20,
             [("grid", grid)])
neighbours, point = sampled(False), sampled(True)
ours, reference = run(made, x)[0, 0], ReferenceEvaluator(made).run(None, {"x": x})[0][0, 0]
differences = [numpy.abs(a - b).max() for a in (ours, reference) for b in (neighbours, point)]
print("ONNX Runtime %.1e %.1e reference %.1e %.1e" % tuple(differences))
assert differences[0] < 1e-5 and min(differences[1:]) > 1e-2
PYTHON
"$folder/venv/bin/python" "$folder/check.py" "$folder"
