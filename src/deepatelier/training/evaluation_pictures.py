"""Pictures of the results of an evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from deepatelier.extras import from_extra
from deepatelier.images import Sheet, decode, resize
from deepatelier.training.curves import png_of
from deepatelier.training.evaluation import Evaluation

__all__ = ["confusion_matrix", "worst_ellipses", "worst_mistakes"]

_SHOWN, _COLUMNS = 24, 6
_SIDE = 128
"""The minimum height of a picture on a sheet, in pixels."""

_WITH_NUMBERS = 20
"""The maximum number of classes of a matrix with numbers."""


def confusion_matrix(counts: Tensor, names: Sequence[str]) -> Tensor:
    """Return the confusion matrix as a picture, (1, 3, H, W). Rows are true classes, columns are predicted classes.

    Colours are shares of the true class. Numbers are drawn if they fit.

    Args:
        counts: (K, K).
        names: The names of the classes.

    Raises:
        SurroundingsError: matplotlib is not installed.
    """
    side = min(16.0, max(4.5, 0.55 * len(names) + 1.5))
    figure = from_extra("matplotlib.figure", "train").Figure(figsize=(side + 1, side), layout="constrained")
    axes = figure.subplots()
    shares = counts / counts.sum(dim=1, keepdim=True).clamp(min=1)
    drawn = axes.imshow(shares.numpy(), cmap="Blues", vmin=0, vmax=1)
    figure.colorbar(drawn, ax=axes, shrink=0.8, label="share of the true class")
    if len(names) <= _WITH_NUMBERS:
        for row in range(len(names)):
            for column in range(len(names)):
                if counts[row, column]:
                    ink = "white" if shares[row, column] > 0.5 else "#333333"
                    axes.text(column, row, int(counts[row, column]), ha="center", va="center", color=ink, fontsize=8)
    if len(names) <= 3 * _WITH_NUMBERS:
        axes.set_xticks(range(len(names)), names, rotation=45, ha="right", rotation_mode="anchor")
        axes.set_yticks(range(len(names)), names)
    axes.set_xlabel("said")
    axes.set_ylabel("true")
    return decode(png_of(figure))


def worst_mistakes(found: Evaluation) -> Tensor | None:
    """Return a sheet of the mistakes with the highest confidence, (1, 3, H, W); None if there are no mistakes."""
    chosen = found.mistakes[:_SHOWN]
    if not chosen:
        return None
    pictures = found.part.pixels(torch.tensor([mistake.number for mistake in chosen]))
    height, width = pictures.shape[-2:]
    factor = max(1, -(-_SIDE // height))
    size = (height * factor, width * factor)
    labels = tuple(
        f"{found.classes[each.predicted]}, not {found.classes[each.truth]}: {each.confidence:.2f}" for each in chosen
    )
    shown = [resize(picture[None].expand(-1, 3, -1, -1), size).clamp(0, 1) for picture in pictures]
    return Sheet(size, labels, min(_COLUMNS, len(chosen))).compose(shown)


def worst_ellipses(found: Evaluation) -> Tensor:
    """Return a picture of the eyes with the largest errors of the network, (1, 3, H, W).

    Each shows the true pupil, that of the network, and that of the classical fit.

    Raises:
        SurroundingsError: matplotlib is not installed.
    """
    assert found.predictions is not None
    assert found.classical is not None
    truth = found.part.targets
    worst = (found.predictions[:, :2] - truth[:, :2]).norm(dim=1).argsort(descending=True)[:_SHOWN]
    columns = min(_COLUMNS, len(worst))
    rows = -(-len(worst) // columns)
    figure = from_extra("matplotlib.figure", "train").Figure(
        figsize=(2 * columns, 2 * rows + 0.4), layout="constrained"
    )
    patches = from_extra("matplotlib.patches", "train")
    drawn: dict[str, Any] = {}
    kinds = (
        ("true", truth, "#009e73"),
        ("network", found.predictions, "#e69f00"),
        ("classical", found.classical, "#56b4e9"),
    )
    for place, number in zip(figure.subplots(rows, columns, squeeze=False).flat, worst.tolist(), strict=False):
        _, height, width = found.part.images.shape[1:]
        place.imshow(
            found.part.pixels(torch.tensor([number]))[0, 0].numpy(),
            cmap="gray",
            vmin=0,
            vmax=1,
            extent=(0, width, height, 0),
        )
        for name, ellipses, color in kinds:
            x, y, a, b, angle = ellipses[number].tolist()
            if x == x:  # the classical fit is NaN where it failed
                drawn[name] = patches.Ellipse((x, y), 2 * a, 2 * b, angle=angle, fill=False, color=color, linewidth=1.3)
                place.add_patch(drawn[name])
    for place in figure.axes:
        place.set_axis_off()
    figure.legend(drawn.values(), drawn, loc="outside upper center", ncols=3, frameon=False)
    return decode(png_of(figure))
