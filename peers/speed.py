#!/usr/bin/env python3
"""Times vector–Jacobian products: ours against PyTorch's, on the same files, machine and threads.

    pip install torch torchvision onnx        # once; ./robustness-gap builds itself
    peers/speed.py deploy/models --into docs/measurements/gradient-speed.md

PyTorch runs the operators of the very file we run, without gradients of weights, in evaluation
mode. Its columns: as it is, in channels-last layout, and through torch.compile (at some row counts,
because it compiles for minutes; a second run finds what the first compiled). The contestants take
turns; medians over all turns are shown. ResNet-50 is torchvision's with random weights.
"""

import argparse
import gc
import json
import math
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

import onnx
import torch
from onnx import numpy_helper
from torch.nn import functional as F

LONG_MILLISECONDS = 3000
LARGEST_INPUT = 1 << 24
HOME = pathlib.Path(__file__).resolve().parents[1]


class Network(torch.nn.Module):
    """The operators of an ONNX file, one PyTorch call each."""

    def __init__(self, path):
        super().__init__()
        graph = onnx.load(path).graph
        self.input = graph.input[0].name
        self.row = [d.dim_value for d in graph.input[0].type.tensor_type.shape.dim][1:]
        self.output = graph.output[0].name
        self.steps = []
        for tensor in graph.initializer:
            self._hold(tensor.name, numpy_helper.to_array(tensor))
        for node in graph.node:
            attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
            if node.op_type == "Constant":
                self._hold(node.output[0], numpy_helper.to_array(attributes["value"]))
                continue
            operator = getattr(self, node.op_type, None)
            if operator is None:
                raise SystemExit(f"{path}: {node.op_type} is missing in {__file__}; add it.")
            self.steps.append((operator, attributes, tuple(node.input), node.output[0]))

    def _hold(self, name, array):
        """Integers describe shapes, numbers are weights."""
        if array.dtype.kind == "i":
            self.__dict__.setdefault("integers", {})[name] = array.tolist()
        else:
            self.register_buffer(name.replace(".", "_"), torch.from_numpy(array.copy()))

    def forward(self, x):
        values = dict(self.__dict__.get("integers", {}))
        values[self.input] = x
        for operator, attributes, inputs, output in self.steps:
            arguments = [
                values[i] if i in values else getattr(self, i.replace(".", "_")) for i in inputs
            ]
            values[output] = operator(attributes, *arguments)
        return values[self.output]

    @staticmethod
    def _padding(a):
        pads = a.get("pads", [0, 0, 0, 0])
        assert pads[: len(pads) // 2] == pads[len(pads) // 2 :], "uneven padding"
        return pads[: len(pads) // 2]

    def Conv(self, a, x, w, b=None):
        return F.conv2d(
            x, w, b, a.get("strides", 1), self._padding(a), a.get("dilations", 1), a.get("group", 1)
        )

    def ConvTranspose(self, a, x, w, b=None):
        return F.conv_transpose2d(
            x,
            w,
            b,
            a.get("strides", 1),
            self._padding(a),
            a.get("output_padding", 0),
            a.get("group", 1),
            a.get("dilations", 1),
        )

    def BatchNormalization(self, a, x, scale, bias, mean, variance):
        return F.batch_norm(x, mean, variance, scale, bias, False, 0.0, a.get("epsilon", 1e-5))

    def MaxPool(self, a, x):
        return F.max_pool2d(x, a["kernel_shape"], a.get("strides"), self._padding(a))

    def GlobalAveragePool(self, a, x):
        return x.mean((2, 3), keepdim=True)

    def Gemm(self, a, x, w, b):
        assert a.get("transB") == 1 and a.get("alpha", 1) == a.get("beta", 1) == 1
        return F.linear(x, w, b)

    def Relu(self, a, x):
        return torch.relu(x)

    def Tanh(self, a, x):
        return torch.tanh(x)

    def Sigmoid(self, a, x):
        return torch.sigmoid(x)

    def Add(self, a, x, y):
        return x + y

    def Identity(self, a, x):
        return x

    def Flatten(self, a, x):
        return x.flatten(a.get("axis", 1))

    def Reshape(self, a, x, shape):
        return x.reshape(shape)

    def Shape(self, a, x):
        return list(x.shape)

    def Gather(self, a, x, index):
        return x[index]

    def Unsqueeze(self, a, x, axes=None):
        return [x]

    def Concat(self, a, *parts):
        return [value for part in parts for value in part]


class Ours:
    """Our engine in a process of its own, asked for one gradient at a time."""

    def __init__(self, threads, cpu_time):
        self.key = "cpu_milliseconds" if cpu_time else "milliseconds"
        self.process = subprocess.Popen(
            [HOME / "robustness-gap", "benchmark", "--requests", "--threads", str(threads)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, path, rows):
        """Milliseconds, and the norm of the gradient."""
        print(rows, path, file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("robustness-gap ended; its reason is above.")
        answer = json.loads(line)
        return answer[self.key], answer["gradient_norm"]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Peer:
    """One setting of PyTorch for one network."""

    def __init__(self, network, channels_last, compiled, clock):
        self.clock = clock
        self.layout = torch.channels_last if channels_last else torch.contiguous_format
        self.network = network
        self.compiled = compiled
        if channels_last:
            for name, tensor in network.named_buffers():
                if tensor.dim() == 4:
                    tensor.data = tensor.contiguous(memory_format=torch.channels_last)
        if compiled:
            self.network = torch.compile(network, dynamic=False)

    def run(self, x, v):
        # ResNet-50 on 256 images at once takes more memory than many machines have.
        part = max(1, LARGEST_INPUT // math.prod(x.shape[1:]))
        milliseconds, gradients = 0.0, []
        for x, v in zip(x.split(part), v.split(part)):
            x = x.clone()
            if x.dim() == 4:
                x = x.contiguous(memory_format=self.layout)
            x.requires_grad_()
            started = self.clock()
            gradients += torch.autograd.grad(self.network(x), x, v)
            milliseconds += (self.clock() - started) * 1e3
        return milliseconds, torch.cat(gradients).double().norm().item()


def points(shape):
    """cos of 1, 2, 3 …, as our side makes them."""
    count = math.prod(shape)
    return torch.cos(torch.arange(1, count + 1, dtype=torch.float64)).float().reshape(shape)


def turn(run, seconds):
    """Times of as many runs as fit, at least one."""
    times, ends = [], time.perf_counter() + seconds
    while not times or time.perf_counter() < ends:
        times.append(run()[0])
    return times


def case(path, rows, ours, peers, row, output, options):
    """Median milliseconds of each contestant."""
    x, v = points([rows, *row]), points([rows, *output])
    runs = {"ours": lambda: ours.run(path, rows)}
    for name, peer in peers.items():
        runs[name] = lambda peer=peer: peer.run(x, v)
    first = {name: run() for name, run in runs.items()}
    for name, (_, norm) in first.items():
        if not math.isclose(norm, first["ours"][1], rel_tol=1e-3):
            raise SystemExit(f"{path}: {name} computes another gradient: {first}")
    # A first run warms up; of a long one that is a small part.
    long = first["ours"][0] > LONG_MILLISECONDS
    times = {name: [first[name][0]] if long else [] for name in runs}
    for _ in range(1 if long else options.rounds):
        for name, run in runs.items():
            gc.collect()
            # Idle threads of the one before spin for a while.
            time.sleep(0.05)
            times[name] += turn(run, options.seconds)
    return {name: statistics.median(all_times) for name, all_times in times.items()}


def resnet50(folder):
    import torchvision

    torch.manual_seed(0)
    path = str(pathlib.Path(folder) / "resnet50.onnx")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            torchvision.models.resnet50(weights=None).eval(),
            torch.zeros(1, 3, 224, 224),
            path,
            input_names=["image"],
            output_names=["logits"],
            dynamic_axes={"image": {0: "n"}, "logits": {0: "n"}},
            opset_version=17,
            dynamo=False,
        )
    return path


def processor():
    names = [
        line.split(":")[1].strip()
        for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    return f"{names[0]} ({len(names)} cores)"


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("models", nargs="+", type=pathlib.Path, help="ONNX files, or folders of them")
    parser.add_argument("--rows", default="1,8,64,256", help="inputs at once (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--rounds", type=int, default=3, help="turns (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=0.2, help="a turn's length, at least one run")
    parser.add_argument(
        "--compile", default="64", help="row counts at which torch.compile competes (%(default)s)"
    )
    parser.add_argument(
        "--cpu-time", action="store_true", help="time of one thread, not on the clock: for a busy machine"
    )
    parser.add_argument("--into", type=pathlib.Path, help="replace the table of this kind in a file")
    parser.add_argument("--no-resnet", action="store_true", help="without ResNet-50")
    options = parser.parse_args()
    if options.cpu_time:
        options.threads = 1
    clock = time.process_time if options.cpu_time else time.perf_counter
    torch.set_num_threads(options.threads)
    files = [f for m in options.models for f in (sorted(m.glob("*.onnx")) if m.is_dir() else [m])]
    columns = ["torch", "channels-last", "compiled"]
    compiled = {int(rows) for rows in options.compile.split(",") if rows}
    lines = []

    def tell(line):
        print(line, flush=True)
        lines.append(line)

    what = "CPU time of one thread" if options.cpu_time else f"{options.threads} threads"
    tell(f"PyTorch {torch.__version__}, {processor()}, {what}\n")
    tell("| model | rows | ours, ms | " + ", ms | ".join(columns) + ", ms | best of PyTorch / ours |")
    tell("|---|" + "---|" * (len(columns) + 3))
    ratios = []
    ours = Ours(options.threads, options.cpu_time)
    with tempfile.TemporaryDirectory() as folder:
        if not options.no_resnet:
            files.append(pathlib.Path(resnet50(folder)))
        for file in files:
            networks = {
                "torch": Peer(Network(file).eval(), False, False, clock),
                "channels-last": Peer(Network(file).eval(), True, False, clock),
            }
            row = networks["torch"].network.row
            with torch.no_grad():
                output = networks["torch"].network(torch.zeros(1, *row)).shape[1:]
            for rows in map(int, options.rows.split(",")):
                peers = dict(networks)
                if rows in compiled:
                    peers["compiled"] = Peer(Network(file).eval(), False, True, clock)
                medians = case(file.resolve(), rows, ours, peers, row, output, options)
                ratio = min(medians[name] for name in peers) / medians["ours"]
                ratios.append(ratio)
                cells = " | ".join(
                    f"{medians[name]:.2f}" if name in medians else "–" for name in ["ours", *columns]
                )
                tell(f"| {file.stem} | {rows} | {cells} | {ratio:.2f} |")
    ours.close()
    tell(f"\nGeometric mean {statistics.geometric_mean(ratios):.2f}, least {min(ratios):.2f}.")
    if options.into:
        mark = "<!-- cpu time -->" if options.cpu_time else "<!-- on the clock -->"
        before, _, after = options.into.read_text().split(mark)
        options.into.write_text(before + mark + "\n" + "\n".join(lines) + "\n" + mark + after)


if __name__ == "__main__":
    main()
