#!/usr/bin/env python3
"""Times training: an epoch of `robustness-gap fit` against one of PyTorch, on the same network.

    pip install torch numpy                    # once; ./robustness-gap builds itself
    peers/training.py train-images.u8 --shape 1x28x28

Both go over the same images in batches of the same size, with the same loss and Adam. They take
turns: ours is stopped by a signal while PyTorch works. The first epoch of each warms up. PyTorch
runs as it is and with its fused Adam; medians over the epochs are shown, and the losses, which tell
that both train the same.
"""

import argparse
import math
import pathlib
import re
import signal
import statistics
import subprocess
import tempfile
import time

import numpy
import torch
from torch import nn

HOME = pathlib.Path(__file__).resolve().parents[1]


class Ours:
    """`fit`, which runs from one line about an epoch to the next."""

    def __init__(self, images, shape, threads, epochs, folder):
        self.process = subprocess.Popen(
            [
                HOME / "robustness-gap", "fit", "--images", images, "--image-size", shape,
                "--hold-out", "0", "--flow-epochs", "0", "--threads", str(threads), "--epochs", str(epochs),
                "--out", f"{folder}/g.onnx",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.networks = []
        while not self.networks:
            found = re.search(r"^Training .*?encoder\[(.*?)\].*?decoder\[(.*?)\]", self._line())
            if found:
                self.networks = [[int(w) for w in g.split(",")] for g in found.groups()]
        self.process.send_signal(signal.SIGSTOP)

    def _line(self):
        line = self.process.stderr.readline()
        if not line:
            raise SystemExit("robustness-gap ended early.")
        return line

    def epoch(self):
        """Seconds, and the mean loss."""
        self.process.send_signal(signal.SIGCONT)
        started = time.perf_counter()
        while True:
            found = re.match(r"Epoch \d+ of \d+: loss (-?[\d.]+)", self._line())
            if found:
                seconds = time.perf_counter() - started
                self.process.send_signal(signal.SIGSTOP)
                return seconds, float(found.group(1))

    def close(self):
        self.process.kill()
        self.process.wait()


def network(widths):
    layers = []
    for i, o in zip(widths, widths[1:]):
        layers += [nn.SiLU(), nn.Linear(i, o)]
    return nn.Sequential(*layers[1:])


class Peer:
    def __init__(self, images, networks, fused, options):
        torch.manual_seed(0)
        self.images, self.batch = images, options.batch
        self.encoder, self.decoder = map(network, networks)
        self.latent = networks[1][0]
        share = (images.float().mean(0) / 255).clamp(0.01, 0.99)
        with torch.no_grad():
            self.decoder[-1].bias.copy_(torch.log(share / (1 - share)))
        variance = (images.float() / 255).var(0, unbiased=False).mean().item()
        self.variance = options.noise**2 * variance
        weights = [*self.encoder.parameters(), *self.decoder.parameters()]
        self.adam = torch.optim.Adam(weights, lr=1e-3, fused=fused)
        self.step, self.steps = 0, options.epochs * (len(images) // self.batch)

    def loss(self, x):
        code = self.encoder(x)
        mean, log_variance = code[:, : self.latent], code[:, self.latent :].clamp(-12, 6)
        z = mean + torch.exp(log_variance / 2) * torch.randn_like(mean)
        squares = (x - torch.sigmoid(self.decoder(z))).square().sum(1)
        misfit = squares / (2 * self.variance)
        misfit = misfit + x.shape[1] / 2 * math.log(2 * math.pi * self.variance)
        divergence = (mean.square() + log_variance.exp() - log_variance - 1).sum(1) / 2
        return (misfit + divergence).mean()

    def epoch(self):
        started = time.perf_counter()
        total, count = 0.0, len(self.images) // self.batch
        for indices in torch.randperm(len(self.images)).split(self.batch)[:count]:
            share = min(1, (self.step + 1) / 200) * (1 + math.cos(math.pi * self.step / self.steps)) / 2
            self.adam.param_groups[0]["lr"] = 1e-3 * share
            loss = self.loss(self.images[indices].float() / 255)
            self.adam.zero_grad()
            loss.backward()
            self.adam.step()
            total += loss.item()
            self.step += 1
        return time.perf_counter() - started, total / count


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("images", type=pathlib.Path, help="unsigned bytes (.u8)")
    parser.add_argument("--shape", required=True, help="CxHxW")
    parser.add_argument("--batch", type=int, default=256, help="that of fit (default: %(default)s)")
    parser.add_argument(
        "--noise", type=float, default=0.3, help="σ of the loss, that of fit (default: %(default)s)"
    )
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--epochs", type=int, default=6, help="of each (default: %(default)s)")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    size = math.prod(map(int, options.shape.split("x")))
    images = torch.from_numpy(numpy.fromfile(options.images, numpy.uint8).reshape(-1, size))
    steps = len(images) // options.batch
    print(
        f"PyTorch {torch.__version__}, {options.threads} threads, {len(images)} images {options.shape},"
        f" batches of {options.batch}: milliseconds a step, and the mean loss of the last epoch\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        ours = Ours(options.images, options.shape, options.threads, options.epochs, folder)
        runs = {
            "ours": ours,
            "PyTorch": Peer(images, ours.networks, False, options),
            "PyTorch, fused Adam": Peer(images, ours.networks, True, options),
        }
        results = {name: [] for name in runs}
        try:
            for _ in range(options.epochs):
                for name, run in runs.items():
                    time.sleep(0.1)
                    results[name].append(run.epoch())
        finally:
            ours.close()
    print("| | median | least | loss | median / ours |")
    print("|---|---|---|---|---|")
    median = {n: statistics.median(s for s, _ in r[1:]) for n, r in results.items()}
    for name, result in results.items():
        least = min(seconds for seconds, _ in result[1:])
        print(
            f"| {name} | {median[name] / steps * 1e3:.1f} | {least / steps * 1e3:.1f}"
            f" | {result[-1][1]:.1f} | {median[name] / median['ours']:.2f} |"
        )


if __name__ == "__main__":
    main()
