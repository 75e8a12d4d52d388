#!/usr/bin/env python3
"""Writes large models with random weights: long sequences, and one product with many weights.

    large.py FOLDER

writes lstm-28.onnx, lstm-200.onnx, lstm-784.onnx (a bidirectional LSTM of 64 units that reads an
image of 784 pixels in so many steps) and wide.onnx (784 pixels, 278 MB of weights in one MatMul).
"""

import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

PIXELS = 784
UNITS = 64
CLASSES = 10
WIDE = 88_600


def weights(random, name, *shape):
    scale = 1 / np.sqrt(shape[-1] if len(shape) == 3 else shape[0])
    return numpy_helper.from_array(
        (random.standard_normal(shape, np.float32) * np.float32(scale)), name
    )


def save(file, nodes, constants):
    graph = helper.make_graph(
        nodes,
        file.stem,
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 1, 28, 28])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["n", CLASSES])],
        constants,
    )
    model = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 18)])
    onnx.save(model, file)


def lstm(file, steps, random):
    """Pads 784 pixels to whole steps."""
    width = -(-PIXELS // steps)
    nodes = [
        helper.make_node("Flatten", ["image"], ["flat"]),
        helper.make_node("Pad", ["flat", "pads"], ["padded"]),
        helper.make_node("Reshape", ["padded", "shape"], ["rows"]),
        helper.make_node("Transpose", ["rows"], ["sequence"], perm=[1, 0, 2]),
        helper.make_node(
            "LSTM",
            ["sequence", "w", "r", "b"],
            ["", "last"],
            hidden_size=UNITS,
            direction="bidirectional",
        ),
        helper.make_node("Transpose", ["last"], ["by image"], perm=[1, 0, 2]),
        helper.make_node("Flatten", ["by image"], ["features"]),
        helper.make_node("MatMul", ["features", "v"], ["scores"]),
    ]
    constants = [
        numpy_helper.from_array(np.array([0, 0, 0, steps * width - PIXELS]), "pads"),
        numpy_helper.from_array(np.array([-1, steps, width]), "shape"),
        weights(random, "w", 2, 4 * UNITS, width),
        weights(random, "r", 2, 4 * UNITS, UNITS),
        numpy_helper.from_array(random.standard_normal((2, 8 * UNITS), np.float32) * np.float32(0.1), "b"),
        weights(random, "v", 2 * UNITS, CLASSES),
    ]
    save(file, nodes, constants)


def wide(file, random):
    nodes = [
        helper.make_node("Flatten", ["image"], ["flat"]),
        helper.make_node("MatMul", ["flat", "w"], ["hidden"]),
        helper.make_node("Tanh", ["hidden"], ["bent"]),
        helper.make_node("MatMul", ["bent", "v"], ["scores"]),
    ]
    save(
        file,
        nodes,
        [weights(random, "w", PIXELS, WIDE), weights(random, "v", WIDE, CLASSES)],
    )


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(1)
    for steps in (28, 200, 784):
        lstm(folder / f"lstm-{steps}.onnx", steps, random)
    wide(folder / "wide.onnx", random)


if __name__ == "__main__":
    main()
