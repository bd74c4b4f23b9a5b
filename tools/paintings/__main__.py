"""Draws paintings, and checks that those that ship are what is drawn."""

from __future__ import annotations

import argparse
import sys
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from deepatelier import samples
from tools.paintings import drawn

__all__ = ["check", "main"]


def check(names: list[str]) -> int:
    """How many paintings are drawn otherwise than they ship."""
    different = 0
    for name in names:
        with Image.open(_shipped(name)) as picture:
            same = np.array_equal(np.asarray(picture.convert("RGB")), drawn(name))
        print(f"{name}: {'as it ships' if same else 'differs'}", flush=True)
        different += not same
    return different


def main() -> int:
    """Draw, or check."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip())
    parser.add_argument("action", choices=("draw", "check"))
    parser.add_argument("names", nargs="*", help="Default: all.")
    parser.add_argument("--height", type=int, default=640)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("-o", "--output", type=Path, help="Default: the package's file.")
    arguments = parser.parse_args()
    names = arguments.names or samples.paintings()
    if arguments.action == "check":
        return min(1, check(names))
    for name in names:
        target = arguments.output or _shipped(name)
        lossless: dict[str, Any] = {"lossless": True, "quality": 100} if target.suffix == ".webp" else {}
        Image.fromarray(drawn(name, arguments.height, arguments.seed)).save(target, **lossless)
        print(f"Wrote {target}.", flush=True)
    return 0


def _shipped(name: str) -> Path:
    """The package's file of a painting."""
    return Path(str(resources.files("deepatelier.samples") / f"{name}.webp"))


if __name__ == "__main__":
    sys.exit(main())
