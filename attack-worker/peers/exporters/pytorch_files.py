"""Writes the test resources that PyTorch's two exporters make."""

import functools
import logging
import warnings

import torch
from torch import nn

import resources

ROWS = 3


class ConvNet(nn.Module):
    """What convolutional classifiers are made of."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU6()
        )
        self.overlapping = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.residual = nn.Sequential(
            nn.Conv2d(8, 8, 3, padding=2, dilation=2, groups=4), nn.BatchNorm2d(8), nn.Hardswish(),
            nn.Conv2d(8, 8, (1, 3), padding="same"), nn.GroupNorm(2, 8), nn.SiLU(),
        )
        self.excitation = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Conv2d(8, 4, 1), nn.ReLU(), nn.Conv2d(4, 8, 1),
            nn.Hardsigmoid(),
        )
        self.narrow = nn.Sequential(
            nn.AvgPool2d(3, stride=2, padding=1), nn.Conv2d(8, 12, 3), nn.InstanceNorm2d(12),
            nn.PReLU(12), nn.Dropout(),
        )
        self.shortcut = nn.Conv2d(8, 4, 1, stride=3)
        self.head = nn.Sequential(
            nn.Flatten(), nn.Linear(64, 24), nn.ELU(), nn.Linear(24, 10), nn.LogSoftmax(dim=1)
        )

    def forward(self, image):
        x = self.overlapping(self.stem((image - 0.45) / 0.25))
        x = x + self.residual(x)
        x = x * self.excitation(x)
        narrow = self.narrow(x)
        wide = nn.functional.interpolate(
            self.shortcut(x), narrow.shape[2:], mode="bilinear", align_corners=False
        )
        narrow = torch.cat([narrow, wide], dim=1)
        # Channels shuffled, as ShuffleNet does.
        n, c, h, w = narrow.shape
        shuffled = narrow.view(n, 4, c // 4, h, w).transpose(1, 2).reshape(n, c, h, w)
        return self.head(nn.functional.adaptive_avg_pool2d(shuffled, 2))



class Attention(nn.Module):
    """One transformer block as published models write it, with patches rolled as Swin does.

    nn.MultiheadAttention has no export before operator set 13, fused attention none before 14.
    """

    def __init__(self, fused, width=16, heads=4):
        super().__init__()
        self.fused = fused
        self.patches = nn.Conv2d(3, width, 4, stride=4)
        self.token = nn.Parameter(torch.randn(1, 1, width))
        self.position = nn.Parameter(torch.randn(1, 17, width))
        self.norm1 = nn.LayerNorm(width)
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.project = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(
            nn.Linear(width, 32), nn.GELU(), nn.Linear(32, width), nn.GELU(approximate="tanh")
        )
        self.norm3 = nn.LayerNorm(width)
        self.attention = nn.MultiheadAttention(width, heads, batch_first=True)
        self.scale = nn.Parameter(torch.full((width,), 0.3))
        self.head = nn.Linear(width, 10)

    def forward(self, image):
        x = self.patches(image)
        x = torch.roll(x, shifts=(-1, 1), dims=(2, 3))
        x = x.flatten(2).transpose(1, 2)
        n, length, width = x.shape
        x = torch.cat([self.token.expand(n, -1, -1), x], dim=1) + self.position
        q, k, v = (
            self.qkv(self.norm1(x))
            .reshape(n, length + 1, 3, self.heads, width // self.heads)
            .permute(2, 0, 3, 1, 4)
            .unbind(0)
        )
        weights = (q * (width // self.heads) ** -0.5 @ k.transpose(-2, -1)).softmax(dim=-1)
        x = x + self.project((weights @ v).transpose(1, 2).reshape(n, length + 1, width))
        x = x + self.scale * self.mlp(self.norm2(x))
        y = self.norm3(x)
        x = x + self.attention(y, y, y, need_weights=not self.fused)[0]
        q = nn.functional.normalize(x.reshape(n, length + 1, 4, 4).transpose(1, 2), dim=-1)
        if self.fused:
            q = nn.functional.scaled_dot_product_attention(q, q, q)
        x = x + q.transpose(1, 2).flatten(2)
        return self.head(x[:, 0] + x[:, 1:].mean(dim=1))


class Generator(nn.Module):
    """What generators are made of: transposed convolutions, upsampling, pixel shuffle, noise-free
    style modulation."""

    def __init__(self, latent=8):
        super().__init__()
        self.project = nn.Linear(latent, 16 * 2 * 2)
        self.grow = nn.Sequential(
            nn.ConvTranspose2d(16, 12, 4, stride=2, padding=1, bias=False), nn.BatchNorm2d(12),
            nn.ReLU(), nn.ConvTranspose2d(12, 8, 3, stride=2, padding=1, output_padding=1, groups=4),
            nn.LeakyReLU(0.2), nn.Upsample(scale_factor=2), nn.Conv2d(8, 12, 3, padding=1),
        )
        self.style = nn.Linear(latent, 24)
        self.normalise = nn.InstanceNorm2d(12)
        self.pixels = nn.Sequential(
            nn.ReflectionPad2d(1), nn.Conv2d(12, 12, 3), nn.PixelShuffle(2),
            nn.Conv2d(3, 3, 3, padding=1, padding_mode="replicate"),
        )

    def forward(self, z):
        w = z * torch.rsqrt(z.square().mean(dim=1, keepdim=True) + 1e-8)
        x = self.grow(nn.functional.softplus(self.project(w)).view(-1, 16, 2, 2))
        scale, shift = self.style(w)[:, :, None, None].chunk(2, dim=1)
        x = self.normalise(x) * (1 + scale) + shift
        return torch.tanh(self.pixels(x))


def lively(module):
    """Seeded weights, and statistics of batch normalisation unlike those it starts with."""
    for parameter in module.parameters():
        if parameter.dim() == 1:
            parameter.data += 0.2 * torch.randn_like(parameter)
    for layer in module.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.running_mean.normal_(std=0.2)
            layer.running_var.uniform_(0.5, 1.5)
    return module.eval().requires_grad_(False)


def torch_files(name, module, x, exporters):
    module = lively(module)
    exports = {exporter: EXPORTERS[exporter] for exporter in exporters}
    for exporter, export in exports.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            export(module, x, resources.FOLDER / f"{name}-{exporter}.onnx")
    module.double()
    x = x.double().requires_grad_(True)
    y = module(x)
    cotangent = torch.randn_like(y)
    (gradient,) = torch.autograd.grad(y, x, cotangent)
    for exporter in exports:
        arrays = (tensor.detach().numpy() for tensor in (x, cotangent, y, gradient))
        resources.save(f"{name}-{exporter}", *arrays)


def torchscript(opset, module, x, file):
    torch.onnx.export(
        module, (x,), file, dynamo=False, opset_version=opset, input_names=["x"],
        output_names=["y"], dynamic_axes={"x": {0: "n"}, "y": {0: "n"}},
    )


def dynamo(module, x, file):
    torch.onnx.export(
        module, (x,), file, dynamo=True, input_names=["x"], output_names=["y"],
        dynamic_shapes=({0: torch.export.Dim("n")},), external_data=False, verbose=False,
    )


EXPORTERS = {
    "torchscript11": functools.partial(torchscript, 11),
    "torchscript13": functools.partial(torchscript, 13),
    "torchscript17": functools.partial(torchscript, 17),
    "dynamo": dynamo,
}


def main():
    logging.disable(logging.WARNING)
    torch.backends.mha.set_fastpath_enabled(False)  # the fast path has no export
    torch.manual_seed(0)
    images = torch.rand(ROWS, 3, 16, 16)
    torch_files("convnet", ConvNet(), images, list(EXPORTERS))
    torch_files("attention", Attention(fused=False), images, ["torchscript13"])
    torch_files("attention", Attention(fused=True), images, ["torchscript17", "dynamo"])
    torch_files("generator", Generator(), torch.randn(ROWS, 8), list(EXPORTERS))


if __name__ == "__main__":
    main()
