"""A classifier in ONNX Runtime that PyTorch code can attack: gradients come from the model that
`robustness-gap differentiate` writes, so every attack here runs on the engine that ours runs on."""

import subprocess
from pathlib import Path

import numpy as np
import onnxruntime
import torch

PROJECT = Path(__file__).resolve().parents[1]
SPACES = ("unconstrained", "latent")


def session(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def differentiated(classifier, generator, cache):
    """The file of the model (x, v) -> (y, v^T dy/dx), of f, or of f after g; made if not there."""
    name = classifier.stem + ("-latent" if generator else "") + ".vjp.onnx"
    target = cache / name
    if not target.exists() or target.stat().st_mtime < classifier.stat().st_mtime:
        cache.mkdir(parents=True, exist_ok=True)
        command = [PROJECT / "robustness-gap", "differentiate", classifier, "--out", target]
        if generator:
            command += ["--generator", generator]
        subprocess.run([str(part) for part in command], check=True)
    return target


class Model(torch.nn.Module):
    """Logits of f (unconstrained) or f after g (latent); counts the rows it is asked for."""

    def __init__(self, classifier, generator, space, cache):
        super().__init__()
        latent = space == "latent"
        self.generator = session(generator)
        self.classifier = session(classifier)
        self.stages = [self.generator, self.classifier] if latent else [self.classifier]
        self.vjp = session(differentiated(classifier, generator if latent else None, cache))
        self.forwards = 0
        self.gradients = 0

    def starts(self, latents):
        """The points that are attacked: z itself, or the images g(z)."""
        if len(self.stages) == 2:
            return latents
        return np.concatenate([run(self.generator, z) for z in np.array_split(latents, max(1, len(latents) // 32))])

    def logits(self, points):
        """Uncounted, as many rows as there are points."""
        for stage in self.stages:
            points = run(stage, points)
        return points

    def forward(self, points):
        return _Evaluate.apply(points, self)


class _Evaluate(torch.autograd.Function):
    @staticmethod
    def forward(context, points, model):
        context.model = model
        context.save_for_backward(points)
        model.forwards += len(points)
        return torch.from_numpy(model.logits(points.detach().numpy()))

    @staticmethod
    def backward(context, cotangent):
        (points,) = context.saved_tensors
        model = context.model
        model.gradients += len(points)
        _, gradient = run(model.vjp, points.detach().numpy(), cotangent.numpy())
        return torch.from_numpy(gradient), None


def run(stage, *values):
    names = [value.name for value in stage.get_inputs()]
    outputs = stage.run(None, {name: np.ascontiguousarray(v, np.float32) for name, v in zip(names, values)})
    return outputs[0] if len(outputs) == 1 else outputs
