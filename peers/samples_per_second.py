"""Samples a second of our attack and of the peers, with the tightness of each, in one run.

Seconds of processor time, everything on one thread, so that other programs disturb little. Ours is
`measure` on several copies of the classifier less `measure` on one: what starts once does not count,
opening the model does. A peer's time is that of its attack alone, without the checks and
without the DeepFool run that gives its unit of length. It is as tight as ours if its ratios to the
ensemble's best exceed ours by at most 0.002, in the median and at 95 %, with no more failures.
"""

import argparse
import json
import resource
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

import compare
import ensemble
import model as models
import tables

PEERS = "deepfool,superdeepfool,foolbox-deepfool,ddn-10,ddn-30,ddn-100,fmn-10,fmn-30,fmn-100,apgd-targeted-5"
TOLERANCE = 0.002


def children():
    """Seconds of processor time of the programs that this one ran."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def measure(args, copies, extra):
    """Seconds, and the outcomes of the first copy."""
    with tempfile.TemporaryDirectory() as folder:
        classifiers = [Path(folder) / f"copy-{i}.onnx" for i in range(copies)]
        for path in classifiers:
            shutil.copy(args.classifier, path)
        out = Path(folder) / "results.jsonl"
        command = [models.PROJECT / "robustness-gap", "measure", "--generator", args.generator]
        command += ["--classifier", *classifiers, "--latents", args.latents, "--samples", args.samples]
        command += ["--spaces", args.space, "--threads", 1, "--out", out, *extra]
        begun = children()
        subprocess.run([str(part) for part in command], check=True, capture_output=True)
        seconds = children() - begun
        lines = [json.loads(line) for line in out.read_text().splitlines()]
        outcomes = {s["ordinal"]: s[args.space] for s in lines if s["classifier"] == "copy-0"}
        return seconds, np.array([compare.distance(outcomes[i]) for i in range(args.samples)])


def ours(args, extra):
    once, found = measure(args, 1, extra)
    often, _ = measure(args, args.copies, extra)
    return (args.copies - 1) * args.samples / (often - once), found


def peer(args, name, model, starts, labels, unit):
    seconds, found = 0.0, []
    for first in range(0, len(starts), args.batch):
        rows = slice(first, first + args.batch)
        begun = time.process_time()
        points = ensemble.points(model, name, starts[rows], labels[rows], unit[rows])
        seconds += time.process_time() - begun
        found.append(ensemble.checked(model, starts[rows], labels[rows], points))
    return len(starts) / seconds, np.concatenate(found)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ensemble.add_common(parser)
    parser.add_argument("--peers", default=PEERS)
    parser.add_argument("--copies", type=int, default=9, help="of the classifier (default: %(default)s)")
    parser.add_argument("--ours", nargs="*", default=[], help="further options of measure, such as --effort=fast")
    parser.set_defaults(samples=128)
    args = parser.parse_args()
    torch.set_num_threads(1)
    model, starts, labels = ensemble.prepare(args)
    table = tables.read(ensemble.table_file(args))
    best = compare.best(table)
    reference = np.array([best[i] for i in range(len(starts))])
    unit = ensemble.units(table, range(len(starts)))

    lines = [("ours", *ours(args, args.ours))]
    for name in args.peers.split(","):
        lines.append((name, *peer(args, name, model, starts, labels, unit)))

    print(compare.header("attack", "samples/s", "median", "95 %", "failures", "ours is so many times as fast"))
    _, own, found = lines[0]
    bound = compare.quantiles(found / reference)[:2]
    lost = np.isinf(found).sum()
    as_tight = {}
    for name, rate, found in lines:
        median, high = compare.quantiles(found / reference)[:2]
        failures = int(np.isinf(found).sum())
        print(compare.row(name, f"{rate:.1f}", f"{median:.4f}", f"{high:.4f}", failures, f"{own / rate:.2f}"))
        tight = median <= bound[0] + TOLERANCE and high <= bound[1] + TOLERANCE and failures <= lost
        if name != "ours" and tight:
            as_tight[name] = rate
    if as_tight:
        fastest = max(as_tight, key=as_tight.get)
        print(f"\nFastest peer as tight as ours: {fastest}; ours is {own / as_tight[fastest]:.1f} times as fast.")
    else:
        print("\nNo peer in this run is as tight as ours.")


if __name__ == "__main__":
    main()
