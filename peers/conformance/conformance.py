#!/usr/bin/env python3
"""Differentiates the onnx package's node tests and compares with central differences.

Every pair of a floating-point input and a floating-point output of a test of `onnx.backend.test` is
made a model of one input, the others constant, in two forms:

- *batch*: the input as it is, so that its first axis is a fixed batch, as exporters write it;
- *row*: an open batch of flat rows, of which the first is reshaped to what the operator takes.

All go through one Java process. What comes back is run by ONNX Runtime near the test's own input,
shifted at random so that kinks are met by accident only, and compared with central differences of
the onnx package's reference implementation in float64; of ONNX Runtime in float32 where the former
computes in no float64. README.md in the folder above says how to set up Python.
"""

import argparse
import dataclasses
import json
import pathlib
import subprocess
import tempfile
import warnings

import numpy as np
import onnx
from cases import FORMS, Unusable, cases, formed
from reference import Comparison, close, session
from table import table

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
STEPS = {"Ceil", "DynamicQuantizeLinear", "Floor", "QuantizeLinear", "Round", "Sign"}


@dataclasses.dataclass
class Result:
    """What became of a case in one form."""

    case: str
    operator: str
    form: str
    outcome: str
    why: str = ""


class Product:
    """The Java process."""

    def __init__(self, jar):
        self.command = [
            "java",
            "-Xss16m",
            "-cp",
            jar,
            pathlib.Path(__file__).with_name("Differentiate.java"),
        ]
        self.process = None

    def differentiate(self, file):
        """What it answers of a file: a word, and a sentence or nothing."""
        if self.process is None or self.process.poll() is not None:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        print(file, file=self.process.stdin, flush=True)
        word, _, sentence = self.process.stdout.readline().strip().partition(" ")
        return (word, sentence) if word else ("crashed", "the process ended")

    def close(self):
        if self.process is not None:
            self.process.communicate()


def compared(gradient_file, comparison, case, form):
    """An outcome, and what it is about."""
    running = session(gradient_file.read_bytes())
    rows = len(case.x) if form == "batch" else 1
    x, v = (value.name for value in running.get_inputs())
    inputs = {x: comparison.x.reshape(rows, *running.get_inputs()[0].shape[1:]).astype(np.float32)}
    row = [rows, *running.get_inputs()[1].shape[1:]]
    y = None
    for moved in rows_first(comparison.v, rows):
        inputs[v] = moved(comparison.v).reshape(row).astype(np.float32)
        y, gradient = running.run(None, inputs)
        if close(y.ravel(), moved(comparison.y).ravel(), 1e-3):
            break
    else:
        return "wrong", "another output"
    expected = comparison.derivatives
    actual = np.array(
        [float(np.sum(d * gradient.reshape(case.x.shape))) for d in comparison.directions]
    )
    error = float(np.abs(actual - expected).max())
    if np.isfinite(error) and error <= comparison.tolerance:
        return "right", ""
    worst = int(np.abs(actual - expected).argmax())
    stepped = comparison.is_flat and any(node.op_type in STEPS for node in case.model.graph.node)
    return (
        "estimated" if stepped else "wrong"
    ), f"{actual[worst]:.6g} instead of {expected[worst]:.6g}"


def rows_first(y, rows):
    """What may bring the rows, in whichever axis of the output they are, to its front."""
    return [np.asarray] + [
        lambda values, axis=axis: np.moveaxis(values, axis, 0)
        for axis in range(1, y.ndim)
        if y.shape[axis] == rows
    ]


def main():
    arguments = options()
    np.seterr(all="ignore")
    warnings.simplefilter("ignore")
    if arguments.what == "compare":
        compare(arguments)
    results = [Result(**json.loads(line)) for line in arguments.results.open()]
    print(table(results))


def compare(arguments):
    known = set()
    if arguments.results.exists():
        known = {json.loads(line)["case"] for line in arguments.results.open()}
    product = Product(arguments.jar)
    with tempfile.TemporaryDirectory() as folder, arguments.results.open("a") as out:
        for case in cases(arguments.tests):
            if case.name not in known:
                for result in examined(case, product, pathlib.Path(folder)):
                    print(json.dumps(dataclasses.asdict(result)), file=out, flush=True)
    product.close()


def options():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "what",
        choices=("compare", "table"),
        help="compare: add what is missing to the results, then print the table; table: print it",
    )
    parser.add_argument("--tests", nargs="*", help="only tests whose names hold one of these")
    parser.add_argument(
        "--results",
        type=pathlib.Path,
        default=REPOSITORY / "peers/.cache/conformance.jsonl",
        help="a line for each pair and form (default: %(default)s)",
    )
    parser.add_argument(
        "--jar", default=REPOSITORY / "deploy/target/deploy.jar", help="(default: %(default)s)"
    )
    return parser.parse_args()


def examined(case, product, folder):
    try:
        if not case.model.graph.node:
            raise Unusable("another input is no tensor")
        if case.x.size == 0 or case.y.size == 0:
            raise Unusable("nothing to differentiate: no elements")
        comparison = Comparison(case, 0)
    except Unusable as e:
        yield Result(case.name, case.operator, "", "unusable", str(e))
        return
    for form in FORMS:
        file = folder / "model.onnx"
        try:
            onnx.save(formed(case, form), file)
        except Unusable:
            continue
        outcome, why = product.differentiate(file)
        if outcome == "written":
            outcome, why = compared(file, comparison, case, form)
        elif outcome == "refused" and comparison.is_flat:
            outcome = "flat"
        yield Result(case.name, case.operator, form, outcome, why)


if __name__ == "__main__":
    main()
