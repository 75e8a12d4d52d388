"""Keras's own preprocessing, by the backend that the environment names."""

import keras
import numpy
from keras import layers
from keras.src.applications import imagenet_utils

from .case import Case, image

NAME = f"Keras {keras.__version__} on {keras.backend.backend()}"
BICUBIC = "bicubic" if keras.backend.backend() == "torch" else "catmull-rom"
BYTES = {"lower": 0, "upper": 255}
UNIT = {"lower": 0, "upper": 1}
SIGNED = {"lower": -1, "upper": 1}

# By mode: what the contract says of the model, and the pixel range's length in its values.
MODES = {
    "caffe": ({"range": BYTES, "colour": "BGR", "mean": [103.939, 116.779, 123.68]}, 255),
    "tf": ({"range": SIGNED}, 2),
    "torch": (
        {"range": UNIT, "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]},
        1 / numpy.array([0.229, 0.224, 0.225]),
    ),
}


def cases():
    for height, width in ((37, 53), (211, 158), (301, 402)):
        yield from of_all(image(3, (1, height, width, 3)), ((31, 23), (64, 64), (224, 192)))


def recorded():
    """The same, but small; once where the backends agree."""
    pixels = image(3, (1, 9, 7, 3))
    if keras.backend.backend() == "tensorflow":
        yield from of_all(pixels, ((6, 5), (10, 11)))
    else:
        yield from resizing(pixels, ((6, 5), (10, 11)), ["bicubic"])


def of_all(pixels, sizes):
    levels = numpy.round(255 * pixels, 2)
    yield from preprocess_input(levels)
    yield from scaling(levels)
    yield from resizing(pixels, sizes)
    yield from cropping(pixels)


def case(row, setting, pixels, result, span, model=None, lower=0, upper=1, **steps):
    contract = {
        "pixels": {"layout": "NHWC", "range": {"lower": lower, "upper": upper}},
        "model": {"layout": "NHWC"} | (model or {}),
    } | steps
    result = keras.ops.convert_to_numpy(result)
    return Case(f"{NAME}, {row}", setting, contract, pixels, result, 1 / numpy.asarray(span))


def preprocess_input(pixels):
    for mode, (model, span) in MODES.items():
        result = imagenet_utils.preprocess_input(pixels.copy(), "channels_last", mode)
        yield case("preprocess_input", mode, pixels, result, span, model, upper=255)


def scaling(pixels):
    signed = layers.Rescaling(1 / 127.5, offset=-1)(pixels)
    yield case("Rescaling", "to [-1, 1]", pixels, signed, 2, {"range": SIGNED}, upper=255)
    unit = layers.Rescaling(1 / 255)(pixels)
    yield case("Rescaling", "to [0, 1]", pixels, unit, 1, {"range": UNIT}, upper=255)
    mean, variance = [120.0, 110.5, 99.0], [3600.0, 3700.0, 4100.0]
    normalised = layers.Normalization(mean=mean, variance=variance)(pixels)
    std = numpy.sqrt(variance)
    model = {"range": BYTES, "mean": mean, "std": std.tolist()}
    yield case("Normalization", "", pixels, normalised, 255 / std, model, upper=255)


def resizing(pixels, sizes, interpolations=("nearest", "bilinear", "bicubic")):
    for interpolation in interpolations:
        for antialias in (False, True):
            for size in sizes:
                layer = layers.Resizing(*size, interpolation=interpolation, antialias=antialias)
                resize = {
                    "size": list(size),
                    "interpolation": BICUBIC if interpolation == "bicubic" else interpolation,
                    "antialias": antialias,
                }
                row = f"Resizing, {interpolation}" + (", antialias" if antialias else "")
                yield case(row, str(size), pixels, layer(pixels), 1, resize=resize)


def cropping(pixels):
    _, height, width, _ = pixels.shape
    for less in range(5):
        crop = [height - less, width - less - 1]
        result = layers.CenterCrop(*crop)(pixels)
        steps = {"crop": crop, "crop_rounding": "down"}
        yield case("CenterCrop", str(less), pixels, result, 1, **steps)
