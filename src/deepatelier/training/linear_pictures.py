"""The solution of a linear regression as a picture."""

from __future__ import annotations

import torch
from torch import nn

from deepatelier.data import Labelled
from deepatelier.extras import from_extra
from deepatelier.networks import Network
from deepatelier.training.curves import COLORS, png_of
from deepatelier.training.tasks.supervised import SupervisedTask
from deepatelier.training.training_record import TrainingDetails

__all__ = ["linear_picture"]

_ACROSS, _MOST = 5, 20
"""The number of pictures in a row, and the maximum number of pictures."""

_CLIPPED = 0.98
"""The share of the weights that is drawn to scale: pixels that are rarely bright may have far larger ones."""


@torch.no_grad()
def linear_picture(network: Network, train: Labelled, task: SupervisedTask, details: TrainingDetails) -> bytes:
    """Return a PNG with the examples and the fitted line, or, for pictures, with the weights of each output.

    Positive weights are red, negative weights are blue.

    Args:
        network: A network of one dense layer.
        train: The training examples.
        task: The task, with the targets.
        details: The details of the record, with the names of classes or values.

    Raises:
        SurroundingsError: matplotlib is not installed.
    """
    figures = from_extra("matplotlib.figure", "train")
    layer = next(module for module in network.modules() if isinstance(module, nn.Linear))
    names = details.classes or getattr(task, "numbers", details.values)
    channels, height, width = train.images.shape[1:]
    if height * width * channels == 1:
        figure = figures.Figure(figsize=(6, 4), layout="constrained")
        axis = figure.subplots()
        x, y = train.pixels().flatten().numpy(), task.as_outputs(train.targets)
        ends = torch.tensor([x.min(), x.max()]).view(2, 1, 1, 1)
        for number, name in enumerate(names):
            axis.plot(x, y[:, number], ".", color=COLORS[number], alpha=0.4)
            axis.plot(ends.flatten(), network(ends)[:, number], color=COLORS[number], label=name)
        axis.set_xlabel("x")
        axis.legend(frameon=False)
        return png_of(figure)
    weights = layer.weight.view(-1, channels, height, width).mean(dim=1)[:_MOST]
    rows, columns = -(-len(weights) // _ACROSS), min(_ACROSS, len(weights))
    figure = figures.Figure(figsize=(2.2 * columns, 2.5 * rows), layout="constrained")
    axes = list(figure.subplots(rows, columns, squeeze=False).flat)
    for axis in axes:
        axis.set_axis_off()
    for axis, weight, name in zip(axes, weights, names, strict=False):
        top = weight.abs().quantile(_CLIPPED).item() or 1.0
        axis.imshow(weight.numpy(), cmap="RdBu_r", vmin=-top, vmax=top)
        axis.set_title(name, fontsize=10)
    return png_of(figure)
