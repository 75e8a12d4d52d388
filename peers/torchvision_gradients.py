#!/usr/bin/env python3
"""Exports torchvision's classifiers, differentiates the files and compares with PyTorch's autograd.

For every family, its smallest member with random weights goes through both of PyTorch's exporters;
`robustness-gap differentiate` writes the model of the gradient, and ONNX Runtime runs that file.
README.md beside this file says how to set up Python and how to read the table.
"""

import argparse
import contextlib
import copy
import dataclasses
import functools
import json
import logging
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

import onnxruntime
import torch
import torchvision
from torch.nn import functional

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]
FAMILIES = {
    "AlexNet": "alexnet",
    "VGG": "vgg11",
    "ResNet": "resnet18",
    "ResNeXt": "resnext50_32x4d",
    "Wide ResNet": "wide_resnet50_2",
    "Inception v3": "inception_v3",
    "GoogLeNet": "googlenet",
    "DenseNet": "densenet121",
    "MobileNet v2": "mobilenet_v2",
    "MobileNet v3": "mobilenet_v3_small",
    "ShuffleNet v2": "shufflenet_v2_x0_5",
    "SqueezeNet": "squeezenet1_1",
    "MNASNet": "mnasnet0_5",
    "EfficientNet": "efficientnet_b0",
    "EfficientNet v2": "efficientnet_v2_s",
    "RegNet": "regnet_y_400mf",
    "ConvNeXt": "convnext_tiny",
    "ViT": "vit_b_32",
    "Swin": "swin_t",
    "Swin v2": "swin_v2_t",
    "MaxViT": "maxvit_t",
}
EXPORTERS = ("torchscript", "dynamo")
ROWS = 3

# Larger errors than this mean that float32 fell on the other side of some kink than float64.
KINKED = 1e-4


class Refused(Exception):
    """The sentence why a model cannot be exported or differentiated."""


@dataclasses.dataclass
class Result:
    """What is known of one family through one exporter; a refusal leaves the numbers out."""

    member: str
    exporter: str
    refusal: str | None = None
    error: float | None = None
    float32_error: float | None = None
    smooth_error: float | None = None
    ours_ms: float | None = None
    torch_ms: float | None = None

    def attached(self):
        return self.error is not None

    def timed(self):
        return self.ours_ms is not None

    def speed(self):
        return self.torch_ms / self.ours_ms


def lively_model(member, size):
    """The member with seeded weights under which every layer matters, in evaluation mode.

    Constants such as zero biases or tiny layer scales are replaced; one pass then scales each layer
    to outputs of standard deviation 1 and gives batch normalisation the statistics of that pass.
    """
    torch.manual_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = torchvision.models.get_model(member, weights=None)
    model.eval().requires_grad_(False)
    for parameter in model.parameters():
        if parameter.numel() > 1 and float(parameter.std()) == 0:
            typical = 1.0 if float(parameter.flatten()[0]) != 0 else 0.0
            parameter.copy_(typical + 0.1 * torch.randn_like(parameter))

    hooks = []
    for module in model.modules():
        if isinstance(module, (torch.nn.Conv2d, torch.nn.Linear)):
            hooks.append(module.register_forward_hook(to_unit_deviation))
        elif isinstance(module, torch.nn.BatchNorm2d):
            module.train()
            module.momentum = None
    model(images(8, size, seed=1))
    for hook in hooks:
        hook.remove()
    return model.eval()


def to_unit_deviation(module, _, output):
    deviation = output.std()
    module.weight.div_(deviation)
    if module.bias is not None:
        module.bias.div_(deviation)
    return output / deviation


def image_size(member):
    return 299 if member == "inception_v3" else 224


def images(count, size, seed):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(count, 3, size, size, generator=generator)


def autograd(model, x, cotangent):
    x = x.detach().requires_grad_(True)
    y = model(x)
    (gradient,) = torch.autograd.grad(y, x, cotangent)
    return y.detach(), gradient


def export(model, size, exporter, file):
    example = images(ROWS, size, seed=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if exporter == "torchscript":
            torch.onnx.export(
                model,
                (example,),
                file,
                dynamo=False,
                opset_version=17,
                input_names=["image"],
                output_names=["logits"],
                dynamic_axes={"image": {0: "n"}, "logits": {0: "n"}},
            )
        else:
            torch.onnx.export(
                model,
                (example,),
                file,
                dynamo=True,
                input_names=["image"],
                output_names=["logits"],
                dynamic_shapes=({0: torch.export.Dim("n")},),
                external_data=False,
                verbose=False,
            )


def differentiate(launcher, file):
    """The model of output and gradient."""
    with tempfile.TemporaryDirectory() as folder:
        gradient_file = pathlib.Path(folder) / "vjp.onnx"
        done = subprocess.run(
            [launcher, "differentiate", file, "--out", gradient_file],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise Refused(done.stderr.strip())
        return gradient_file.read_bytes()


def session(model, threads):
    """Set up as the attack worker sets it up."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.enable_mem_pattern = False
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def run(gradient, x, cotangent):
    names = [value.name for value in gradient.get_inputs()]
    return gradient.run(None, {names[0]: x.numpy(), names[1]: cotangent.numpy()})


def median_error(actual, expected):
    """Of the images' gradients, relative, in the ℓ2 norm."""
    difference = (torch.as_tensor(actual, dtype=torch.float64) - expected).flatten(1).norm(dim=1)
    return float((difference / expected.flatten(1).norm(dim=1)).median())


class Reference:
    """A model with its gradient in float64, and how far float32 autograd is from that."""

    def __init__(self, member):
        self.size = image_size(member)
        self.model = lively_model(member, self.size)
        self.x = images(ROWS, self.size, seed=2)
        self.cotangent = torch.randn(ROWS, 1000, generator=torch.Generator().manual_seed(3))

    @functools.cached_property
    def gradient(self):
        double = copy.deepcopy(self.model).double()
        return autograd(double, self.x.double(), self.cotangent.double())[1]

    @functools.cached_property
    def float32_error(self):
        return median_error(autograd(self.model, self.x, self.cotangent)[1], self.gradient)

    def error(self, exporter, file, arguments):
        """Ours; the exported file stays."""
        file.unlink(missing_ok=True)
        ours = run(self.attach(exporter, file, arguments), self.x, self.cotangent)[1]
        return median_error(ours, self.gradient)

    def attach(self, exporter, file, arguments):
        """Exports the model if there is no such file, and differentiates it."""
        if not file.exists():
            try:
                export(self.model, self.size, exporter, file)
            except Exception as e:  # whatever an exporter throws is its refusal
                raise Refused("not exported: " + str(e).strip().splitlines()[0]) from e
        return session(differentiate(arguments.launcher, file), arguments.threads)


def average_pool(x, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, **_):
    return functional.avg_pool2d(x, kernel_size, stride, padding, ceil_mode)


@contextlib.contextmanager
def without_kinks():
    """Models made and run in here have smooth activations and average pooling."""
    smooth = {
        "relu": lambda x, inplace=False: functional.silu(x),
        "relu6": lambda x, inplace=False: functional.silu(x),
        "hardtanh": lambda x, *_, **__: functional.silu(x),
        "hardswish": lambda x, inplace=False: functional.silu(x),
        "hardsigmoid": lambda x, inplace=False: functional.sigmoid(x),
        "max_pool2d": average_pool,
    }
    kinked = {name: getattr(functional, name) for name in smooth}
    try:
        for name, function in smooth.items():
            setattr(functional, name, function)
        yield
    finally:
        for name, function in kinked.items():
            setattr(functional, name, function)


def compare(member, arguments):
    reference = Reference(member)
    twin = None
    for exporter in EXPORTERS:
        result = Result(member, exporter)
        file = exported(result, arguments)
        try:
            result.error = reference.error(exporter, file, arguments)
            result.float32_error = reference.float32_error
            if result.error > KINKED and twin is None:
                with without_kinks():
                    twin = Reference(member)
                    result.smooth_error = twin.error(
                        exporter, file.with_suffix(".smooth.onnx"), arguments
                    )
        except Refused as e:
            result.refusal = str(e)
        keep(result, arguments)


def measure(member, arguments):
    """Median times of one gradient, ours and PyTorch's taking turns."""
    attached = [result for result in results(member, arguments) if result.attached()]
    if not attached:
        return
    result = attached[0]
    reference = Reference(member)
    gradient = reference.attach(result.exporter, exported(result, arguments), arguments)
    x = images(arguments.batch, reference.size, seed=2)
    cotangent = torch.randn(arguments.batch, 1000)
    ours, theirs = [], []
    end = None
    while end is None or time.perf_counter() < end or len(ours) < 3:
        begun = time.perf_counter()
        run(gradient, x, cotangent)
        between = time.perf_counter()
        autograd(reference.model, x, cotangent)
        ended = time.perf_counter()
        if end is None:  # the first round warms up
            end = ended + arguments.seconds
            continue
        ours.append(between - begun)
        theirs.append(ended - between)
    result.ours_ms = 1000 * statistics.median(ours)
    result.torch_ms = 1000 * statistics.median(theirs)
    keep(result, arguments)


def exported(result, arguments):
    return arguments.folder / f"{result.member}.{result.exporter}.onnx"


def keep(result, arguments):
    file = arguments.folder / f"{result.member}.{result.exporter}.json"
    file.write_text(json.dumps(dataclasses.asdict(result)))
    print(result, file=sys.stderr)


def results(member, arguments):
    files = [arguments.folder / f"{member}.{exporter}.json" for exporter in EXPORTERS]
    return [Result(**json.loads(file.read_text())) for file in files if file.exists()]


def table(arguments):
    """Of all results that are stored."""
    lines = [
        "| family | member | TorchScript | dynamo | PyTorch float32 | without kinks | ours, ms "
        "| PyTorch, ms | speed |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    refusals, speeds = [], []
    for family, member in FAMILIES.items():
        stored = results(member, arguments)
        if len(stored) < len(EXPORTERS):
            continue
        refusals += [f"{r.member}, {r.exporter}: {r.refusal}" for r in stored if r.refusal]
        cells = [family, member]
        cells += [number(r.error, "refused" if r.refusal else "") for r in stored]
        cells += [first(stored, "float32_error"), first(stored, "smooth_error")]
        timed = [r for r in stored if r.timed()]
        for r in timed:
            speeds.append(r.speed())
            cells += [f"{r.ours_ms:.0f}", f"{r.torch_ms:.0f}", f"{r.speed():.2f} ×"]
        cells += [""] * 3 * (not timed)
        lines.append("| " + " | ".join(cells) + " |")
    lines += [""] + refusals
    if speeds:
        lines.append(
            f"Speed: geometric mean {statistics.geometric_mean(speeds):.2f} ×, "
            f"lowest {min(speeds):.2f} ×, highest {max(speeds):.2f} ×."
        )
    return "\n".join(lines)


def first(stored, field):
    values = [getattr(result, field) for result in stored if getattr(result, field) is not None]
    return number(values[0] if values else None)


def number(error, otherwise=""):
    return otherwise if error is None else f"{error:.1e}"


def options():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "what",
        choices=("compare", "time", "table"),
        help="compare: export, differentiate, compare numbers; time: differentiate one export of each "
        "member anew and time it; table: print what both found",
    )
    parser.add_argument(
        "--members",
        nargs="*",
        default=list(FAMILIES.values()),
        choices=list(FAMILIES.values()),
        metavar="MEMBER",
        help="of torchvision.models (default: all)",
    )
    parser.add_argument(
        "--folder",
        type=pathlib.Path,
        default=REPOSITORY / "peers/.cache/torchvision",
        help="keeps exported models and results; all members take 5 GB (default: %(default)s)",
    )
    parser.add_argument(
        "--launcher",
        type=pathlib.Path,
        default=REPOSITORY / "robustness-gap",
        help="(default: %(default)s)",
    )
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--batch", type=int, default=8, help="images of a timed gradient (default: 8)"
    )
    parser.add_argument(
        "--seconds", type=float, default=5, help="for each member's timing (default: 5)"
    )
    return parser.parse_args()


def main():
    arguments = options()
    logging.disable(logging.WARNING)
    onnxruntime.set_default_logger_severity(4)
    torch.backends.mha.set_fastpath_enabled(False)  # it has no export
    torch.set_num_threads(arguments.threads)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for member in arguments.members:
        if arguments.what == "compare":
            compare(member, arguments)
        elif arguments.what == "time":
            measure(member, arguments)
    print(table(arguments))


if __name__ == "__main__":
    main()
