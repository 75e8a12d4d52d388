#!/usr/bin/env python3
"""Holds input contracts against the preprocessing of torchvision, timm and Keras.

Every case goes through `robustness-gap compose` and ONNX Runtime, and the table is written into
docs/measurements/preprocessing.md; --record writes small cases into the test resources instead.
README.md beside this file says how to set up Python.
"""

import argparse
import dataclasses
import importlib
import json
import os
import pathlib
import subprocess
import sys

import numpy

from preprocessing_cases.case import LEVELS, Refused

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]
PAGE = REPOSITORY / "docs/measurements/preprocessing.md"
RECORD = REPOSITORY / "core/engine/src/test/resources/preprocessing.jsonl"
BEGIN, END = "<!-- written by peers/preprocessing.py -->\n", "<!-- to here -->\n"
HEAD = (
    "| preprocessing | settings | images | largest difference | values that differ |\n"
    "|---|---|---|---|---|\n"
)

# Modules of preprocessing_cases with Keras's backend; in one process, two backends abort it.
LIBRARIES = (("pytorch", "torch"), ("keras_layers", "tensorflow"), ("keras_layers", "torch"))


@dataclasses.dataclass
class Row:
    """What is known of one row of the table."""

    settings: set = dataclasses.field(default_factory=set)
    differences: list = dataclasses.field(default_factory=list)  # the largest of each image
    differing: list = dataclasses.field(default_factory=list)  # by more than half a level
    refusal: str | None = None

    def add(self, case, launcher):
        self.settings.add(case.setting)
        try:
            differences = case.differences(launcher)
        except Refused as refusal:
            self.refusal = str(refusal)
            return
        self.differences.append(float(differences.max()))
        self.differing.append(float((differences > 0.5 / LEVELS).mean()))

    def line(self, name):
        if self.refusal:
            found = ["refused", ""]
        elif name.endswith("8-bit images"):
            levels = f"{LEVELS * max(self.differences):.2g}"
            unit = "level" if levels == "1" else "levels"
            found = [f"{levels} {unit}", f"{max(self.differing):.2%}"]
        else:
            found = [f"{max(self.differences):.1e}", ""]
        images = len(self.differences)
        return " | ".join([f"| {name}", str(len(self.settings)), str(images), *found]) + " |"


def compare(cases, launcher):
    """Prints the rows of one library, and what was found on the way to standard error."""
    rows = {}
    for case in cases:
        row = rows.setdefault(case.row, Row())
        row.add(case, launcher)
        found = row.refusal or row.differences[-1]
        print(case.row, case.image.shape, json.dumps(case.contract), found, file=sys.stderr)
    for name, row in rows.items():
        print(row.line(name))


def record(cases):
    """Prints a JSON object a line."""
    for case in cases:
        values = {
            "name": case.row,
            "contract": case.contract,
            "image": tensor(case.image),
            "result": tensor(case.result),
            "unit": numpy.atleast_1d(case.unit).tolist(),
        }
        print(json.dumps(values, separators=(",", ":")))


def tensor(values):
    """In as few digits as tell a float32."""
    return {"shape": values.shape, "values": [float(str(value)) for value in values.ravel()]}


def of_library(module, backend, arguments):
    """The process that prints what this library yields."""
    command = [sys.executable, __file__, "--launcher", arguments.launcher, "--library", module]
    command += ["--record"] if arguments.record else []
    environment = os.environ | {"KERAS_BACKEND": backend, "CUDA_VISIBLE_DEVICES": ""}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--launcher", default=str(REPOSITORY / "robustness-gap"))
    parser.add_argument("--record", action="store_true", help="write the test resource")
    parser.add_argument("--library", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.library:
        module = importlib.import_module(f"preprocessing_cases.{arguments.library}")
        if arguments.record:
            record(module.recorded())
        else:
            compare(module.cases(), arguments.launcher)
        return
    processes = [of_library(*library, arguments) for library in LIBRARIES]
    printed = [process.communicate()[0] for process in processes]
    if any(process.returncode for process in processes):
        sys.exit("A library failed; nothing was written.")
    if arguments.record:
        RECORD.write_text("".join(printed))
        return
    before, rest = PAGE.read_text().split(BEGIN)
    _, after = rest.split(END)
    PAGE.write_text(before + BEGIN + HEAD + "".join(printed) + END + after)


if __name__ == "__main__":
    main()
