"""The results by operator and by reason, in Markdown."""

import collections
import re

import numpy as np
import onnx
import onnxruntime

OUTCOMES = ("right", "estimated", "flat", "refused", "wrong", "unusable")


def outcome(forms):
    """What became of a pair: any form may be wrong, and one that is right is enough."""
    found = {result.outcome for result in forms}
    if found & {"wrong", "crashed"}:
        return "wrong"
    return next(word for word in OUTCOMES if word in found)


def table(results):
    """In Markdown."""
    pairs = collections.defaultdict(list)
    for result in results:
        pairs[result.case].append(result)
    operators = collections.defaultdict(collections.Counter)
    reasons = collections.defaultdict(collections.Counter)
    for forms in pairs.values():
        word = outcome(forms)
        counts = operators[forms[0].operator]
        counts[word] += 1
        counts["batch"] += any(r.form == "batch" and r.outcome == "right" for r in forms)
        if word in ("refused", "unusable", "wrong"):
            told = [r for r in forms if word == "wrong" or r.outcome == word]
            reasons[word, reason(told[-1].why)][forms[0].operator] += 1
    total = sum(operators.values(), collections.Counter())
    lines = [
        f"onnx {onnx.__version__}, its tests up to operator set {onnx.defs.onnx_opset_version()}; "
        f"gradients run by ONNX Runtime {onnxruntime.__version__}, NumPy {np.__version__}.",
        "",
        "| operator | pairs | right | with a batch | estimated | flat | refused | wrong | not compared |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for operator, counts in [("**all**", total), *sorted(operators.items())]:
        numbers = [sum(counts[word] for word in OUTCOMES), counts["right"], counts["batch"]]
        numbers += [counts[word] for word in OUTCOMES[1:]]
        cells = [str(number) if number else "" for number in numbers]
        if operator == "**all**" and not counts["wrong"]:
            cells[6] = "none"
        lines.append(" | ".join(["| " + operator, *cells]) + " |")
    for word, title in (("wrong", "Wrong"), ("refused", "Refused"), ("unusable", "Not compared")):
        told = sorted(
            (
                (sum(counts.values()), text, counts)
                for (kind, text), counts in reasons.items()
                if kind == word
            ),
            key=lambda entry: (-entry[0], entry[1]),
        )
        if told:
            lines += ["", f"## {title}", "", "| pairs | why | operators |", "|--:|---|---|"]
            lines += [
                f"| {count} | {text} | {', '.join(sorted(counts))} |"
                for count, text, counts in told
            ]
    return "\n".join(lines)


def reason(sentence):
    """Without the names of one model's nodes, values and numbers."""
    if sentence.startswith("[ONNXRuntimeError]"):
        return "neither the reference nor ONNX Runtime computes it"
    if re.match(r"operands|float\(\)|can't|cannot convert", sentence):
        return "the reference does not compute it"
    text = re.sub(r"^model |^Node \S+ \(\w+\) of model ", "", sentence)
    text = re.sub(r"for \S+ \((\w+)\)", r"for \1", text)
    text = re.sub(r"(its (?:input|output|axis of)) \S+", r"\1 …", text)
    text = re.sub(r"\(output \S+ ", "(output … ", text)
    text = re.sub(
        r"The output \S+ of model does not depend on its input \S+",
        "The output does not depend on the input",
        text,
    )
    text = re.sub(
        r"Node \S+ of model|node \S+ \(",
        lambda found: found[0].split()[0] + " … " + ("(" if found[0].endswith("(") else "of model"),
        text,
    )
    text = re.sub(r"shape \[[\d, ]*\]", "shape […]", text)
    text = re.sub(r"operator set \d+", "operator set …", text)
    text = re.sub(
        r".*(ORT_\w+).*?((?:Fatal error|Could not find|In Node|Non-zero status).*)", shortened, text
    )
    text = text if len(text) < 180 else text[:180] + "…"
    return text.replace("|", "\\|").rstrip(".")


def shortened(found):
    """ONNX Runtime's own words, of which the rest is about one node."""
    words = {
        "Fatal error": "the operator is not registered",
        "Could not find": "no kernel for the type",
    }
    start = next(
        (text for key, text in words.items() if found[2].startswith(key)), "the node is refused"
    )
    return f"ONNX Runtime ({found[1]}): {start}"
