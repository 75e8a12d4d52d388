#!/usr/bin/env bash
# A model behind MLServer that answers NaN, infinity and minus infinity answers null three times over REST:
# a class with score minus infinity, which merely cannot win, cannot be told from a broken model. A client
# that reads null as 0 takes a wrong label from it.
# Seen with mlserver 1.7.1:
#   [nan, inf, -inf, 0.5] -> "data":[null,null,null,0.5]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet mlserver==1.7.1
"$folder/venv/bin/python" - <<'PYTHON'
import numpy
from mlserver.codecs import NumpyCodec
from mlserver.rest.responses import Response
from mlserver.types import InferenceResponse

scores = numpy.array([[numpy.nan, numpy.inf, -numpy.inf, 0.5]], numpy.float32)
answer = InferenceResponse(model_name="m", outputs=[NumpyCodec.encode_output("scores", scores)])
body = Response(content=None).render(answer.model_dump()).decode()
print(scores.tolist()[0], "->", body)
assert '"data":[null,null,null,0.5]' in body
PYTHON
