"""Render text as pixels."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

__all__ = ["lettered_line", "lettered_paragraph", "letters_that_fit", "short_number"]

_SMALLEST = 8
"""The height of the smallest legible letters, in pixels."""


def letters_that_fit(lines: Sequence[str], width: int, letters: int) -> int:
    """Return the largest legible height of letters, at most ``letters``, at which each line fits into a width."""
    draw = ImageDraw.Draw(Image.new("L", (1, 1)))
    while letters > _SMALLEST:
        font = ImageFont.load_default(letters)
        if all(draw.textlength(line, font) <= 0.96 * width for line in lines):
            break
        letters -= 1
    return letters


def lettered_line(text: str, size: tuple[int, int], letters: int, align: str = "center") -> Tensor:
    """Return a line of black text on white, (H, W) in [0, 1]. If it does not fit, its middle is elided.

    Args:
        text: The text.
        size: Height and width in pixels.
        letters: The height of the letters in pixels.
        align: ``center`` or ``left``.
    """
    strip = Image.new("L", (size[1], size[0]), 255)
    draw = ImageDraw.Draw(strip)
    font = ImageFont.load_default(letters)
    kept = len(text)
    while kept > 2 and draw.textlength(text, font) > strip.width:
        kept -= 1
        text = f"{text[: kept // 2]}…{text[-(kept - kept // 2) :]}"
    x, anchor = (strip.width / 2, "mm") if align == "center" else (0, "lm")
    draw.text((x, strip.height / 2), text, fill=0, font=font, anchor=anchor)
    return _grey(strip)


def lettered_paragraph(text: str, size: tuple[int, int], letters: int) -> Tensor:
    """Return centred lines of black text on white, wrapped between words: (H, W) in [0, 1]."""
    page = Image.new("L", (size[1], size[0]), 255)
    draw = ImageDraw.Draw(page)
    while True:
        font = ImageFont.load_default(letters)
        columns = max(8, int(0.9 * size[1] / max(1.0, draw.textlength("n", font))))
        lines = "\n".join(textwrap.wrap(text, columns))
        box = draw.multiline_textbbox((0, 0), lines, font)
        if letters <= _SMALLEST or (box[2] <= size[1] and box[3] <= size[0]):
            break
        letters -= 1
    draw.multiline_text((size[1] / 2, size[0] / 2), lines, fill=0, font=font, anchor="mm", align="center")
    return _grey(page)


def short_number(value: float) -> str:
    """Format a number with three digits, as short as possible: 0.0123, 3290, 1.7e-5."""
    text = f"{value:.0f}" if 1000 <= abs(value) < 100_000 else f"{value:.3g}"
    return text.replace("e-0", "e-").replace("e+0", "e")


def _grey(image: Image.Image) -> Tensor:
    return torch.from_numpy(np.array(image, dtype=np.float32) / 255)
