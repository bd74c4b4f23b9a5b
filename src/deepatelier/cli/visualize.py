"""``atelier visualize``: what a class, a unit, a channel or a layer is most excited by."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from deepatelier.cli.painting import paint_and_report
from deepatelier.synthesis.visualization import FeatureVisualization
from deepatelier.synthesis.visualization_options import VisualizationOptions

__all__ = ["visualize"]


def visualize(
    *,
    output: Annotated[Path, Parameter(name=("--output", "-o"))] = Path("visualized.png"),
    metadata: Annotated[bool, Parameter(negative="--no-metadata")] = True,
    json: bool = False,
    options: Annotated[VisualizationOptions, Parameter(name="*")] = VisualizationOptions(),  # noqa: B008 (frozen)
) -> None:
    """Paint what excites a class, a unit, a channel or a layer of a network most.

    Parameters
    ----------
    output
        The picture to write: .png .jpg .webp .tiff .avif .bmp .gif.
    metadata
        Put the record of how it was made into the picture (beside it for .bmp and .gif).
    json
        Print the record as one JSON object on stdout.
    """
    paint_and_report(
        "visualize", lambda: FeatureVisualization(options), output, sources=(), json=json, metadata=metadata
    )
