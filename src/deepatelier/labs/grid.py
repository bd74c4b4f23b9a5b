"""The grid: which layers make the style, by how much content counts beside it."""

from __future__ import annotations

from deepatelier.images import Picture
from deepatelier.labs.options import LabOptions
from deepatelier.synthesis.sheet import SheetRecipe
from deepatelier.synthesis.sheet_options import SheetOptions
from deepatelier.synthesis.style_sheet import make_sheet

__all__ = ["grid"]


def grid(photo: Picture, painting: Picture, options: LabOptions) -> SheetRecipe:
    """Style transfer with relu1_1, then relu1_1 and relu2_1, … (down), by α/β from 1e-4 to 1e-1 (across).

    Source: document 001, 'The Total Loss Function', the sheet of 10⁻⁴ to 10⁻¹; Gatys, Ecker and Bethge 2015, figure 3.
    """
    sheet = make_sheet(photo, painting, SheetOptions.complete({**options.model_dump(), "tv": 0.0, "init": "noise"}))
    return SheetRecipe(sheet.panels, options, columns=sheet.layout.columns)
