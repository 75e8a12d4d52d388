"""What derivatives are compared with: central differences of a reference, in the widest type it has."""

import time

import numpy as np
import onnx
import onnxruntime
from cases import FLOATING, Unusable, element_type
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

# The largest error of a directional derivative, relative to the largest of them.
TOLERANCE = {np.float64: 2e-3, np.float32: 2e-2}
STEP = {np.float64: 1e-4, np.float32: 1e-2}
ABSOLUTE = 1e-5
DIRECTIONS = 10
DRAWS = 4

# Seconds for one evaluation in float64.
PATIENCE = 0.2
NO_DERIVATIVE = "differences of two steps disagree: no derivative"


def widened(model):
    """The same in float64."""
    wide = onnx.ModelProto()
    wide.CopyFrom(model)
    widen_graph(wide.graph)
    return wide


def widen_graph(graph):
    for value in [*graph.input, *graph.output, *graph.value_info]:
        if element_type(value) in FLOATING:
            value.type.tensor_type.elem_type = TensorProto.DOUBLE
    for tensor in graph.initializer:
        widen_tensor(tensor)
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.TENSOR:
                widen_tensor(attribute.t)
            elif attribute.type == onnx.AttributeProto.GRAPH:
                widen_graph(attribute.g)
            elif attribute.name in ("to", "dtype") and attribute.i in FLOATING:
                attribute.i = TensorProto.DOUBLE
            elif node.op_type == "Constant" and attribute.name in ("value_float", "value_floats"):
                numbers = attribute.f if attribute.name == "value_float" else list(attribute.floats)
                tensor = numpy_helper.from_array(np.array(numbers, np.float64))
                attribute.CopyFrom(helper.make_attribute("value", tensor))


def widen_tensor(tensor):
    if tensor.data_type in FLOATING:
        name = tensor.name
        tensor.CopyFrom(
            numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float64), name)
        )


class Reference:
    """A case's function, in the widest type in which it is the test's own."""

    def __init__(self, case, kind):
        self.case = case
        self.type = kind
        self.function = self.evaluator() if kind == np.float64 else self.runtime()
        begun = time.process_time()
        y = np.asarray(self.function(case.x.astype(kind)))
        if kind == np.float64 and time.process_time() - begun > PATIENCE:
            raise Unusable("it takes too long")
        if kind == np.float64 and y.dtype != np.float64:
            raise Unusable("it computes in " + str(y.dtype))
        if y.shape != case.y.shape or not close(y, case.y, 2e-2 if narrow(case) else 1e-3):
            raise Unusable("it computes other numbers than the test says")

    def require(self, x, y):
        """The reference implementation is a program too: the runtime must agree with it."""
        if self.type == np.float64 and not narrow(self.case):
            try:
                theirs = self.runtime()(x)
            except Exception:  # it cannot be asked
                return
            if not close(theirs, y, 1e-3):
                raise Unusable("reference and runtime compute other numbers")

    def evaluator(self):
        evaluator = ReferenceEvaluator(widened(self.case.model))
        name = self.case.model.graph.input[0].name
        return lambda x: evaluator.run(None, {name: x})[0]

    def runtime(self):
        running = session(self.case.model.SerializeToString())
        name = self.case.model.graph.input[0].name
        kind = FLOATING[element_type(self.case.model.graph.input[0])]
        if kind not in (np.float32, np.float64):
            raise Unusable("no reference in a wider type than the test's")
        return lambda x: running.run(None, {name: np.asarray(x, kind)})[0]

    def derivative(self, x, v, direction):
        """Along a direction; None where two steps disagree, as at a kink."""
        step = STEP[self.type] * max(1.0, float(np.abs(x).max()))
        whole, half = (self.difference(x, v, direction, size) for size in (step, step / 2))
        if not np.isfinite(whole) or not np.isfinite(half):
            return None
        return whole, half

    def difference(self, x, v, direction, step):
        forward, backward = x + step * direction, x - step * direction
        moved = [
            np.asarray(self.function(point.astype(self.type)), np.float64)
            for point in (forward, backward)
        ]
        return float(np.sum(v * (moved[0] - moved[1]))) / (2 * step)


def first_line(error):
    text = str(error).strip()
    return text.splitlines()[0][:200] if text else repr(error)


def narrow(case):
    kinds = [element_type(case.model.graph.input[0]), element_type(case.model.graph.output[0])]
    return any(kind in (TensorProto.FLOAT16, TensorProto.BFLOAT16) for kind in kinds)


def close(actual, expected, tolerance):
    actual, expected = np.asarray(actual, np.float64), np.asarray(expected, np.float64)
    return np.allclose(actual, expected, rtol=tolerance, atol=1e-4, equal_nan=True)


def session(model):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


class Comparison:
    """Points, cotangents and directional derivatives of a case; made once for both forms."""

    def __init__(self, case, seed):
        reasons = []
        for kind in (np.float64, np.float32):
            try:
                self.compare(case, Reference(case, kind), seed)
                return
            except Exception as e:  # whatever it throws, it is no reference
                reasons.append(first_line(e))
        raise Unusable(reasons[0] if reasons[0] == NO_DERIVATIVE else reasons[-1])

    def compare(self, case, reference, seed):
        self.type = reference.type
        for draw in range(DRAWS):
            random = np.random.default_rng([seed, draw])
            scale = 0.1 * max(float(np.std(case.x.astype(np.float64))), 0.1)
            shift = scale * random.uniform(-1, 1, case.x.shape)
            self.x = (case.x.astype(np.float64) + shift).astype(np.float32).astype(np.float64)
            self.v = random.standard_normal(case.y.shape).astype(np.float32).astype(np.float64)
            self.y = np.asarray(reference.function(self.x.astype(self.type)), np.float64)
            reference.require(self.x, self.y)
            self.directions = directions(random, case.x.shape)
            found = [reference.derivative(self.x, self.v, d) for d in self.directions]
            if self.y.shape == case.y.shape and np.isfinite(self.y).all() and None not in found:
                whole, half = np.array(found).T
                self.scale = float(np.abs(half).max())
                if np.abs(whole - half).max() <= self.tolerance / 4:
                    self.derivatives = half
                    return
        raise Unusable(NO_DERIVATIVE)

    @property
    def tolerance(self):
        return TOLERANCE[self.type] * self.scale + ABSOLUTE

    @property
    def is_flat(self):
        return self.scale < ABSOLUTE / 10


def directions(random, shape):
    size = int(np.prod(shape))
    if size <= DIRECTIONS:
        return np.eye(size).reshape(size, *shape)
    chosen = random.choice(size, DIRECTIONS // 2, replace=False)
    coordinates = np.eye(size)[chosen] if size < 5000 else one_hot(chosen, size)
    spread = random.standard_normal((DIRECTIONS - len(chosen), size)) / np.sqrt(size)
    return np.concatenate([coordinates, spread]).reshape(DIRECTIONS, *shape)


def one_hot(chosen, size):
    rows = np.zeros((len(chosen), size))
    rows[np.arange(len(chosen)), chosen] = 1
    return rows
