"""Attacks without gradients, ours and the HopSkipJump of ART and of Foolbox, at equal queries in one run.

Distances are divided, sample by sample, by those of boundary descent (`standard`), which has gradients.
Unconstrained space, l2. In the peers' favour: each starts where ours starts, at the nearest sample of its
batch that has another label; the box is wide enough not to matter; of all points it asked about until its
queries are spent the nearest counts, unchecked. Seconds are of processor time on one thread; ours is
`measure` on three copies of the classifier less `measure` on one, which leaves out what starts once.
"""

import argparse
import json
import resource
import shutil
import subprocess
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import onnxruntime

PROJECT = Path(__file__).resolve().parents[1]
BATCH = 32
COPIES = 3
BOX = 0.5


class Spent(Exception):
    pass


class Asked:
    """Counts what is asked about samples, and keeps the nearest point with another label."""

    def __init__(self, session, starts, labels, queries):
        self.session, self.starts, self.labels = session, starts, labels
        self.left = queries
        self.nearest = np.full(len(starts), np.inf)

    def __call__(self, points):
        """One query for each sample, in their order; or several about the only one."""
        points = np.asarray(points, np.float32)[: self.left * len(self.starts)]
        self.left -= len(points) // len(self.starts)
        scores = logits(self.session, points)
        rows = np.arange(len(points)) % len(self.starts)
        lengths = np.linalg.norm((points - self.starts[rows]).reshape(len(points), -1), axis=1)
        changed = scores.argmax(1) != self.labels[rows]
        np.minimum.at(self.nearest, rows[changed], lengths[changed])
        if self.left <= 0:
            raise Spent
        return scores


def logits(session, points):
    return session.run(None, {session.get_inputs()[0].name: points})[0]


def opened(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def neighbours(starts, labels):
    flat = starts.reshape(len(starts), -1)
    lengths = np.linalg.norm(flat[:, None] - flat[None], axis=2)
    lengths[labels[:, None] == labels[None]] = np.inf
    return starts[lengths.argmin(1)]


def art(session, starts, labels, begin, queries):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from art.attacks.evasion import HopSkipJump
        from art.estimators.classification import BlackBoxClassifier
    found = []
    box = (starts.min() - BOX, starts.max() + BOX)
    for i in range(len(starts)):
        asked = Asked(session, starts[i : i + 1], labels[i : i + 1], queries)
        classes = 10
        black = BlackBoxClassifier(asked, starts.shape[1:], classes, clip_values=box)
        attack = HopSkipJump(black, max_iter=10000, batch_size=4096, verbose=False)
        try:
            attack.generate(starts[i : i + 1], x_adv_init=begin[i : i + 1])
        except Spent:
            pass
        found.append(asked.nearest[0])
    return np.array(found)


def foolbox(session, starts, labels, begin, queries):
    import eagerpy
    from foolbox.attacks import HopSkipJumpAttack
    from foolbox.models import NumPyModel

    asked = Asked(session, starts, labels, queries)
    model = NumPyModel(asked, bounds=(starts.min() - BOX, starts.max() + BOX))
    attack = HopSkipJumpAttack(steps=10000)
    try:
        wrapped = eagerpy.astensor
        attack.run(model, wrapped(starts), wrapped(labels), starting_points=wrapped(begin))
    except Spent:
        pass
    return asked.nearest


def children():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def measure(args, copies, extra):
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"copy-{i}.onnx" for i in range(copies)]
        for file in files:
            shutil.copy(args.classifier, file)
        out = Path(folder) / "results.jsonl"
        command = [PROJECT / "robustness-gap", "measure", "--generator", args.generator, "--classifier", *files]
        command += ["--latents", args.latents, "--samples", args.samples, "--spaces", "unconstrained"]
        command += ["--threads", 1, "--out", out, *extra]
        begun = children()
        subprocess.run([str(part) for part in command], check=True, capture_output=True)
        seconds = children() - begun
        results = [json.loads(line) for line in out.read_text().splitlines()]
    found = {r["ordinal"]: r["unconstrained"].get("distance", np.inf) for r in results if r["classifier"] == "copy-0"}
    return seconds, np.array([found[i] for i in range(args.samples)])


def ours(args, attack, queries, access):
    extra = ["--attack", attack, "--queries", queries] + (["--access", access] if access else [])
    once, found = measure(args, 1, extra)
    often, _ = measure(args, COPIES, extra)
    return (COPIES - 1) * args.samples / max(often - once, 1e-9), found


def peer(attack, session, starts, labels, queries):
    begun, found = time.process_time(), []
    for first in range(0, len(starts), BATCH):
        rows = slice(first, first + BATCH)
        begin = neighbours(starts[rows], labels[rows])
        found.append(attack(session, starts[rows], labels[rows], begin, queries))
    return len(starts) / (time.process_time() - begun), np.concatenate(found)


def row(*cells):
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--generator", type=Path, required=True)
    parser.add_argument("--classifier", type=Path, required=True)
    parser.add_argument("--latents", type=Path, required=True, help="float32 rows, as for measure")
    parser.add_argument("--samples", type=int, default=128)
    parser.add_argument("--scores", type=int, nargs="*", default=[500, 2000], help="queries from scores")
    parser.add_argument("--labels", type=int, nargs="*", default=[1000, 5000], help="queries from labels")
    parser.add_argument("--peers", type=int, nargs="*", default=[1000], help="queries of the peers")
    args = parser.parse_args()
    generator, session = opened(args.generator), opened(args.classifier)
    size = generator.get_inputs()[0].shape[1]
    latents = np.fromfile(args.latents, "<f4").reshape(-1, size)[: args.samples]
    starts = np.concatenate([logits(generator, part) for part in np.array_split(latents, max(1, len(latents) // 32))])
    labels = logits(session, starts).argmax(1)
    _, reference = measure(args, 1, [])

    row("classifier", "attack", "queries", "answers", "median", "25 %", "95 %", "not found", "samples/s")
    row(*["---"] * 9)
    runs = [("query-descent", n, "scores", lambda n=n: ours(args, "query-descent", n, None)) for n in args.scores]
    runs += [("query-descent", n, "labels", lambda n=n: ours(args, "query-descent", n, "labels")) for n in args.labels]
    for n in args.peers:
        runs.append(("hopskipjump", n, "labels", lambda n=n: ours(args, "hopskipjump", n, None)))
        runs.append(("ART HopSkipJump", n, "labels", lambda n=n: peer(art, session, starts, labels, n)))
        runs.append(("Foolbox HopSkipJump", n, "labels", lambda n=n: peer(foolbox, session, starts, labels, n)))
    for name, queries, answers, run in runs:
        rate, found = run()
        ratios = found / reference
        middle, low, high = np.quantile(ratios, [0.5, 0.25, 0.95], method="inverted_cdf")
        lost = int(np.isinf(found).sum())
        row(args.classifier.stem, name, queries, answers, f"{middle:.3f}", f"{low:.3f}", f"{high:.3f}", lost, f"{rate:.1f}")


if __name__ == "__main__":
    main()
