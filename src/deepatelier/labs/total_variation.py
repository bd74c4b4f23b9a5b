"""Total variation: the effect of the total variation loss on a painting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from deepatelier.jobs import Context, Job, Measured, Measures
from deepatelier.labs.painted_lab import PaintedLab

__all__ = ["TotalVariationLab"]

_WITHOUT, _WITH = "without", "with total variation"

_WEIGHT = 1000.0
"""The weight of the total variation."""


class TotalVariationLab(PaintedLab):
    """Style transfer without and with the total variation loss.

    Source: 'Deep Learning Review: Final Report', section 6, which suggests the loss as future work.
    """

    kind: ClassVar = "lab total_variation"
    example: ClassVar = "atelier lab total_variation -o ."

    def children(self, context: Context) -> Mapping[str, Job]:  # noqa: ARG002
        """See `Batch`."""
        weights = {_WITHOUT: 0.0, _WITH: _WEIGHT}
        return {label: self.painted(init="noise", tv=weight) for label, weight in weights.items()}

    def findings(self, pictures: Mapping[str, Any], measured: Mapping[str, Measured]) -> Measures:
        """Return by how much total variation falls with its loss, and by how much the style loss rises."""
        from deepatelier.synthesis.objectives import absolute_variation

        variation = {label: absolute_variation(picture) for label, picture in pictures.items()}
        style = {label: each.losses["style"] for label, each in measured.items()}
        return {
            "the total variation falls by": 1 - variation[_WITH] / variation[_WITHOUT],
            "the style loss rises by": style[_WITH] / style[_WITHOUT] - 1,
        }
