#!/usr/bin/env bash
# Serves one classifier of digits with MLServer, KServe, Triton and a registry of MLflow, measures it behind
# each of them and from its file, and prints the table. Takes some minutes, and 2 GB for the servers.
#
#     peers/served/run.sh [FOLDER]      FOLDER keeps the servers for another run
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
folder=$(mkdir -p "${1:-$(mktemp -d)}" && cd "${1:-$_}" && pwd)
model=$root/deploy/models/mnist-lenet.onnx
samples=${SAMPLES:-32}

# A server in an environment of its own: their libraries do not agree.
install() {
  local name=$1
  shift
  [ -x "$folder/$name/bin/python" ] && return
  echo "installing $name"
  PYTHONPATH=$folder/uv "$folder/uv/bin/uv" venv -q "$folder/$name"
  "$folder/uv/bin/uv" pip install -q -p "$folder/$name" "$@"
}
[ -x "$folder/uv/bin/uv" ] || python3 -m pip install -q --target "$folder/uv" uv
install mlserver mlserver==1.7.1 onnxruntime
install kserve kserve==0.21.0 onnxruntime
install triton nvidia-pytriton==0.7.0 onnxruntime
install mlflow mlflow==3.17.2 onnx onnxruntime

pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true' EXIT
serve() {
  "$folder/$1/bin/python" "$here/serve.py" "$1" "$model" --http "$2" --grpc "$3" >"$folder/$1.log" 2>&1 &
  pids+=($!)
}
serve mlserver 18080 18081
serve kserve 18180 18181
serve triton 18280 18281
serve mlflow 18380 18381

await() {
  for _ in $(seq 600); do
    if "${@:2}" >/dev/null 2>&1; then
      echo "$1 runs"
      return
    fi
    sleep 1
  done
  echo "$1 does not start; see $folder/$1.log" >&2
  exit 1
}
await mlserver curl -sf http://127.0.0.1:18080/v2/models/digits/ready
await kserve curl -sf http://127.0.0.1:18180/v2/models/digits/ready
await triton curl -sf http://127.0.0.1:18280/v2/models/digits/ready
await mlflow grep -q '^ready' "$folder/mlflow.log"

export MLFLOW_TRACKING_URI=http://127.0.0.1:18380
for address in "oip+http://127.0.0.1:18080/v2/models/digits --image-size 1x28x28" \
  "oip+grpc://127.0.0.1:18081/v2/models/digits --image-size 1x28x28" \
  oip+http://127.0.0.1:18180/v2/models/digits oip+grpc://127.0.0.1:18181/v2/models/digits \
  oip+http://127.0.0.1:18280/v2/models/digits oip+grpc://127.0.0.1:18281/v2/models/digits \
  models:/digits@champion; do
  # Without quotes: MLServer does not state which images it takes.
  "$root/robustness-gap" attach $address
done

python3 - "$samples" "$model" "$root" >"$folder/campaign.json" <<'PYTHON'
import json
import sys

samples, model, root = int(sys.argv[1]), sys.argv[2], sys.argv[3]
asked = {"queries_per_sample": 1000}
json.dump({
    "id": "served",
    "generator": {"name": "mnist-dcgan", "location": f"{root}/deploy/models/mnist-dcgan.onnx", "latent_dimension": 100},
    "classifiers": [
        {"name": "file", "location": model},
        {"name": "mlserver", "location": "oip+http://127.0.0.1:18080/v2/models/digits", "endpoint": asked},
        {"name": "kserve", "location": "oip+grpc://127.0.0.1:18181/v2/models/digits", "endpoint": asked},
        {"name": "triton", "location": "oip+http://127.0.0.1:18280/v2/models/digits", "endpoint": asked},
        {"name": "mlflow", "location": "models:/digits@champion"},
    ],
    "sampling": {"seed": 0, "samples": samples, "batch_size": 16, "window_samples": samples,
                 "max_jobs_in_flight": 16, "job_timeout_seconds": 3600},
    "attack": {"spaces": ["latent", "in-distribution", "unconstrained"],
               "algorithm": {"name": "boundary-descent", "effort": "standard"}},
    "smoothness": {"radii": [0.15, 0.25, 0.4], "samples": 32, "restarts": 1, "steps": 4, "batch_size": 16},
    "quantiles": [0.25, 0.5],
}, sys.stdout, indent=2)
PYTHON
"$root/robustness-gap" measure --campaign "$folder/campaign.json"
