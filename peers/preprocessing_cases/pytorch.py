"""Preprocessing of torchvision and timm: every different one that a pretrained classifier has."""

import json
import math

import PIL.Image
import timm
import timm.data
import torch
import torchvision
from torchvision.transforms import InterpolationMode, _presets

from .case import Case, image

TORCHVISION = f"torchvision {torchvision.__version__.split('+')[0]}, presets"
TIMM = f"timm {timm.__version__}"
UNIT = {"lower": 0, "upper": 1}


def cases():
    """Of real numbers at two sizes; of 8 bits, where mean and deviation tell nothing new, at one."""
    known = set()
    for name, transform, contract in [*torchvision_presets(), *timm_configurations()]:
        for size in square((37, 53), (301, 402)) if "border" in name else ((37, 53), (301, 402)):
            yield of_real_numbers(name, transform, contract, size)
        geometry = json.dumps([name, contract["resize"], contract["crop"]])
        if geometry not in known:
            known.add(geometry)
            size = (211, 211) if "border" in name else (211, 158)
            yield of_levels(name, transform, contract, size)


def square(*sizes):
    return [(height, height) for height, _ in sizes]


def of_real_numbers(name, transform, contract, size):
    pixels = image(1, (3, *size))
    result = transform(torch.from_numpy(pixels))
    return case(name, transform, contract, pixels, result)


def of_levels(name, transform, contract, size):
    pixels = image(2, (*size, 3), bits=8)
    result = transform(PIL.Image.fromarray(pixels))
    levels = contract | {
        "pixels": {"layout": "NHWC", "type": "uint8"},
        "model": {"layout": "NCHW", "range": UNIT} | contract["model"],
    }
    return case(f"{name}, 8-bit images", transform, levels, pixels, result)


def case(name, transform, contract, pixels, result):
    unit = contract["model"]["std"]
    return Case(name, str(transform), contract, pixels[None], result[None].numpy(), unit)


def torchvision_presets():
    different = {}
    for member in torchvision.models.list_models(module=torchvision.models):
        for weights in torchvision.models.get_model_weights(member):
            transform = weights.transforms()
            different[str(transform)] = transform
    return [(TORCHVISION, preset, preset_contract(preset)) for preset in different.values()]


def preset_contract(preset):
    return {
        "resize": {"size": preset.resize_size, "interpolation": preset.interpolation.value},
        "crop": preset.crop_size,
        "model": {"mean": preset.mean, "std": preset.std},
    }


def timm_configurations():
    different = {}
    for name in timm.list_pretrained():
        configuration = timm.get_pretrained_cfg(name).to_dict()
        data = timm.data.resolve_data_config(pretrained_cfg=configuration)
        different[str(data)] = data
    return [timm_configuration(data) for data in different.values()]


def timm_configuration(data):
    transform = timm.data.create_transform(**data, is_training=False)
    name = f"{TIMM}, {data['crop_mode']}"
    if data["crop_mode"] == "border":
        name += ", square images"
    if data["crop_pct"] > 1:
        name += ", cropped to more than there is"
    return name, transform, timm_contract(data)


def timm_contract(data):
    """Squash resizes both sides, center the shorter one, border the longer: in squares, the same."""
    _, *size = data["input_size"]
    resized = [math.floor(side / data["crop_pct"]) for side in size]
    return {
        "resize": {
            "size": resized if data["crop_mode"] == "squash" else resized[:1],
            "interpolation": data["interpolation"],
        },
        "crop": size,
        "model": {"mean": list(data["mean"]), "std": list(data["std"])},
    }


def recorded():
    """Of the same classes, but small."""
    for interpolation in (InterpolationMode.BILINEAR, InterpolationMode.BICUBIC):
        preset = _presets.ImageClassification(
            crop_size=8, resize_size=10, interpolation=interpolation
        )
        for size in ((9, 7), (24, 17), (12, 21)):
            yield of_real_numbers(TORCHVISION, preset, preset_contract(preset), size)
        yield of_levels(TORCHVISION, preset, preset_contract(preset), (24, 17))
    for mode, ratio, size in (
        ("center", 0.875, (9, 16)),
        ("center", 0.9, (23, 18)),
        ("squash", 0.95, (23, 18)),
        ("border", 1.0, (13, 13)),
    ):
        data = {
            "input_size": (3, 9, 9),
            "interpolation": "bicubic",
            "crop_pct": ratio,
            "crop_mode": mode,
            "mean": (0.5, 0.5, 0.5),
            "std": (0.5, 0.5, 0.5),
        }
        yield of_real_numbers(*timm_configuration(data), size)
        yield of_levels(*timm_configuration(data), size)
