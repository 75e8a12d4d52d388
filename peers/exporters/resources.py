"""Where the test resources lie, and how the values beside a model are stored."""

import collections.abc
import pathlib

import numpy
import onnx

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "core/engine/src/test/resources/exporters"


def save(name, x, cotangent, y, gradient):
    """Writes NAME.values.pb, an ONNX GraphProto whose initializers are the four tensors, and
    rewrites NAME.onnx without what only its exporter needs to know."""
    model_file = FOLDER / f"{name}.onnx"
    model = onnx.load(model_file)
    strip(model)
    onnx.save(model, model_file)
    values = onnx.GraphProto(name=name)
    arrays = {"x": x, "cotangent": cotangent, "y": y, "gradient": gradient}
    for key, array in arrays.items():
        single = numpy.ascontiguousarray(array, dtype=numpy.float32)
        values.initializer.append(onnx.numpy_helper.from_array(single, key))
    (FOLDER / f"{name}.values.pb").write_bytes(values.SerializeToString())
    print(name, model_file.stat().st_size, "bytes")


def strip(message):
    """Clears comments and metadata, such as stack traces with paths of the machine, at any depth."""
    for field in ("doc_string", "metadata_props"):
        if field in message.DESCRIPTOR.fields_by_name:
            message.ClearField(field)
    for field, value in message.ListFields():
        if field.message_type is not None:
            repeated = value if isinstance(value, collections.abc.Sequence) else [value]
            for part in repeated:
                strip(part)
