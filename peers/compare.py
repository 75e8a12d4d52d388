"""Our distances (results.jsonl of `robustness-gap measure`) against the best of the ensemble, in Markdown.

Ratios are per sample, ours by the shortest that any peer found. One that we did not find counts as
infinite; samples that no peer found are left out.
"""

import argparse
import json
from pathlib import Path

import numpy as np

import tables


def ours(paths):
    """{(classifier, space): {ordinal: outcome}}"""
    table = {}
    for path in paths:
        for line in path.read_text().splitlines():
            sample = json.loads(line)
            for space in ("unconstrained", "latent"):
                if space in sample:
                    key = sample["classifier"], space
                    table.setdefault(key, {})[sample["ordinal"]] = sample[space]
    return table


def best(peers):
    """{ordinal: the shortest distance that any peer found}"""
    shortest = {}
    for rows in peers.values():
        for ordinal, (distance, _, _) in rows.items():
            shortest[ordinal] = min(distance, shortest.get(ordinal, np.inf))
    return {ordinal: distance for ordinal, distance in shortest.items() if np.isfinite(distance)}


def quantiles(ratios):
    # Not interpolated, so that an infinite ratio stays where it is.
    return [np.quantile(ratios, q, method="higher") for q in (0.5, 0.95, 0.99, 1.0)]


def ratios(outcomes, reference):
    return {
        ordinal: distance(outcomes[ordinal]) / shortest
        for ordinal, shortest in sorted(reference.items())
        if ordinal in outcomes
    }


def distance(outcome):
    return np.inf if outcome["distance"] is None else outcome["distance"]


def row(*cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def header(*cells):
    return row(*cells) + "\n" + row(*["---"] * len(cells))


def pairs(table, folder, norm):
    for (classifier, space), outcomes in sorted(table.items(), key=lambda item: (item[0][1] == "latent", item[0])):
        peers = tables.read(tables.file(folder, classifier, space, norm))
        if peers:
            yield classifier, space, outcomes, peers


def print_ours(compared):
    print(header("space", "classifier", "samples", "median", "95 %", "99 %", "largest", "shorter than every peer",
                 "gradients", "forwards", "failures", "KKT residual"))  # fmt: skip
    for classifier, space, outcomes, peers in compared:
        ratio = ratios(outcomes, best(peers))
        values = np.array(list(ratio.values()))
        chosen = [outcomes[ordinal] for ordinal in ratio]
        residuals = [o["kkt_residual"] for o in chosen if o.get("kkt_residual") is not None]
        print(row(
            space, classifier, len(ratio), *[f"{q:.4f}" for q in quantiles(values)],
            f"{np.mean(values < 1 - 1e-4):.0%}",
            f"{np.mean([o['gradients'] for o in chosen]):.1f}", f"{np.mean([o['forwards'] for o in chosen]):.1f}",
            int(np.isinf(values).sum()), f"{np.median(residuals):.4f}" if residuals else "",
        ))  # fmt: skip


def print_peers(compared):
    print(header("space", "classifier", "peer", "samples", "median", "95 %", "99 %", "largest", "gradients",
                 "forwards", "failures"))  # fmt: skip
    for classifier, space, _, peers in compared:
        reference = best(peers)
        for name, rows in peers.items():
            values = np.array([found / reference[i] for i, (found, _, _) in rows.items() if i in reference])
            gradients, forwards = np.mean([cost for _, *cost in rows.values()], axis=0)
            print(row(
                space, classifier, name, len(values), *[f"{q:.4f}" for q in quantiles(values)],
                f"{gradients:.0f}", f"{forwards:.0f}", int(np.isinf(values).sum()),
            ))  # fmt: skip


def print_outliers(compared, above):
    print(header("space", "classifier", "ordinal", "ours", "peers", "ratio", "best peer"))
    for classifier, space, outcomes, peers in compared:
        reference = best(peers)
        for ordinal, ratio in sorted(ratios(outcomes, reference).items(), key=lambda item: -item[1]):
            if ratio > above:
                by = min(peers, key=lambda name: peers[name].get(ordinal, (np.inf,))[0])
                print(row(space, classifier, ordinal, f"{distance(outcomes[ordinal]):.5g}",
                          f"{reference[ordinal]:.5g}", f"{ratio:.4f}", by))  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=Path, nargs="+", help="from measure --out")
    parser.add_argument("--ensemble", type=Path, default=Path(__file__).parent / "ensemble")
    parser.add_argument("--norm", choices=("l2", "linf"), default="l2", help="that was measured (default: %(default)s)")
    parser.add_argument("--peers", action="store_true", help="instead, each peer against the best of all")
    parser.add_argument("--outliers", type=float, metavar="RATIO", help="instead, the samples with a larger ratio")
    args = parser.parse_args()
    compared = list(pairs(ours(args.results), args.ensemble, args.norm))
    if args.outliers:
        print_outliers(compared, args.outliers)
    elif args.peers:
        print_peers(compared)
    else:
        print_ours(compared)


if __name__ == "__main__":
    main()
