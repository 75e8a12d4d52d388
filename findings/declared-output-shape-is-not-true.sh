#!/usr/bin/env bash
# ddddocr ships common.onnx, which declares its output as [1, n] but answers [steps, 1, 8210], one row of
# scores for each step of a sequence. ONNX's checker accepts the file, ONNX Runtime runs it and reports
# [1, n] in get_outputs(). Shapes in a file are a claim; who needs one must run the model.
# Seen with ddddocr 1.6.1, onnxruntime 1.32.0, onnx 1.23.2; an image of 64 x 128 pixels:
#   declared [1, 'seqlen'], answered (16, 1, 8210)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet numpy==2.4.6 onnx==1.23.2 onnxruntime==1.32.0
cat > "$folder/check.py" <<'PYTHON'
import pathlib
import subprocess
import sys
import zipfile

import numpy
import onnx
import onnxruntime

folder = pathlib.Path(sys.argv[1])
subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, "ddddocr==1.6.1"],
               check=True)
path = zipfile.ZipFile(next(folder.glob("*.whl"))).extract("ddddocr/common.onnx", folder)
onnx.checker.check_model(path)
options = onnxruntime.SessionOptions()
options.log_severity_level = 4
session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
declared = session.get_outputs()[0].shape
answered = session.run(None, {session.get_inputs()[0].name: numpy.zeros((1, 1, 64, 128), numpy.float32)})[0].shape
print("declared", declared, "answered", answered)
assert len(declared) == 2 and answered == (16, 1, 8210)
PYTHON
"$folder/venv/bin/python" "$folder/check.py" "$folder"
