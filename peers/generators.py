#!/usr/bin/env python3
"""How near generators come to images, and what a classifier says of theirs.

    generators.py --images t10k-images-idx3-ubyte --classifier mnist-lenet.onnx g.onnx others.onnx

Exact W1 of 2,000 images to as many given ones, sliced W1 of 10,000 over 512 directions (the mean of
five sets of generated images, and the least and most), half the
sum of the differences between label frequencies, and the share of images of which the classifier
is sure (softmax above 0.9). The given images are compared with themselves in two halves, too, and
with --fitted with images that generators were fitted to: so far from the given ones is a generator
that makes exactly those.
"""

import argparse
import pathlib

import numpy as np
import onnxruntime
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

EXACT, SLICED, DIRECTIONS, DRAWS = 2000, 10000, 512, 5


def read(path, shape):
    content = pathlib.Path(path).read_bytes()
    header = 16 if content[:4] == b"\0\0\x08\x03" else 0
    return np.frombuffer(content, np.uint8, offset=header).reshape((-1,) + shape)


def shuffled(path, shape, low, high):
    images = low + (high - low) * read(path, shape).astype(np.float32) / 255
    return images[np.random.default_rng(0).permutation(len(images))]


def run(session, values, batch=500):
    name = session.get_inputs()[0].name
    parts = [values[i : i + batch].astype(np.float32) for i in range(0, len(values), batch)]
    return np.concatenate([session.run(None, {name: part})[0] for part in parts])


def exact(one, other):
    n = min(len(one), len(other), EXACT)
    distances = cdist(one[:n].reshape(n, -1), other[:n].reshape(n, -1))
    rows, columns = linear_sum_assignment(distances)
    return distances[rows, columns].mean()


def sliced(one, other):
    n = min(len(one), len(other), SLICED)
    one, other = one[:n].reshape(n, -1), other[:n].reshape(n, -1)
    directions = np.random.default_rng(0).normal(size=(one.shape[1], DIRECTIONS))
    directions /= np.linalg.norm(directions, axis=0)
    return np.abs(np.sort(one @ directions, 0) - np.sort(other @ directions, 0)).mean()


def judged(session, images):
    logits = run(session, images)
    scores = np.exp(logits - logits.max(1, keepdims=True))
    scores /= scores.sum(1, keepdims=True)
    labels = np.bincount(scores.argmax(1), minlength=scores.shape[1]) / len(scores)
    return labels, (scores.max(1) > 0.9).mean()


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--images", required=True)
    arguments.add_argument("--fitted")
    arguments.add_argument("--shape", default="1x28x28")
    arguments.add_argument("--range", default="0,1", help="black and white")
    arguments.add_argument("--classifier", required=True)
    arguments.add_argument("generators", nargs="+")
    given = arguments.parse_args()
    shape = tuple(int(side) for side in given.shape.split("x"))
    low, high = (float(end) for end in given.range.split(","))
    images = shuffled(given.images, shape, low, high)
    classifier = onnxruntime.InferenceSession(given.classifier)
    labels, sure = judged(classifier, images)
    print(f"{'':24}  exact   sliced   labels  sure")
    half = len(images) // 2
    halves = images[:half], images[half:]
    print(f"{'images, in two halves':24}  {exact(*halves):.3f}  {sliced(*halves):.5f}  0.000  {sure:.3f}")
    if given.fitted:
        fitted = shuffled(given.fitted, shape, low, high)
        most = min(DRAWS, len(fitted) // SLICED)
        sets = [fitted[i * SLICED : (i + 1) * SLICED] for i in range(most)]
        show("fitted images", sets, images, labels, classifier)
    for file in given.generators:
        session = onnxruntime.InferenceSession(file)
        latent = (SLICED,) + tuple(session.get_inputs()[0].shape[1:])
        draws = (np.random.default_rng(1 + seed).normal(size=latent) for seed in range(DRAWS))
        sets = [run(session, z).reshape((-1,) + shape) for z in draws]
        show(pathlib.Path(file).stem, sets, images, labels, classifier)


def show(name, sets, images, labels, classifier):
    slices = [sliced(made, images) for made in sets]
    those, certain = judged(classifier, sets[0])
    apart = np.abs(those - labels).sum() / 2
    print(
        f"{name:24}  {exact(sets[0], images):.3f}  {np.mean(slices):.5f}"
        f" ({min(slices):.5f} to {max(slices):.5f})  {apart:.3f}  {certain:.3f}"
    )


if __name__ == "__main__":
    main()
