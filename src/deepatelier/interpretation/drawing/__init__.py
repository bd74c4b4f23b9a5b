"""A network as a picture: from its trace to a graph of blocks, their places, and SVG."""

from deepatelier.interpretation.drawing.svg import draw

__all__ = ["draw"]
