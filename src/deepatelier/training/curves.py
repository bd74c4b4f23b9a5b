"""Learning curves as a picture."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from deepatelier.extras import from_extra

if TYPE_CHECKING:  # it imports Lightning, which takes seconds
    from deepatelier.training.history import Row

__all__ = ["COLORS", "curve_pairs", "curves", "png_of"]

COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
"""The palette of Okabe and Ito, which is suitable for colour-blind readers."""

_ACROSS = 3
"""The number of small plots in a row."""


def curves(runs: Mapping[str, Sequence[Row]], measure: str, title: str = "") -> bytes:
    """Return a PNG with the losses on the left and the metric, if there are values, on the right.

    Training is dashed, validation is solid.

    Args:
        runs: The rows of one or more trainings, by their name in the legend.
        measure: The name of the metric.
        title: The title of the figure.

    Raises:
        SurroundingsError: matplotlib is not installed.
    """
    measured = any(
        row.keys() & {f"training {measure}", f"validation {measure}"} for rows in runs.values() for row in rows
    )
    names = ("loss", measure) if measured else ("loss",)
    figure = from_extra("matplotlib.figure", "train").Figure(figsize=(5.5 * len(names), 4.2), layout="constrained")
    for axis, name in zip(figure.subplots(1, len(names), squeeze=False)[0], names, strict=True):
        _draw(axis, runs, name)
    if title or len(runs) > 1:
        figure.suptitle(title if len(runs) == 1 else f"{title} validation, and training dashed".strip())
    return png_of(figure)


def curve_pairs(runs: Mapping[str, Sequence[Row]], measure: str) -> bytes:
    """Return a PNG with a small plot for each training after the first, which compares it with the first.

    Args:
        runs: The rows of two or more trainings by name. The first is the reference.
        measure: The name of the metric, or ``loss``.

    Raises:
        SurroundingsError: matplotlib is not installed.
    """
    (reference, first), *others = runs.items()
    rows = -(-len(others) // _ACROSS)
    size = (3.6 * min(_ACROSS, len(others)), 2.8 * rows + 0.3)
    figure = from_extra("matplotlib.figure", "train").Figure(figsize=size, layout="constrained")
    axes = figure.subplots(rows, min(_ACROSS, len(others)), squeeze=False, sharex=True, sharey=True).flat
    for axis, (name, run) in zip(axes, others, strict=False):
        _draw(axis, {reference: first, name: run}, measure)
    for axis in list(axes)[len(others) :]:
        axis.set_axis_off()
    figure.suptitle("validation, and training dashed")
    return png_of(figure)


def _draw(axis: Any, runs: Mapping[str, Sequence[Row]], name: str) -> None:
    for number, (run, rows) in enumerate(runs.items()):
        for part, style in (("training", "--"), ("validation", "-")):
            points = [(row["epoch"], row[f"{part} {name}"]) for row in rows if f"{part} {name}" in row]
            if not points and part == "training" and name == "loss":  # there is no validation part
                points = [(row["epoch"], row["running loss"]) for row in rows if "running loss" in row]
            if not points:
                continue
            label = part if len(runs) == 1 else run if part == "validation" else None
            color = (part == "training") if len(runs) == 1 else number
            marker = "o" if len(points) < 3 else None
            shown = {"color": COLORS[color % len(COLORS)], "label": label, "marker": marker, "markersize": 4}
            axis.plot(*zip(*points, strict=True), style, **shown)
    axis.set_xlabel("epoch")
    axis.set_ylabel(name)
    axis.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
    axis.grid(alpha=0.25)
    axis.spines[["top", "right"]].set_visible(False)
    if axis.get_legend_handles_labels()[0]:
        axis.legend(frameon=False, fontsize=9)


def png_of(figure: Any, dpi: int = 110) -> bytes:
    """Return a matplotlib figure as the bytes of a PNG."""
    figure.get_layout_engine().set(w_pad=0.08, h_pad=0.08)  # inches
    data = io.BytesIO()
    figure.savefig(data, format="png", dpi=dpi, metadata={"Software": None})
    return data.getvalue()
