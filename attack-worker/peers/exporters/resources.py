"""Where the test resources lie, and how the values beside a model are stored."""

import pathlib

import numpy
import onnx

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "src/test/resources/exporters"


def save(name, x, cotangent, y, gradient):
    """Writes NAME.values.pb: an ONNX GraphProto whose initializers are the four tensors."""
    values = onnx.GraphProto(name=name)
    arrays = {"x": x, "cotangent": cotangent, "y": y, "gradient": gradient}
    for key, array in arrays.items():
        single = numpy.ascontiguousarray(array, dtype=numpy.float32)
        values.initializer.append(onnx.numpy_helper.from_array(single, key))
    (FOLDER / f"{name}.values.pb").write_bytes(values.SerializeToString())
    print(name, (FOLDER / f"{name}.onnx").stat().st_size, "bytes")
