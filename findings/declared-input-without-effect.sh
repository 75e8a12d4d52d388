#!/usr/bin/env bash
# silero-vad ships silero_vad_16k_op15.onnx, which multiplies its input sr (the sampling rate) by 0, so that no
# output depends on it. ONNX Runtime in Python still refuses to run without it, and takes any value
# for it without a word: 44100 gives the same probability as 16000.
# Seen with silero-vad 6.2.3, onnxruntime 1.32.0, onnx 1.23.2:
#   without sr: Required inputs (['sr']) are missing from input feed (['input', 'state']).
#   sr = 16000, 8000 and 44100: the same probability
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
subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, "silero-vad==6.2.3"],
               check=True)
path = zipfile.ZipFile(next(folder.glob("*.whl"))).extract("silero_vad/data/silero_vad_16k_op15.onnx", folder)


onnx.checker.check_model(path)
session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
feed = {"input": numpy.sin(numpy.arange(576, dtype=numpy.float32) / 10)[None], "state": numpy.zeros((2, 1, 128), numpy.float32)}
try:
    session.run(None, feed)
    raise SystemExit("the input without effect may be left out now")
except ValueError as refused:
    print(refused)
    assert "sr" in str(refused)
answers = [session.run(None, {**feed, "sr": numpy.array(rate)})[0].item() for rate in (16000, 8000, 44100)]
print(answers)
assert len(set(answers)) == 1
PYTHON
"$folder/venv/bin/python" "$folder/check.py" "$folder"
