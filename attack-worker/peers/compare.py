"""Our distances (results.jsonl of `robustness-gap measure`) against the best of the ensemble, in Markdown.

Ratios are per sample, ours by the shortest that any peer found; a sample that we did not find counts as
infinite. Samples that no peer found are left out and named.
"""

import argparse
import json
from pathlib import Path

import numpy as np

import ensemble


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
        ordinal: (outcomes[ordinal]["distance"] or np.inf) / distance
        for ordinal, distance in sorted(reference.items())
        if ordinal in outcomes
    }


def row(*cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def header(*cells):
    return row(*cells) + "\n" + row(*["---"] * len(cells))


def pairs(table, folder):
    for (classifier, space), outcomes in sorted(table.items(), key=lambda item: (item[0][1] == "latent", item[0])):
        peers = ensemble.read(folder / f"{classifier}-{space}.csv")
        if peers:
            yield classifier, space, outcomes, peers


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=Path, nargs="+", help="from measure --out")
    parser.add_argument("--ensemble", type=Path, default=Path(__file__).parent / "ensemble")
    parser.add_argument("--outliers", type=float, help="also name the samples whose ratio is above this")
    args = parser.parse_args()
    compared = list(pairs(ours(args.results), args.ensemble))

    print(header("space", "classifier", "samples", "median", "95 %", "99 %", "largest", "shorter than every peer",
                 "gradients", "forwards", "failures"))  # fmt: skip
    for classifier, space, outcomes, peers in compared:
        ratio = ratios(outcomes, best(peers))
        values = np.array(list(ratio.values()))
        chosen = [outcomes[ordinal] for ordinal in ratio]
        print(row(
            space, classifier, len(ratio), *[f"{q:.4f}" for q in quantiles(values)],
            f"{np.mean(values < 1 - 1e-4):.0%}",
            f"{np.mean([o['gradients'] for o in chosen]):.1f}", f"{np.mean([o['forwards'] for o in chosen]):.1f}",
            sum(o["status"] != "found" for o in chosen),
        ))  # fmt: skip

    print("\nEach peer against the best of all, per sample:\n")
    print(header("space", "classifier", "peer", "samples", "median", "95 %", "99 %", "largest", "gradients",
                 "forwards", "failures"))  # fmt: skip
    for classifier, space, _, peers in compared:
        reference = best(peers)
        for name, rows in peers.items():
            found = np.array([(d, g, f) for _, (d, g, f) in sorted(rows.items())])
            values = np.array([rows[i][0] / reference[i] for i in rows if i in reference])
            print(row(
                space, classifier, name, len(values), *[f"{q:.4f}" for q in quantiles(values)],
                f"{found[:, 1].mean():.0f}", f"{found[:, 2].mean():.0f}", int(np.isinf(found[:, 0]).sum()),
            ))  # fmt: skip

    if args.outliers:
        print(f"\nSamples with a ratio above {args.outliers}:\n")
        print(header("space", "classifier", "ordinal", "ours", "peers", "ratio", "best peer"))
        for classifier, space, outcomes, peers in compared:
            reference = best(peers)
            for ordinal, ratio in sorted(ratios(outcomes, reference).items(), key=lambda item: -item[1]):
                if ratio > args.outliers:
                    by = min(peers, key=lambda name: peers[name].get(ordinal, (np.inf,))[0])
                    print(row(space, classifier, ordinal, f"{outcomes[ordinal]['distance'] or np.inf:.5g}",
                              f"{reference[ordinal]:.5g}", f"{ratio:.4f}", by))  # fmt: skip


if __name__ == "__main__":
    main()
