"""The options of a sheet of style transfers."""

from __future__ import annotations

from typing import Any

from pydantic import model_validator

from deepatelier.options import option
from deepatelier.synthesis.style_options import StyleOptions

__all__ = ["SheetOptions"]


class SheetOptions(StyleOptions):
    """Options of `make_sheet`: those of every picture, and the axes."""

    size: int = option(256, "Longest side of each picture, in pixels.", ge=32, le=16384)
    steps: int = option(200, "Gradient evaluations of each picture.", ge=1, le=100_000)
    rows: str = option(
        "layers",
        "What changes from row to row: layers (of the style, as the documents' (a) to (e)), ratio (α/β from 1e-4 to "
        "1e-1), or an option with its values, as strength=0.2,0.6,1",
    )
    columns: str = option("ratio", "What changes from column to column, as for --rows.")

    @model_validator(mode="before")
    @classmethod
    def _step_by_step(cls, values: dict[str, Any]) -> dict[str, Any]:
        if values.get("fast"):
            raise ValueError("a sheet is painted step by step; leave --fast out")
        return values
