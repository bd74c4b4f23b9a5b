"""Drawings of networks: from the trace to a graph of blocks, their layout, and SVG."""

from deepatelier.interpretation.drawing.svg import draw

__all__ = ["draw"]
