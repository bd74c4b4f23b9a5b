"""Conversion to and from CIELAB (D65), which separates luminance from colour and is about perceptually uniform."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["grey", "lab", "match_luminance", "recolored", "srgb"]

_XYZ = ((0.412453, 0.357580, 0.180423), (0.212671, 0.715160, 0.072169), (0.019334, 0.119193, 0.950227))
"""CIE XYZ of linear sRGB's red, green and blue (ITU-R BT.709)."""

_HALVINGS = 12
"""The steps of bisection: a luminance is found to within 100 / 2¹²."""

_OUTSIDE = 1e-4
"""Tolerance by which a colour may lie outside [0, 1]."""


def lab(image: Tensor) -> Tensor:
    """Return L* in [0, 100], a* and b* of an sRGB image (1, 3, H, W) in [0, 1].

    Source: IEC 61966-2-1 (sRGB); CIE 15 (CIELAB).
    """
    image = image.clamp(0, 1)
    linear = torch.where(image <= 0.04045, image / 12.92, ((image + 0.055) / 1.055) ** 2.4)
    xyz = torch.einsum("ij,bjhw->bihw", _white(image), linear)
    f = torch.where(xyz > (6 / 29) ** 3, xyz.clamp_min(1e-9) ** (1 / 3), xyz * (29 / 6) ** 2 / 3 + 4 / 29)
    x, y, z = f.split(1, dim=1)  # type: ignore[no-untyped-call]
    return torch.cat([116 * y - 16, 500 * (x - y), 200 * (y - z)], dim=1)


def srgb(colors: Tensor) -> Tensor:
    """Return the sRGB image of L*, a*, b*: (1, 3, H, W). Colours out of gamut lie outside [0, 1]."""
    y = (colors[:, :1] + 16) / 116
    f = torch.cat([y + colors[:, 1:2] / 500, y, y - colors[:, 2:] / 200], dim=1)
    xyz = torch.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29))
    linear = torch.einsum("ij,bjhw->bihw", torch.linalg.inv(_white(colors)), xyz)
    return torch.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear.clamp_min(1e-9) ** (1 / 2.4) - 0.055)


def grey(image: Tensor) -> Tensor:
    """Return the grey image with the same L*, (1, 3, H, W)."""
    return _grey_of(lab(image)[:, :1])


def match_luminance(image: Tensor, reference: Tensor) -> Tensor:
    """Return a grey image shifted and scaled to the mean and standard deviation of a reference's L*: (1, 3, H, W)."""
    own, wanted = lab(image)[:, :1], lab(reference)[:, :1]
    scaled = (own - own.mean()) * (wanted.std(correction=0) / own.std(correction=0).clamp_min(1e-3)) + wanted.mean()
    return _grey_of(scaled.clamp(0, 100))


def recolored(painted: Tensor, photo: Tensor) -> Tensor:
    """Combine the luminance of one image with the colours of another, both (1, 3, H, W) sRGB in [0, 1].

    a* and b* are the photograph's. Where they are out of gamut at the requested L*, the nearest L* in gamut is used.
    There always is one between the requested L* and the photograph's own.

    Source: Gatys, Bethge, Hertzmann and Shechtman 2016, 'Preserving Color in Neural Artistic Style Transfer', section
    2.2. The paper works in YIQ and clips the colours.
    """
    wanted, own = lab(painted)[:, :1], lab(photo)
    low, high = torch.zeros_like(wanted), torch.ones_like(wanted)

    def at(way: Tensor) -> Tensor:
        return srgb(torch.cat([torch.lerp(own[:, :1], wanted, way), own[:, 1:]], dim=1))

    def shown(image: Tensor) -> Tensor:
        return ((image > -_OUTSIDE) & (image < 1 + _OUTSIDE)).all(dim=1, keepdim=True)

    way = torch.where(shown(at(high)), high, low)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        inside = shown(at(middle))
        low, high = torch.where(inside, middle, low), torch.where(inside, high, middle)
    return at(torch.maximum(way, low)).clamp(0, 1)


def _grey_of(luminance: Tensor) -> Tensor:
    """Return the grey image of L*, (1, 1, H, W)."""
    none = torch.zeros_like(luminance)
    return srgb(torch.cat([luminance, none, none], dim=1)).clamp(0, 1)


def _white(like: Tensor) -> Tensor:
    """Return the matrix from linear sRGB to XYZ relative to white."""
    matrix = torch.tensor(_XYZ, dtype=like.dtype, device=like.device)
    return matrix / matrix.sum(dim=1, keepdim=True)
