#!/bin/sh
# Measures every classifier that has a table in ensemble/, on the table's latent vectors, and prints our
# distances against the peers'. Arguments go to `measure`, such as --threads 2; OUTLIERS=1.05 also names
# the samples whose ratio is above that, PYTHON is the interpreter.
set -eu
peers=$(cd "$(dirname "$0")" && pwd)
models=$peers/../../deploy/models
cache=$peers/.cache
python=${PYTHON:-python3}

mkdir -p "$cache/ours"
"$python" "$peers/latents.py" "$cache/z.f32"
for table in "$peers"/ensemble/*-unconstrained.csv; do
  classifier=$(basename "$table" -unconstrained.csv)
  echo "Measuring $classifier ..." >&2
  "$peers/../../robustness-gap" measure --generator "$models/${classifier%%-*}-dcgan.onnx" \
    --classifier "$models/$classifier.onnx" --latents "$cache/z.f32" --spaces latent,unconstrained \
    --out "$cache/ours/$classifier.jsonl" "$@" >/dev/null
done
exec "$python" "$peers/compare.py" "$cache"/ours/*.jsonl ${OUTLIERS:+--outliers "$OUTLIERS"}
