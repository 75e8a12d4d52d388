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


class Frequencies(nn.Module):
    """As GFNet: what a filter leaves of the frequencies of an image."""

    def __init__(self):
        super().__init__()
        self.filter = nn.Parameter(torch.randn(3, 16, 9, 2))
        self.head = nn.Sequential(nn.AdaptiveAvgPool2d(4), nn.Flatten(), nn.Linear(48, 10))

    def forward(self, image):
        spectrum = torch.fft.rfft2(image, norm="ortho") * torch.view_as_complex(self.filter)
        return self.head(torch.tanh(torch.fft.irfft2(spectrum, s=(16, 16), norm="ortho")))


class ModulatedConv(nn.Module):
    """As StyleGAN2: a style scales the weights, whose filters are then normalised. A batch is one
    image with as many groups."""

    def __init__(self, latent, channels, filters, size, up=False, demodulates=True):
        super().__init__()
        self.style = nn.Linear(latent, channels)
        self.style.bias.data.fill_(1)
        self.weight = nn.Parameter(torch.randn(1, filters, channels, size, size))
        self.bias = nn.Parameter(torch.randn(filters, 1, 1))
        self.up = up
        self.demodulates = demodulates

    def forward(self, x, w):
        n = w.shape[0]
        _, filters, channels, size, _ = self.weight.shape
        weight = self.weight * self.style(w).reshape(n, 1, channels, 1, 1)
        if self.demodulates:
            weight = weight * torch.rsqrt(weight.square().sum([2, 3, 4], keepdim=True) + 1e-8)
        x = x.reshape(1, n * channels, *x.shape[2:])
        if self.up:
            weight = weight.transpose(1, 2).reshape(n * channels, filters, size, size)
            x = nn.functional.conv_transpose2d(x, weight, stride=2, groups=n)
        else:
            weight = weight.reshape(n * filters, channels, size, size)
            x = nn.functional.conv2d(x, weight, padding=size // 2, groups=n)
        return x.reshape(n, filters, *x.shape[2:]) + self.bias


class StyleGenerator(nn.Module):
    """What StyleGAN2 is made of: modulated convolutions of one constant image, noise that stays the
    same, blurred upsampling of features and colours."""

    def __init__(self, latent=8, channels=4):
        super().__init__()
        self.mapping = nn.Sequential(
            nn.Linear(latent, latent), nn.LeakyReLU(0.2), nn.Linear(latent, latent), nn.LeakyReLU(0.2)
        )
        self.start = nn.Parameter(torch.randn(1, channels, 4, 4))
        self.first = ModulatedConv(latent, channels, channels, 3)
        self.grow = ModulatedConv(latent, channels, channels, 3, up=True)
        self.second = ModulatedConv(latent, channels, channels, 3)
        self.colours = nn.ModuleList(
            ModulatedConv(latent, channels, 3, 1, demodulates=False) for _ in range(2)
        )
        taps = torch.tensor([1.0, 3.0, 3.0, 1.0])
        self.register_buffer("taps", (taps[:, None] * taps / 16)[None, None])
        self.noise = nn.ParameterList(torch.randn(1, 1, size, size) for size in (4, 8, 8))
        self.strength = nn.Parameter(torch.full((3,), 0.1))

    def blurred(self, x, pads):
        n, channels, height, width = x.shape
        x = nn.functional.pad(x.reshape(n * channels, 1, height, width), pads)
        x = nn.functional.conv2d(x, self.taps)
        return x.reshape(n, channels, *x.shape[2:])

    def spread(self, x):
        n, channels, height, width = x.shape
        x = nn.functional.pad(x.reshape(n, channels, height, 1, width, 1), (0, 1, 0, 0, 0, 1))
        return x.reshape(n, channels, 2 * height, 2 * width)

    def layer(self, x, index):
        return nn.functional.leaky_relu(x + self.strength[index] * self.noise[index], 0.2)

    def forward(self, z):
        w = self.mapping(z * torch.rsqrt(z.square().mean(dim=1, keepdim=True) + 1e-8))
        x = self.layer(self.first(self.start.repeat(z.shape[0], 1, 1, 1), w), 0)
        image = self.blurred(self.spread(self.colours[0](x, w)), (2, 1, 2, 1))
        x = self.layer(self.blurred(self.grow(x, w), (1, 1, 1, 1)), 1)
        x = self.layer(self.second(x, w), 2)
        return image + self.colours[1](x, w)


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


def torchscript(opset, module, x, file, batch=None):
    torch.onnx.export(
        module, (x[:batch],), file, dynamo=False, opset_version=opset, input_names=["x"],
        output_names=["y"], dynamic_axes=None if batch else {"x": {0: "n"}, "y": {0: "n"}},
    )


def dynamo(module, x, file, batch=None):
    torch.onnx.export(
        module, (x[:batch],), file, dynamo=True, input_names=["x"], output_names=["y"],
        dynamic_shapes=None if batch else ({0: torch.export.Dim("n")},), external_data=False,
        verbose=False,
    )


OPEN = {
    "torchscript11": functools.partial(torchscript, 11),
    "torchscript13": functools.partial(torchscript, 13),
    "torchscript17": functools.partial(torchscript, 17),
    "dynamo": dynamo,
}

# Of one batch size, for models that have no export with an open one.
FIXED = {
    "torchscript17-batch1": functools.partial(torchscript, 17, batch=1),
    "torchscript17-batch2": functools.partial(torchscript, 17, batch=2),
    "dynamo-batch1": functools.partial(dynamo, batch=1),
    "dynamo-batch2": functools.partial(dynamo, batch=2),
}

EXPORTERS = OPEN | FIXED


def main():
    logging.disable(logging.WARNING)
    torch.backends.mha.set_fastpath_enabled(False)  # the fast path has no export
    torch.manual_seed(0)
    images = torch.rand(ROWS, 3, 16, 16)
    torch_files("convnet", ConvNet(), images, list(OPEN))
    torch_files("attention", Attention(fused=False), images, ["torchscript13"])
    torch_files("attention", Attention(fused=True), images, ["torchscript17", "dynamo"])
    torch_files("generator", Generator(), torch.randn(ROWS, 8), list(OPEN))
    torch_files("style", StyleGenerator(), torch.randn(ROWS, 8), list(FIXED))
    torch_files("frequencies", Frequencies(), images, ["dynamo"])


if __name__ == "__main__":
    main()
