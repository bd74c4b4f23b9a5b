"""The default style layers."""

from __future__ import annotations

__all__ = ["STYLE_LAYERS"]

STYLE_LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")
"""The layers of Gatys, Ecker and Bethge (2015), who call them conv1_1 … conv5_1."""
