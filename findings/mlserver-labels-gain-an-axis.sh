#!/usr/bin/env bash
# MLServer's NumpyCodec answers an array of one axis as one of two: labels of shape [n] leave the server as
# shape [n, 1]. A client that compares the number of axes with that of the model it knows takes n labels for
# n rows of one score each.
# Seen with mlserver 1.7.1, numpy as it resolves:
#   labels [2] -> shape [2, 1]; scores [2, 3] -> shape [2, 3]; scores [2, 3, 1] -> shape [2, 3, 1]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet mlserver==1.7.1
"$folder/venv/bin/python" - <<'PYTHON'
import numpy
from mlserver.codecs import NumpyCodec

shapes = {}
for shape in [(2,), (2, 3), (2, 3, 1)]:
    output = NumpyCodec.encode_output("label", numpy.ones(shape, numpy.int64))
    shapes[shape] = tuple(output.shape)
    print(list(shape), "->", "shape", output.shape)
assert shapes == {(2,): (2, 1), (2, 3): (2, 3), (2, 3, 1): (2, 3, 1)}
PYTHON
