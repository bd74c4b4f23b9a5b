"""Generated eyes whose pupil is a known ellipse: a regression task with five values."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from deepatelier.data.labelled import Dataset, Labelled

__all__ = ["ELLIPSE", "draw_eye", "eyes"]

ELLIPSE = ("x", "y", "a", "b", "angle")
"""The centre in pixels from the left and top border, the semi-axes a ≥ b in pixels, and the angle from the
horizontal to the axis a, clockwise in the picture, in degrees from −90 to 90."""

_SIDE, _OVER = 64, 2
"""Height and width of a picture, and the supersampling factor with which it is drawn."""


def eyes(count: int = 1000, seed: int = 0) -> Dataset:
    """Generate greyscale pictures of eyes, 64 x 64 pixels, as from an infrared camera, with the ellipse of the pupil.

    Müller's 'Introduction to Deep Learning' (2019) uses 1000 photographs with hand-labelled ellipses. These are
    generated: skin, the sclera, the iris with its rays, the pupil, lids and lashes that may cover a part of it, up to
    three reflections, a shadow, blur and noise.

    Args:
        count: The number of pictures.
        seed: The random seed.
    """
    generator = torch.Generator().manual_seed(seed)
    drawn = [draw_eye(generator) for _ in range(count)]
    images = torch.cat([image for image, _ in drawn])
    targets = torch.stack([ellipse for _, ellipse in drawn])
    return Dataset("eyes", Labelled(images, targets), None, values=ELLIPSE)


def draw_eye(generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return one eye, (1, 1, 64, 64) in bytes, and its `ELLIPSE`, (5,)."""

    def uniform(low: float, high: float) -> float:
        return low + (high - low) * torch.rand((), generator=generator).item()

    side = _SIDE * _OVER
    axis = (torch.arange(side) + 0.5) / _OVER
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    a = uniform(6, 13)
    b = a * uniform(0.55, 0.97)
    angle = uniform(-90, 90)
    center = uniform(24, 40), uniform(25, 39)
    pupil = _inside(x, y, center, a, b, angle)

    iris_size = uniform(1.55, 2.1)
    offset = center[0] + uniform(-1, 1), center[1] + uniform(-1, 1)
    iris = _inside(x, y, offset, iris_size * max(a, 8.5), iris_size * max(a, 8.5) * b / a, angle)
    rays = torch.cos(torch.atan2(y - center[1], x - center[0]) * round(uniform(16, 40)) + uniform(0, 6))
    image = torch.full_like(x, uniform(0.62, 0.85))  # the white of the eye
    image = image + (uniform(0.3, 0.52) + uniform(0.01, 0.06) * rays - image) * iris
    image = image + (uniform(0.04, 0.2) - image) * pupil

    bend, tilt = uniform(0.008, 0.02), uniform(-0.15, 0.15)
    upper = center[1] - uniform(0.55, 2.2) * b + bend * (x - center[0]) ** 2 + tilt * (x - center[0])
    lower = center[1] + uniform(1.3, 2.8) * b - bend * (x - center[0]) ** 2 + tilt * (x - center[0])
    skin = uniform(0.4, 0.7)
    lid = torch.maximum(torch.sigmoid(2 * (upper - y)), torch.sigmoid(2 * (y - lower)))
    image = image + (skin - image) * lid
    image = image * (1 - uniform(0.1, 0.35) * torch.exp(-(((y - upper) / 3) ** 2)))
    for _ in range(round(uniform(0, 10))):  # lashes
        start, lean, length = uniform(4, 60), uniform(-0.8, 0.8), uniform(4, 12)
        root = upper[0, min(int(start * _OVER), side - 1)]
        along = ((y - root) / length).clamp(0, 1)
        hair = torch.exp(-(((x - start - lean * (y - root)) / 0.6) ** 2)) * (along > 0) * (along < 1)
        image = image * (1 - uniform(0.4, 0.8) * hair)
    for _ in range(round(uniform(0, 3))):  # reflections
        spot = center[0] + uniform(-0.9, 0.9) * a, center[1] + uniform(-0.9, 0.9) * b
        size = uniform(0.8, 2.2)
        image = image + (1 - image) * _inside(x, y, spot, size, size * uniform(0.6, 1), uniform(-90, 90))

    slope = uniform(-0.004, 0.004), uniform(-0.004, 0.004)
    image = image * (1 + slope[0] * (x - 32) + slope[1] * (y - 32))
    image = _blurred(image[None, None], uniform(0.4, 1.1) * _OVER)
    image = torch.nn.functional.avg_pool2d(image, _OVER)
    image = image + uniform(0.005, 0.04) * torch.randn(image.shape, generator=generator)
    ellipse = torch.tensor([*center, a, b, angle])
    return (255 * image.clamp(0, 1)).round().to(torch.uint8), ellipse


def _inside(x: Tensor, y: Tensor, center: tuple[float, float], a: float, b: float, angle: float) -> Tensor:
    """Return a mask that is 1 inside an ellipse and 0 outside, with an edge of about one pixel."""
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    u = (x - center[0]) * cos + (y - center[1]) * sin
    v = (y - center[1]) * cos - (x - center[0]) * sin
    radius = torch.sqrt((u / a) ** 2 + (v / b) ** 2)
    return torch.sigmoid((1 - radius) * b * 4)


def _blurred(image: Tensor, deviation: float) -> Tensor:
    reach = math.ceil(3 * deviation)
    bell = torch.exp(-((torch.arange(-reach, reach + 1) / deviation) ** 2) / 2)
    bell = bell / bell.sum()
    padded = torch.nn.functional.pad(image, (reach,) * 4, mode="replicate")
    across = torch.nn.functional.conv2d(padded, bell.view(1, 1, 1, -1))
    return torch.nn.functional.conv2d(across, bell.view(1, 1, -1, 1))
