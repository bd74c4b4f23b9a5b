"""The paintings that ship, as programs: each draws its painting at any height and with any seed.

    python -m tools.paintings draw swirl --height 900 --seed 3 -o swirl.png
    python -m tools.paintings check

``check`` draws all of them as they ship and compares every pixel with the package's files; ``draw`` without a name
writes those files.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["drawn"]


def drawn(name: str, height: int = 640, seed: int = 7) -> NDArray[np.uint8]:
    """A painting, (H, W, 3) in levels of 0 to 255; as it ships if no more than its name is given."""
    draw: Any = getattr(import_module(f"{__name__}.{name}"), f"draw_{name}")
    picture: NDArray[np.uint8] = draw(height, seed)
    return picture
