"""Which painting counts where, and how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from deepatelier import samples
from deepatelier.errors import OptionError
from deepatelier.images import Picture
from deepatelier.runs import Input, numbered
from deepatelier.synthesis.regions import Style, styled_regions
from deepatelier.synthesis.style_options import StyleOptions

_Picture = TypeVar("_Picture", Picture, Picture | str)

__all__ = ["as_paintings", "chosen_styles", "opened"]


def as_paintings(paintings: _Picture | Sequence[_Picture]) -> list[_Picture]:
    """One or several pictures, or names of samples, as a list."""
    return [paintings] if isinstance(paintings, (Picture, str)) else list(paintings)


def opened(paintings: Sequence[Picture | str]) -> list[Picture]:
    """The pictures, those of samples too."""
    return [samples.open_picture(each) if isinstance(each, str) else each for each in paintings]


def chosen_styles(paintings: Sequence[object], options: StyleOptions) -> tuple[list[Style], dict[str, Input]]:
    """The styles that the options ask for, and the files of the masks.

    Raises:
        OptionError: The paintings, the weights and the masks do not fit together.
        ImageError: A mask cannot be read.
    """
    given = options.style_weights
    if given is not None and len(given) != len(paintings):
        raise OptionError(f"--style-weights has {len(given)} values for {len(paintings)} paintings; give one for each.")
    if given is not None and options.mask is not None:
        raise OptionError("With --mask each painting has a region to itself, so that it has no weight; leave it out.")
    mask = None if options.mask is None else samples.open_picture(options.mask)
    style_masks = [samples.open_picture(each) for each in options.style_masks]
    files = {} if mask is None else {"mask": Input.of(mask)}
    files |= numbered("style_mask", map(Input.of, style_masks))
    styles = styled_regions(mask, style_masks, len(paintings))
    if given is not None:
        styles = [replace(style, weight=weight / sum(given)) for style, weight in zip(styles, given, strict=True)]
    return [style for style in styles if style.weight], files
