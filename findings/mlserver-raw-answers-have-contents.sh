#!/usr/bin/env bash
# An answer of MLServer over gRPC whose numbers are raw (raw_output_contents) also has the message field
# `contents` set in each output, with nothing in it. The presence of that field, by which proto3 tells what
# was sent, thus does not tell where the numbers are: a client that asks HasField first reads an empty tensor.
# Seen with mlserver 1.7.1:
#   HasField("contents") True, numbers in contents 0, bytes in raw_output_contents 8
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet mlserver==1.7.1
"$folder/venv/bin/python" - <<'PYTHON'
import numpy
from mlserver.codecs import NumpyCodec
from mlserver.grpc.converters import ModelInferResponseConverter
from mlserver.types import InferenceResponse

output = NumpyCodec.encode_output("scores", numpy.ones((1, 2), numpy.float32))
answer = InferenceResponse(model_name="m", outputs=[output])
message = ModelInferResponseConverter.from_types(answer, use_raw=True)
present = message.outputs[0].HasField("contents")
numbers = len(message.outputs[0].contents.fp32_contents)
raw = len(message.raw_output_contents[0])
print(f'HasField("contents") {present}, numbers in contents {numbers}, bytes in raw_output_contents {raw}')
assert (present, numbers, raw) == (True, 0, 8)
PYTHON
