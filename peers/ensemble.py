"""Attacks a classifier with the peers and keeps what each found, in ensemble/CLASSIFIER-SPACE.csv.

Resumable: rows that are there are not computed again. Every point found is cast to float32 and moved
along its ray towards the sample by bisection, in favour of the peer and not charged to it; it counts
only if the classifier, given that point alone, answers with another label.
"""

import argparse
import sys
import time
import zlib
from pathlib import Path

import numpy as np
import torch

import attacks
import model as models
import tables

BISECTIONS = 20
ENSEMBLE = ["superdeepfool", "apgd-targeted", "ddn-1000", "fmn-1000", "alma-1000", "fmn-targeted-100"]


NORMS = {"l2": 2, "linf": float("inf")}


def distances(points, starts, norm):
    return np.linalg.norm((points.astype(np.float64) - starts).reshape(len(starts), -1), norm, axis=1)


def checked(model, starts, labels, points, norm=2):
    """Distance of each sample to its point after bisection; infinite where the label holds alone."""
    step = points.astype(np.float64) - starts
    axes = (-1,) + (1,) * (starts.ndim - 1)

    def at(fractions):
        return (starts + fractions.reshape(axes) * step).astype(np.float32)

    low, high = np.zeros(len(starts)), np.ones(len(starts))
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        changed = model.logits(at(middle)).argmax(1) != labels
        low, high = np.where(changed, low, middle), np.where(changed, middle, high)
    result = np.full(len(starts), np.inf)
    # Alone, rounding may differ: then a little further out, at last where the peer left it.
    for outwards in (0, 1e-6, 1e-5, 1e-4, 1e-3, None):
        candidates = at(np.ones_like(high) if outwards is None else high * (1 + outwards))
        for i in np.flatnonzero(np.isinf(result)):
            if np.isfinite(candidates[i]).all() and model.logits(candidates[i : i + 1]).argmax() != labels[i]:
                result[i] = distances(candidates[i : i + 1], starts[i : i + 1], norm)[0]
    # A peer that returns its start has found nothing.
    return np.where(result > 0, result, np.inf)


def points(model, name, starts, labels, unit, norm=2):
    """What the peer returns."""
    torch.manual_seed(zlib.crc32(name.encode()))
    attack = attacks.peer(name, norm)
    found = attack(model, torch.from_numpy(starts), torch.from_numpy(labels), torch.from_numpy(unit.astype(np.float32)))
    return found.detach().numpy()


def units(table, ordinals):
    """Each sample's DeepFool distance; where it has none, the median of the others."""
    known = np.array([table["deepfool"][i][0] for i in ordinals])
    finite = np.isfinite(known)
    return np.where(finite, known, np.median(known[finite]) if finite.any() else 1.0)


def add_common(parser):
    here = Path(__file__).parent
    parser.add_argument("--generator", type=Path, required=True)
    parser.add_argument("--classifier", type=Path, required=True)
    parser.add_argument("--space", choices=models.SPACES, required=True)
    parser.add_argument("--latents", type=Path, required=True, help="float32 rows, as for measure")
    parser.add_argument("--samples", type=int, default=256, help="how many of them (default: %(default)s)")
    parser.add_argument("--batch", type=int, default=64, help="samples attacked at once (default: %(default)s)")
    parser.add_argument("--ensemble", type=Path, default=here / "ensemble", help="folder of the tables")
    parser.add_argument("--cache", type=Path, default=here / ".cache", help="folder of the differentiated models")


def table_file(args):
    return tables.file(args.ensemble, args.classifier.stem, args.space, getattr(args, "norm", "l2"))


def prepare(args):
    """The model, the points to attack, and their labels."""
    model = models.Model(args.classifier, args.generator, args.space, args.cache)
    dimension = model.generator.get_inputs()[0].shape[1]
    starts = model.starts(np.fromfile(args.latents, "<f4").reshape(-1, dimension)[: args.samples])
    return model, starts, np.concatenate([model.logits(row[None]).argmax(1) for row in starts])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_common(parser)
    parser.add_argument("--norm", choices=NORMS, default="l2", help="default: %(default)s")
    parser.add_argument("--attacks", default=",".join(ENSEMBLE), help="default: %(default)s")
    args = parser.parse_args()
    torch.set_num_threads(1)
    model, starts, labels = prepare(args)
    norm = NORMS[args.norm]
    path = table_file(args)
    # DeepFool first: its distance is the others' unit of length.
    for name in dict.fromkeys(["deepfool", *args.attacks.split(",")]):
        for first in range(0, len(starts), args.batch):
            table = tables.read(path)
            todo = [i for i in range(first, min(first + args.batch, len(starts))) if i not in table.get(name, {})]
            if not todo:
                continue
            begun = time.monotonic()
            unit = np.ones(len(todo)) if name == "deepfool" else units(table, todo)
            model.gradients = model.forwards = 0
            returned = points(model, name, starts[todo], labels[todo], unit, norm)
            gradients, forwards = model.gradients / len(todo), model.forwards / len(todo)
            found = checked(model, starts[todo], labels[todo], returned, norm)
            tables.append(path, name, todo, found, gradients, forwards)
            print(
                f"{path.stem} {name} {todo[0]}-{todo[-1]}: median {np.median(found):.5g}, "
                f"{np.isinf(found).sum()} not found, {gradients:.1f} gradients, {time.monotonic() - begun:.0f} s",
                file=sys.stderr,
                flush=True,
            )


if __name__ == "__main__":
    main()
