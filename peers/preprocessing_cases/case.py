"""One image, what a library makes of it, and the input contract that is to do the same."""

import dataclasses
import json
import pathlib
import subprocess
import tempfile

import numpy
import onnx
import onnxruntime

# The values are real numbers, or levels of 8 bits.
LEVELS = 255


class Refused(Exception):
    """The sentence why a contract cannot be composed."""


@dataclasses.dataclass
class Case:
    """Image and result are batches of one; the result has the shape of a classifier's input."""

    row: str  # of the table
    setting: str  # what tells it from others in its row
    contract: dict
    image: numpy.ndarray
    result: numpy.ndarray
    unit: object  # by which the result's differences are fractions of the pixel range; a channel

    def differences(self, launcher):
        """Of all values, as fractions of the pixel range."""
        ours = self.reproduced(launcher).astype(numpy.float64)
        assert ours.shape == self.result.shape, (self.row, self.setting, ours.shape)
        channels_last = self.contract.get("model", {}).get("layout") == "NHWC"
        unit = numpy.atleast_1d(self.unit)
        return numpy.abs(ours - self.result) * (unit if channels_last else unit[:, None, None])

    def reproduced(self, launcher):
        """By the file that `compose` writes for a classifier that answers with its input."""
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "identity.onnx"
            contract = pathlib.Path(folder) / "contract.json"
            composed = pathlib.Path(folder) / "composed.onnx"
            onnx.save(identity(self.result.shape[1:]), file)
            contract.write_text(json.dumps(self.contract))
            layout = self.contract.get("pixels", {}).get("layout")
            height, width = self.image.shape[1:3] if layout == "NHWC" else self.image.shape[2:]
            command = [launcher, "compose", "--classifier", file, "--contract", contract]
            command += ["--image-size", f"{height}x{width}", "--out", composed]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise Refused(done.stderr.strip())
            session = onnxruntime.InferenceSession(composed, providers=["CPUExecutionProvider"])
            pixels = session.get_inputs()[0].name
            return session.run(None, {pixels: self.image.astype(numpy.float32)})[0]


def identity(shape):
    values = [
        onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["n", *shape])
        for name in ("x", "y")
    ]
    node = onnx.helper.make_node("Identity", ["x"], ["y"])
    graph = onnx.helper.make_graph([node], "identity", values[:1], values[1:])
    opset = onnx.helper.make_opsetid("", 17)
    return onnx.helper.make_model(graph, opset_imports=[opset], ir_version=8)


def image(seed, shape, bits=None):
    """Noise: in [0, 1], in steps of 10⁻⁴ that a file can hold; or 8-bit levels."""
    random = numpy.random.default_rng(seed)
    if bits == 8:
        return random.integers(0, LEVELS + 1, shape, dtype=numpy.uint8)
    return (random.integers(0, 10001, shape) / 1e4).astype(numpy.float32)
