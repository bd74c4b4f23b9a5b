"""Total variation: what the loss that document 000 names as future work does to a painting."""

from __future__ import annotations

from torch import Tensor

from deepatelier.images import Picture
from deepatelier.labs.options import LabOptions
from deepatelier.labs.painted import painted
from deepatelier.runs import Measures
from deepatelier.synthesis.objectives import absolute_variation
from deepatelier.synthesis.sheet import SheetRecipe

__all__ = ["total_variation"]

_WITHOUT, _WITH = "without", "with total variation"

_WEIGHT = 1000.0
"""The weight of the total variation."""


def total_variation(photo: Picture, painting: Picture, options: LabOptions) -> SheetRecipe:
    """The same style transfer from white noise, without and with the total variation.

    Source: document 000, section 6 ('total variation loss').
    """
    weights = {_WITHOUT: 0.0, _WITH: _WEIGHT}
    panels = {label: painted(photo, painting, options, init="noise", tv=weight) for label, weight in weights.items()}
    return SheetRecipe(panels, options, findings=_findings)


def _findings(sheet: SheetRecipe, image: Tensor) -> Measures:
    without, smooth = (sheet.picture(image, label) for label in (_WITHOUT, _WITH))
    style, style_smooth = (
        sheet.recipes[label].losses(picture)["style"] for label, picture in ((_WITHOUT, without), (_WITH, smooth))
    )
    return {
        "the total variation falls by": 1 - absolute_variation(smooth) / absolute_variation(without),
        "the style loss rises by": style_smooth / style - 1,
    }
