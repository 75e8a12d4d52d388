"""The tables of docs/measurements/other-peoples-classifiers.md."""

import math

from real.cases import CASES

MEASURED = ("file", "package", "tells apart", "pixels", "`inspect`", "options", "latent", "unconstrained", "found",
            "labels", "gradient", "answer", "confirmed at", "seconds")
REFUSED = ("file", "package", "tells apart", "options", "what is said")


def tables(results):
    cases = [(case, results[case.name]) for case in CASES if case.name in results]
    rows = [measured(case, result) for case, result in cases if "spaces" in result]
    yield from table(MEASURED, rows)
    yield ""
    yield from table(REFUSED, [refused(case, result) for case, result in cases if "refused" in result])
    for case, result in cases:
        for line in result.get("suspicious", []):
            yield f"\n{case.name}: {line}"
        if "error" in result:
            yield f"\n{case.name}: {result['error']}"


def table(head, rows):
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def measured(case, result):
    spaces = result["spaces"]
    asked = sum(len(s["others"]) + s["found"] for s in spaces.values())
    return (
        f"`{result['file']}`", case.pin.replace("==", " "), case.answers, " × ".join(map(str, case.image)),
        short(result["bare"]), words(case.options), distance(spaces.get("latent")),
        distance(spaces.get("unconstrained")), f"{sum(s['found'] for s in spaces.values())} of {asked}",
        f"{result['labels']}{'' if result['labels_agree'] else ', other than the file’s'}",
        number(result["gradient_error"], ".0e"), number(result["answer_error"], ".0e"),
        ", ".join(number(factor, "g") for factor in result["confirmed_at"]), number(result["seconds"], ".0f"))


def refused(case, result):
    return (f"`{result['file']}`", case.pin.replace("==", " "), case.answers, words(case.options),
            result["refused"].replace("|", "\\|"))


def short(told):
    refusal = told.get("refusal", "")
    if "several outputs" in refusal:
        return "name the output"
    if "leaves more than its batch open" in refusal:
        return "say the size"
    straight = any("straight" in line for line in told["lines"])
    searched = next((line for line in told["lines"] if line.startswith("searched by")), "")
    scores = "; by the scores before Softmax" if "before what flattens" in searched else ""
    scores = "; by log-probabilities" if "logarithms" in searched else scores
    return refusal or "yes" + scores + ("; straight through" if straight else "")


def words(options):
    return f"`{' '.join(options)}`" if options else ""


def distance(space):
    return number(space["median"], ".3g") if space else ""


def number(value, form):
    return "none" if value is None or not math.isfinite(value) else format(value, form)
