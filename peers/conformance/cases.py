"""Models of one input, made of the onnx package's node tests."""

import dataclasses
import warnings

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.backend.test.loader import load_node_model_tests

FLOATING = {
    TensorProto.FLOAT: np.float32,
    TensorProto.DOUBLE: np.float64,
    TensorProto.FLOAT16: np.float16,
    TensorProto.BFLOAT16: None,
}
FORMS = ("batch", "row")


class Unusable(Exception):
    """Why a test says nothing of derivatives."""


@dataclasses.dataclass
class Case:
    """One input and one output of a test, as a model of that input alone."""

    test: str
    pair: tuple[str, str]
    operator: str
    model: onnx.ModelProto
    x: np.ndarray
    y: np.ndarray

    @property
    def name(self):
        return ".".join((self.test, *self.pair))


def element_type(value):
    kind = value.type
    return kind.tensor_type.elem_type if kind.HasField("tensor_type") else 0


def operator_of(test, tests):
    """Tests of a function's body are the function's own."""
    own = tests.get(test.name.split("_expanded")[0], test)
    node = own.model.graph.node[0]
    return f"{node.domain}.{node.op_type}" if node.domain else node.op_type


def cases(pattern):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tests = {test.name: test for test in load_node_model_tests()}
    for test in tests.values():
        if pattern and not any(part in test.name for part in pattern):
            continue
        for data in list(test.data_sets)[:1]:
            values, results = data
            graph = test.model.graph
            for index, value in enumerate(graph.input):
                for output, result in zip(graph.output, results):
                    if element_type(value) in FLOATING and element_type(output) in FLOATING:
                        yield Case(
                            test.name,
                            (value.name, output.name),
                            operator_of(test, tests),
                            of_one_input(test.model, index, output, values),
                            np.asarray(values[index]),
                            np.asarray(result),
                        )


def of_one_input(model, index, output, values):
    """Other inputs become constants; an empty model where one is no tensor."""
    one = onnx.ModelProto()
    one.CopyFrom(model)
    del one.graph.input[:], one.graph.output[:]
    one.graph.output.append(output)
    for other, (value, constant) in enumerate(zip(model.graph.input, values)):
        if other == index:
            one.graph.input.append(value)
        elif value.type.HasField("tensor_type"):
            one.graph.initializer.append(as_tensor(constant, value))
        else:
            return onnx.ModelProto()
    return one


def as_tensor(constant, value):
    if isinstance(constant, onnx.TensorProto):
        tensor = onnx.TensorProto()
        tensor.CopyFrom(constant)
    else:
        tensor = numpy_helper.from_array(np.asarray(constant))
    tensor.name = value.name
    return tensor


def value_info(name, kind, shape):
    return helper.make_tensor_value_info(name, kind, shape)


def formed(case, form):
    """The model whose first axis is a batch."""
    model = onnx.ModelProto()
    model.CopyFrom(case.model)
    graph = model.graph
    value = graph.input[0]
    kind = element_type(value)
    opset = next((o.version for o in model.opset_import if o.domain in ("", "ai.onnx")), None)
    if opset is None:
        opset = 18
        model.opset_import.append(helper.make_opsetid("", opset))
    if form == "batch":
        if case.x.ndim == 0:
            raise Unusable("a number has no rows")
        value.CopyFrom(value_info(value.name, kind, case.x.shape))
        return model
    x, y = value.name, graph.output[0].name
    value.CopyFrom(value_info("rows", kind, ["n", case.x.size]))
    for name, numbers in (("first", [0]), ("end", [1]), ("shape", case.x.shape), ("flat", [1, -1])):
        graph.initializer.append(
            numpy_helper.from_array(np.array(numbers, np.int64), "form/" + name)
        )
    nodes = list(graph.node)
    del graph.node[:]
    if opset < 10:
        row = helper.make_node("Slice", ["rows"], ["form/row"], starts=[0], ends=[1], axes=[0])
    else:
        row = helper.make_node(
            "Slice", ["rows", "form/first", "form/end", "form/first"], ["form/row"]
        )
    graph.node.append(row)
    graph.node.append(helper.make_node("Reshape", ["form/row", "form/shape"], [x]))
    graph.node.extend(nodes)
    graph.node.append(helper.make_node("Reshape", [y, "form/flat"], ["form/output"]))
    graph.output[0].CopyFrom(
        value_info("form/output", element_type(graph.output[0]), [1, case.y.size])
    )
    return model
