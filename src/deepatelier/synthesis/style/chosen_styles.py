"""The styles of a transfer: the region and the weight of each painting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from deepatelier import samples
from deepatelier.errors import OptionError
from deepatelier.images import Picture
from deepatelier.inputs import Input
from deepatelier.jobs import numbered
from deepatelier.synthesis.style.regions import Style, styled_regions
from deepatelier.synthesis.style.style_job import StyleOptions

__all__ = ["as_paintings", "chosen_styles", "resized_masks"]


def as_paintings(paintings: Picture | Sequence[Picture]) -> list[Picture]:
    """Return one or several pictures as a list."""
    return [paintings] if isinstance(paintings, Picture) else list(paintings)


def chosen_styles(
    paintings: Sequence[object],
    weights: Sequence[float] | None,
    mask: str | None,
    style_masks: Sequence[str] = (),
) -> tuple[list[Style], dict[str, Input]]:
    """Return the styles of the paintings, and the mask files as inputs.

    Args:
        paintings: The number of paintings.
        weights: One weight for each painting; they are normalised to sum to 1. None gives equal weights.
        mask: The picture whose colours mark the regions of the photograph, or None.
        style_masks: The masks of the paintings.

    Raises:
        OptionError: The paintings, the weights and the masks do not match.
        ImageError: A mask cannot be read.
    """
    if weights is not None and len(weights) != len(paintings):
        raise OptionError(
            f"--style-weights has {len(weights)} values for {len(paintings)} paintings; give one for each."
        )
    if weights is not None and mask is not None:
        raise OptionError("With --mask each painting has its own region, so --style-weights has no use; leave it out.")
    regions = None if mask is None else samples.open_picture(mask)
    of_paintings = [samples.open_picture(each) for each in style_masks]
    files = {} if regions is None else {"mask": Input.of(regions)}
    files |= numbered("style_mask", map(Input.of, of_paintings))
    styles = styled_regions(regions, of_paintings, len(paintings))
    if weights is not None:
        styles = [replace(style, weight=weight / sum(weights)) for style, weight in zip(styles, weights, strict=True)]
    return [style for style in styles if style.weight], files


def resized_masks(options: StyleOptions, photo: Picture, paintings: Sequence[Picture]) -> Iterator[str]:
    """Yield a sentence for each mask whose size differs from that of its picture."""
    pairs = [(mask, painting, painting.name) for mask, painting in zip(options.style_masks, paintings, strict=False)]
    if options.mask is not None:
        pairs.insert(0, (options.mask, photo, "the photograph"))
    for mask, of, name in pairs:
        (height, width), (tall, wide) = samples.open_picture(mask).size, of.size
        if (height, width) != (tall, wide):
            how = "resized" if abs(height * wide - width * tall) <= 0.01 * height * wide else "stretched to fit"
            yield f"The mask {mask} has {width} x {height} pixels and {name} {wide} x {tall}; it is {how}."
