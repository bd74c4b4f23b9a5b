"""The grid: style transfer by style layers, and by the ratio of content and style."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from deepatelier.jobs import Context, Job
from deepatelier.labs.painted_lab import PaintedLab
from deepatelier.synthesis.style.axes import axis
from deepatelier.synthesis.style.style_job import StyleOptions

__all__ = ["GridLab"]

_RATIOS = axis("ratio", StyleOptions)


class GridLab(PaintedLab):
    """Style transfer by style layers (rows) and by α/β (columns).

    Sources: Gatys, Ecker and Bethge (2015), figure 3; the lecture slides, 'The Total Loss Function', with ratios from
    10⁻⁴ to 10⁻¹.
    """

    kind: ClassVar = "lab grid"
    example: ClassVar = "atelier lab grid -o ."
    columns: ClassVar = len(_RATIOS)

    def children(self, context: Context) -> Mapping[str, Job]:  # noqa: ARG002
        """See `Batch`."""
        return {
            f"{row}, {column}": self.painted(tv=0.0, init="noise", **layers, **ratio)
            for row, layers in axis("layers", StyleOptions).items()
            for column, ratio in _RATIOS.items()
        }
