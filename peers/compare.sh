#!/bin/sh
# Measures every classifier that has a table in ensemble/, on the table's latent vectors, and prints our
# distances against the peers'. Arguments go to `measure`, such as --threads 2. In the environment:
# CLASSIFIERS and EFFORTS, names with spaces between, to measure fewer; PYTHON, the interpreter.
set -eu
peers=$(cd "$(dirname "$0")" && pwd)
models=$peers/../deploy/models
cache=$peers/.cache
python=${PYTHON:-python3}

mkdir -p "$cache"
"$python" "$peers/latents.py" "$cache/z.f32"
for effort in ${EFFORTS:-fast standard thorough}; do
  mkdir -p "$cache/$effort"
  for classifier in ${CLASSIFIERS:-$(cd "$peers/ensemble" && ls ./*-unconstrained.csv)}; do
    classifier=$(basename "$classifier" -unconstrained.csv)
    echo "Measuring $classifier ($effort) ..." >&2
    "$peers/../robustness-gap" measure --generator "$models/${classifier%%-*}-dcgan.onnx" \
      --classifier "$models/$classifier.onnx" --latents "$cache/z.f32" --spaces latent,unconstrained \
      --effort "$effort" --out "$cache/$effort/$classifier.jsonl" "$@" >/dev/null
  done
  printf '\n%s:\n\n' "$effort"
  "$python" "$peers/compare.py" "$cache/$effort"/*.jsonl
done
printf '\nEach peer against the best of all:\n\n'
"$python" "$peers/compare.py" --peers "$cache/$effort"/*.jsonl
printf '\nOurs above 1.05 (%s):\n\n' "$effort"
"$python" "$peers/compare.py" --outliers 1.05 "$cache/$effort"/*.jsonl
