"""The grid: which layers make the style, by how much content counts beside it."""

from __future__ import annotations

from deepatelier.images import Picture
from deepatelier.labs.options import LabOptions
from deepatelier.labs.painted import painted
from deepatelier.synthesis.sheet import SheetRecipe
from deepatelier.synthesis.texture_options import STYLE_LAYERS

__all__ = ["grid"]

_RATIOS = (1e-4, 1e-3, 1e-2, 1e-1)


def grid(photo: Picture, painting: Picture, options: LabOptions) -> SheetRecipe:
    """Style transfer with relu1_1, then relu1_1 and relu2_1, … (down), by α/β from 1e-4 to 1e-1 (across).

    Source: document 001, 'The Total Loss Function', the sheet of 10⁻⁴ to 10⁻¹; Gatys, Ecker and Bethge 2015, figure 3.
    """
    panels = {}
    for number in range(1, len(STYLE_LAYERS) + 1):
        for ratio in _RATIOS:
            label = f"({chr(ord('a') + number - 1)}) to {STYLE_LAYERS[number - 1]}, {ratio:.0e}"
            panels[label] = painted(
                photo,
                painting,
                options,
                style_layers=STYLE_LAYERS[:number],
                alpha=ratio,
                beta=1.0,
                tv=0.0,
                init="noise",
            )
    return SheetRecipe(panels, options, columns=len(_RATIOS))
