"""Puts the pictures of docs/recipes.md together from what the commands beside them wrote.

python docs/recipes_pictures.py FOLDER; FOLDER holds tile.png, tex_gram.png, tex_wl.png, espresso_documents.png
and espresso.png; the results go to docs/images.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from torch import Tensor

from deepatelier import images, samples
from deepatelier.images import Sheet


def read(path: Path) -> Tensor:
    """A picture, (1, 3, H, W)."""
    return images.open_picture(path).tensor()


def main() -> None:
    """Put them together."""
    folder, target = Path(sys.argv[1]), Path(__file__).parent / "images"
    tile = read(folder / "tile.png")
    repeated = torch.cat([torch.cat([tile, tile], dim=-1)] * 2, dim=-2)
    methods = [read(folder / f"{name}.png") for name in ("tex_gram", "tex_wl")]
    size = methods[0].shape[-2], methods[0].shape[-1]
    painting = samples.open_picture("mosaic").tensor(size)
    espresso = [read(folder / f"{name}.png") for name in ("espresso_documents", "espresso")]
    sheets = {
        "texture_tile": repeated,
        "texture_methods": Sheet(size, ("painting", "gram", "wei-levoy"), 3).compose([painting, *methods]),
        "espresso": Sheet((224, 224), ("as in the documents", "default"), 2).compose(espresso),
    }
    for name, sheet in sheets.items():
        (target / f"{name}.jpg").write_bytes(images.encode(sheet, "JPEG"))


if __name__ == "__main__":
    main()
