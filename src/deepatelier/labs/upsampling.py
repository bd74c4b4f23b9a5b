"""Upsampling: the arrays of the slides, and the transposed convolution in three forms."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from deepatelier.jobs import Measures
from deepatelier.labs.computed import ComputedLab
from deepatelier.labs.plots import figure_of
from deepatelier.labs.worked import Worked
from deepatelier.networks.layers import BedOfNails, dilated, transposed_by_convolution, transposed_by_matrix
from deepatelier.training.curves import png_of

__all__ = ["CELLS", "enlarged", "seeded", "unpooled", "upsampling"]

CELLS = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
"""The input of the slides; of bilinear interpolation, ten times as much."""

_POOLED = torch.tensor([[1.0, 2, 6, 3], [3, 5, 2, 1], [1, 2, 2, 1], [7, 3, 4, 8]])
_SEED = 123
"""The seed of the slide's transposed convolution."""


def enlarged() -> dict[str, tuple[Tensor, Tensor]]:
    """Return the input and the output of the methods without weights, (2, 2) and (4, 4) each.

    The slide truncates the values of bilinear interpolation to integers: 12 for 12.5.

    Source: the lecture slides, 'Up-Sampling Method'.
    """
    image = CELLS[None, None]
    bilinear = nn.functional.interpolate(10 * image, scale_factor=2, mode="bilinear", align_corners=False)
    return {
        "nearest neighbour": (CELLS, nn.functional.interpolate(image, scale_factor=2)[0, 0]),
        "bilinear interpolation": (10 * CELLS, bilinear[0, 0]),
        "bed of nails": (CELLS, BedOfNails(2)(image)[0, 0]),
    }


def unpooled() -> tuple[Tensor, Tensor, Tensor]:
    """Return a (4, 4) array, its 2x2 max pooling, and other values unpooled to the places of its maxima."""
    pooled, places = nn.functional.max_pool2d(_POOLED[None, None], 2, return_indices=True)
    restored: Tensor = nn.MaxUnpool2d(2)(CELLS[None, None], places)
    return _POOLED, pooled[0, 0], restored[0, 0]


def seeded(side: int) -> tuple[Tensor, nn.ConvTranspose2d]:
    """Return the slide's input, (1, 1, side, side), and its transposed convolution, with the slide's seed."""
    with torch.random.fork_rng():
        torch.manual_seed(_SEED)
        image = torch.rand(side**2).view(1, 1, side, side)
        return image, nn.ConvTranspose2d(1, 1, kernel_size=3, padding=0, stride=1)


@torch.no_grad()
def upsampling(job: ComputedLab) -> Worked:  # noqa: ARG001
    """Work the lab out. The three forms are compared on random weights of stride 2, padding 1 and output padding 1."""
    figure, axes = figure_of(4, 4, width=12.5, height=13)
    for row, (name, (before, after)) in enumerate(enlarged().items()):
        _draw(axes[2 * row], before, f"{name}: input")
        _draw(axes[2 * row + 1], after, "output")
    array, pooled, restored = unpooled()
    _draw(axes[6], array, f"max pooling: {', '.join(f'{each:g}' for each in pooled.flatten())}", pooled)
    _draw(axes[7], restored, "max unpooling of 1, 2, 3, 4")
    image, layer = seeded(2)
    weight, bias = layer.weight, layer.bias
    assert bias is not None
    found = layer(image)
    for axis, values, name in (
        (axes[8], image, "transposed convolution: input"),
        (axes[9], weight, "kernel"),
        (axes[10], dilated(image, weight), "input, padded with zeros"),
        (axes[11], found, f"output (with the bias {bias.item():.4f})"),
    ):
        _draw(axis, values[0, 0], name)
    kernel = torch.ones(1, 1, 3, 3)
    for axis, values, name in (
        (axes[12], CELLS[None, None], "stride 2: input"),
        (axes[13], kernel, "kernel"),
        (axes[14], dilated(CELLS[None, None], kernel, 2), "input, dilated and padded"),
        (axes[15], nn.functional.conv_transpose2d(CELLS[None, None], kernel, stride=2), "output"),
    ):
        _draw(axis, values[0, 0], name)
    findings: Measures = {
        name: "; ".join(" ".join(f"{value:g}" for value in line) for line in after.tolist())
        for name, (_, after) in enlarged().items()
    }
    findings["the slide's transposed convolution"] = "; ".join(
        " ".join(f"{value:.4f}" for value in line) for line in found[0, 0].tolist()
    )
    sizes = [each(picture).shape[-1] for picture, each in map(seeded, (2, 4, 8))]
    findings["sides of the output for 2, 4 and 8"] = ", ".join(map(str, sizes))
    findings["largest difference of the three forms"] = _largest_difference()
    return Worked(png_of(figure), findings)


def _largest_difference() -> float:
    x, weight = torch.randn(4, 3, 5, 5, dtype=torch.float64), torch.randn(3, 2, 3, 3, dtype=torch.float64)
    wanted = nn.functional.conv_transpose2d(x, weight, None, 2, 1, 1)
    others = (form(x, weight, 2, 1, 1) for form in (transposed_by_matrix, transposed_by_convolution))
    return max((other - wanted).abs().max().item() for other in others)


def _draw(axis: Any, array: Tensor, title: str, marked: Tensor | None = None) -> None:
    """Draw an array as cells with numbers; zeros are grey, and the cells with marked values have a frame."""
    rows, columns = array.shape
    span = max(array.abs().max().item(), 1e-9)
    axis.imshow(array.numpy(), cmap="RdBu_r", vmin=-1.6 * span, vmax=1.6 * span)
    letters = 13 if max(rows, columns) <= 4 else 9
    whole = bool((array == array.round()).all())
    for row in range(rows):
        for column in range(columns):
            value = array[row, column].item()
            text = f"{value:g}" if whole or value == 0 else f"{value:.1f}" if span > 5 else f"{value:.2f}"
            axis.text(
                column, row, text, ha="center", va="center", fontsize=letters, color="#999" if value == 0 else "k"
            )
            if marked is not None and (marked == value).any() and value > 1:
                axis.add_patch(_frame(column, row))
    axis.set_xticks([each - 0.5 for each in range(1, columns)], labels=[])
    axis.set_yticks([each - 0.5 for each in range(1, rows)], labels=[])
    axis.grid(color="white", linewidth=2)
    axis.tick_params(length=0)
    axis.set_title(title, fontsize=11)


def _frame(column: int, row: int) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((column - 0.45, row - 0.45), 0.9, 0.9, fill=False, edgecolor="black", linewidth=1.5)
