"""Conversion to and from CIELAB (D65), which separates luminance from colour and is about perceptually uniform.

Images are arrays (..., 3), sRGB in [0, 1], so that fast style transfer needs no torch.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from deepatelier.images import Pixels

__all__ = ["grey", "lab", "match_luminance", "recolored", "srgb"]

_XYZ = np.array(((0.412453, 0.357580, 0.180423), (0.212671, 0.715160, 0.072169), (0.019334, 0.119193, 0.950227)))
"""CIE XYZ of linear sRGB's red, green and blue (ITU-R BT.709)."""

_TO_XYZ = _XYZ / _XYZ.sum(axis=1, keepdims=True)
"""From linear sRGB to XYZ relative to white."""

_HALVINGS = 12
"""The steps of bisection: a luminance is found to within 100 / 2¹²."""

_OUTSIDE = 1e-4
"""Tolerance by which a colour may lie outside [0, 1]."""


def lab(image: Pixels) -> Pixels:
    """Return L* in [0, 100], a* and b* of an image (..., 3).

    Source: IEC 61966-2-1 (sRGB); CIE 15 (CIELAB).
    """
    image = image.clip(0, 1)
    linear = np.where(image <= 0.04045, image / 12.92, ((image + 0.055) / 1.055) ** 2.4)
    xyz = linear @ _TO_XYZ.T.astype(linear.dtype)
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz * ((29 / 6) ** 2 / 3) + 4 / 29)
    x, y, z = np.moveaxis(f, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def srgb(colors: Pixels) -> Pixels:
    """Return the sRGB image of L*, a*, b*: (..., 3). Colours out of gamut lie outside [0, 1]."""
    luminance, a, b = np.moveaxis(colors, -1, 0)
    y = (luminance + 16) / 116
    f = np.stack([y + a / 500, y, y - b / 200], axis=-1)
    xyz = np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29))
    linear = xyz @ np.linalg.inv(_TO_XYZ).T.astype(xyz.dtype)
    image: Pixels = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear.clip(1e-9) ** (1 / 2.4) - 0.055)
    return image


def grey(image: Pixels) -> Pixels:
    """Return the grey image with the same L*, (..., 3)."""
    return _grey_of(lab(image)[..., 0])


def match_luminance(image: Pixels, reference: Pixels) -> Pixels:
    """Return a grey image shifted and scaled to the mean and standard deviation of a reference's L*: (..., 3)."""
    own, wanted = lab(image)[..., 0], lab(reference)[..., 0]
    scaled = (own - own.mean()) * (wanted.std() / max(own.std(), 1e-3)) + wanted.mean()
    return _grey_of(scaled.clip(0, 100))


def recolored(painted: Pixels, photo: Pixels) -> Pixels:
    """Combine the luminance of one image with the colours of another, both (H, W, 3).

    a* and b* are the photograph's. Where they are out of gamut at the requested L*, the nearest L* in gamut is used.
    There always is one between the requested L* and the photograph's own.

    Source: Gatys, Bethge, Hertzmann and Shechtman 2016, 'Preserving Color in Neural Artistic Style Transfer', section
    2.2. The paper works in YIQ and clips the colours.
    """
    wanted, own = lab(painted)[..., 0], lab(photo)
    image = srgb(_with_luminance(own, wanted))
    outside = ~_shown(image)
    if outside.any():
        image[outside] = _nearest_shown(own[outside], wanted[outside])
    return image.clip(0, 1)


def _nearest_shown(own: Pixels, wanted: Pixels) -> Pixels:
    """Return colours (N, 3) as sRGB, as near to the requested L* (N,) as is in gamut, by bisection."""
    low: Pixels = np.zeros_like(wanted)
    high: Pixels = np.ones_like(wanted)

    def at(way: Pixels) -> Pixels:
        return srgb(_with_luminance(own, own[:, 0] + way * (wanted - own[:, 0])))

    for _ in range(_HALVINGS):
        middle = np.float32(0.5) * (low + high)
        inside = _shown(at(middle))
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    return at(low)


def _with_luminance(colors: Pixels, luminance: Pixels) -> Pixels:
    return np.concatenate([luminance[..., None], colors[..., 1:]], axis=-1)


def _shown(image: Pixels) -> NDArray[np.bool_]:
    """Return whether each colour is in gamut, (...)."""
    inside: NDArray[np.bool_] = np.all((image > -_OUTSIDE) & (image < 1 + _OUTSIDE), axis=-1)
    return inside


def _grey_of(luminance: Pixels) -> Pixels:
    """Return the grey image (..., 3) of L* (...)."""
    none = np.zeros_like(luminance)
    return srgb(np.stack([luminance, none, none], axis=-1)).clip(0, 1)
