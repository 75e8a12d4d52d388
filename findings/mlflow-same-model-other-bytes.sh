#!/usr/bin/env bash
# The same ONNX model saved twice by MLflow is two files: weights of 1 kB and more go to a file with a random
# name, and that name stands inside model.onnx. So a digest over the files tells two registered versions apart
# that compute the same, and nothing but model.onnx itself tells which file holds its weights. A small model is
# saved whole, and then the bytes agree: what holds for a test model need not for a real one.
# Seen with mlflow 3.17.2, onnx 1.23.2:
#   4 kB of weights: model.onnx and a UUID with ".data"; neither name nor model.onnx agree
#   32 B of weights: model.onnx alone; both agree
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet mlflow==3.17.2 onnx==1.23.2
cd "$folder"
MLFLOW_DISABLE_TELEMETRY=true venv/bin/python - 2>messages.txt <<'PYTHON'
import pathlib

import mlflow
import numpy
import onnx
from onnx import helper, numpy_helper


def model(rows):
    weight = numpy_helper.from_array(numpy.ones((rows, 2), numpy.float32), "w")
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"])], "g",
        [helper.make_tensor_value_info("x", 1, ["n", rows])], [helper.make_tensor_value_info("y", 1, ["n", 2])],
        [weight])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def saved(rows, name):
    path = pathlib.Path(name)
    mlflow.onnx.save_model(model(rows), path, pip_requirements=["onnx"])
    weights = sorted(file.name for file in path.iterdir() if file.suffix == ".data")
    return (path / "model.onnx").read_bytes(), weights


for rows in (512, 4):
    (one, names), (other, others) = saved(rows, f"one-{rows}"), saved(rows, f"other-{rows}")
    print(f"{8 * rows} B of weights: {names} and {others}; model.onnx agrees: {one == other}")
    if rows == 512:
        assert len(names) == len(others) == 1 and names != others and one != other
    else:
        assert names == others == [] and one == other
PYTHON
