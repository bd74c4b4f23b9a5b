"""Pooling: the network with average in place of maximum pooling."""

from __future__ import annotations

from deepatelier.errors import OptionError
from deepatelier.images import Picture
from deepatelier.labs.options import LabOptions
from deepatelier.labs.painted import painted
from deepatelier.synthesis.sheet import SheetRecipe

__all__ = ["pooling"]


def pooling(photo: Picture, painting: Picture, options: LabOptions) -> SheetRecipe:
    """The same style transfer with a network that pools by the maximum, and by the average.

    Source: document 000, section 5.1, which finds that averages give 'slightly more appealing results'.
    """
    if options.pooling != "max":
        raise OptionError("This lab shows both kinds of pooling. Leave --pooling out.")
    kinds = ("max", "average")
    return SheetRecipe({f"{kind} pooling": painted(photo, painting, options, pooling=kind) for kind in kinds}, options)
