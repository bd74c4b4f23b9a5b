"""Pooling: style transfer with max and average pooling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from deepatelier.jobs import Context, Job
from deepatelier.labs.painted_lab import PaintedLab
from deepatelier.options import option

__all__ = ["PoolingLab"]


class PoolingLab(PaintedLab):
    """Style transfer with max and with average pooling.

    Source: 'Deep Learning Review: Final Report', section 5.1, which finds that average pooling gives 'slightly more
    appealing results'.
    """

    kind: ClassVar = "lab pooling"
    example: ClassVar = "atelier lab pooling -o ."

    pooling: Literal["max"] = option("max", "This lab shows both kinds of pooling.")

    def children(self, context: Context) -> Mapping[str, Job]:  # noqa: ARG002
        """See `Batch`."""
        return {f"{kind} pooling": self.painted(pooling=kind) for kind in ("max", "average")}
