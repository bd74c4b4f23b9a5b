"""Texts of a drawing, and upper bounds of their width in common sans-serif fonts."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from deepatelier.interpretation.drawing.blocks import Block

__all__ = ["Text", "labels_of", "sizes_of"]

_NARROW, _WIDE = "iljtf.,:;|/'!()[] ·", "mwMW×…@%"


@dataclass(frozen=True)
class Text:
    """A line of text.

    Attributes:
        content: The text.
        size: The font size.
        bold: Whether it is bold.
        grey: Whether it is less important, and drawn in grey.
        x: Its middle, or its left end if ``anchor`` is ``start``.
        y: Its baseline.
        anchor: As in SVG.
    """

    content: str
    size: float
    bold: bool = False
    grey: bool = False
    x: float = 0
    y: float = 0
    anchor: str = "middle"

    @property
    def line(self) -> float:
        """The line height."""
        return self.size + 3

    @property
    def width(self) -> float:
        """The maximum width, measured for DejaVu Sans, the widest common font."""
        ems = (0.4 if c in _NARROW else 0.98 if c in _WIDE else 0.72 if c.isupper() else 0.635 for c in self.content)
        return sum(ems) * self.size * (1.09 if self.bold else 1)

    def moved(self, x: float, y: float) -> Text:
        """Return the text at another position."""
        return replace(self, x=x, y=y)

    def shortened(self, room: float) -> Text:
        """Return the text shortened with an ellipsis if it is wider than the given width."""
        text = self
        while text.width > room and len(text.content) > 1:
            text = replace(self, content=text.content.removesuffix("…")[:-1] + "…")
        return text


def sizes_of(block: Block) -> str:
    """Return the sizes as ``512 × 14 × 14``."""
    return " × ".join(map(str, block.shape))


def labels_of(block: Block) -> list[Text]:
    """Return the labels below a block: its name and count, its sizes, its details."""
    texts = []
    if block.kind != "join":
        listed = block.count <= 4 and ("…" in block.name or "," in block.name)
        number = "" if block.count == 1 or listed else f" ×{block.count}"
        texts += [Text(line, 13, bold=True) for line in _wrapped(block.name + number, 19)]
    texts.append(Text(sizes_of(block), 12))
    return texts + [Text(line, 11, grey=True) for line in _wrapped(" · ".join(block.details), 19)]


def _wrapped(content: str, most: int) -> list[str]:
    """Wrap a text into at most three lines of limited length, broken after spaces, dots, slashes or underscores."""
    lines = [""]
    for piece in re.findall(r"[^ ./_]*[ ./_]?", "".join(c if c.isprintable() else "�" for c in content)):
        if lines[-1] and len((lines[-1] + piece).rstrip()) > most:
            lines.append("")
        lines[-1] += piece if len(piece) <= most + 6 else piece[: most + 5] + "…"
    lines = [line.strip(" ·") if len(lines) > 1 else line for line in lines if line]
    return [*lines[:2], lines[2] + "…"] if len(lines) > 3 else lines
