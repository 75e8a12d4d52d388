"""What the peers found, kept as CSV: a line for each sample and attack."""

import csv

import numpy as np

FIELDS = ["ordinal", "attack", "distance", "gradients", "forwards"]


def file(folder, classifier, space, norm):
    return folder / f"{classifier}-{space}{'' if norm == 'l2' else '-' + norm}.csv"


def read(path):
    """{attack: {ordinal: (distance, gradients, forwards)}}; a distance that is not there is infinite."""
    table = {}
    if path.exists():
        with path.open(newline="") as file:
            for row in csv.DictReader(file):
                table.setdefault(row["attack"], {})[int(row["ordinal"])] = (
                    float(row["distance"] or "inf"),
                    float(row["gradients"]),
                    float(row["forwards"]),
                )
    return table


def append(path, name, ordinals, found, gradients, forwards):
    path.parent.mkdir(parents=True, exist_ok=True)
    new = not path.exists()
    with path.open("a", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        if new:
            writer.writerow(FIELDS)
        for ordinal, distance in zip(ordinals, found):
            text = f"{distance:.7g}" if np.isfinite(distance) else ""
            writer.writerow([ordinal, name, text, f"{gradients:.1f}", f"{forwards:.1f}"])
