"""What the gates of an LSTM do along a sequence."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor

from deepatelier.data.adding import adding
from deepatelier.jobs import Measures
from deepatelier.labs.computed import ComputedLab
from deepatelier.labs.fitting import Minibatches
from deepatelier.labs.plots import figure_of, tidy
from deepatelier.labs.worked import Worked
from deepatelier.networks.recurrent import Fused, LSTMCell, Recurrent, RecurrentNetwork
from deepatelier.training.curves import COLORS, png_of
from deepatelier.training.fit import fit
from deepatelier.training.player import Player
from deepatelier.training.tasks.sequence_regression import SequenceRegression
from deepatelier.training.tasks.supervised import NETWORK

__all__ = ["Course", "course_of", "gates"]

_LENGTH, _WIDTH, _RATE, _EPOCHS, _EXAMPLES, _BATCH = 20, 8, 2e-2, 12, 4000, 50
_SHOWN = 200
"""The number of sequences over which the gates are averaged."""


class Course(NamedTuple):
    """The gates of an LSTM along sequences, and the content of its cell: (B, T, width) each.

    Attributes:
        input, forget, output: i, f and o, in (0, 1).
        content: C after each step.
    """

    input: Tensor
    forget: Tensor
    output: Tensor
    content: Tensor


@torch.no_grad()
def course_of(cell: LSTMCell, x: Tensor) -> Course:
    """Return the gates along sequences (B, T, inputs), from a state of zero."""
    h = c = x.new_zeros(len(x), cell.width)
    found = []
    for step in x.unbind(dim=1):
        at = cell.gates_at(step, h)
        h, c = cell(step, (h, c))
        found.append(Course(at.input, at.forget, at.output, c))
    return Course(*(torch.stack(each, dim=1) for each in zip(*found, strict=True)))


def gates(_options: ComputedLab) -> Worked:
    """Train a small LSTM on the adding problem, and plot its gates along a sequence that it has not seen.

    Source: the lecture slides, 'Long short-term memory (LSTM)'.
    """
    data = adding(_LENGTH, seed=0, count=_EXAMPLES + _SHOWN).train
    network = RecurrentNetwork("lstm", width=_WIDTH)
    player = Player(network, torch.optim.Adam(network.parameters(), _RATE), clip_gradient=1.0)
    batches = Minibatches(data.images[:_EXAMPLES], data.targets[:_EXAMPLES], _BATCH)
    for _step in fit(SequenceRegression(("sum",)), {NETWORK: player}, batches, _EPOCHS):
        pass
    x, targets = data.images[_EXAMPLES:], data.targets[_EXAMPLES:]
    with torch.no_grad():
        findings: Measures = {f"loss on {_SHOWN} other sequences": (network.eval()(x) - targets).square().mean().item()}
    course, marked = course_of(_cell_of(network), x), x[..., 1] > 0
    order = (course.input[marked].mean(0) - course.input[~marked].mean(0)).argsort(descending=True)
    for name, gate in list(course._asdict().items())[:3]:
        for where, chosen in (("at markers", marked), ("elsewhere", ~marked)):
            findings[f"unit 1: {name} gate, mean {where}"] = gate[chosen][:, order[0]].mean().item()
    figure, axes = figure_of(1, 4, width=14.0, height=3.9)
    steps = [step + 1 for step in marked[0].nonzero()[:, 0].tolist()]
    for axis, (name, values) in zip(axes, course._asdict().items(), strict=True):
        _draw(axis, name, values[0, :, order].T, steps)
    return Worked(png_of(figure), findings)


def _cell_of(network: RecurrentNetwork) -> LSTMCell:
    """Return the weights of torch's LSTM as our cell, whose gates can be read."""
    assert isinstance(network.recurrent, Fused)
    layer = Recurrent(LSTMCell, 2, _WIDTH)
    layer.load_torch(network.recurrent.layer.state_dict())
    cell = layer.cells["l0"]
    assert isinstance(cell, LSTMCell)
    return cell


def _draw(axis: Any, name: str, values: Tensor, marked: list[int]) -> None:
    """Draw (width, T) in colours; the marked steps have an arrow at the top."""
    units, steps = values.shape
    scale: dict[str, Any] = {"vmin": 0, "vmax": 1}
    words = f"{name} gate"
    if name == "content":
        values = values / values.abs().max(dim=1, keepdim=True).values
        scale, words = {"cmap": "RdBu", "vmin": -1, "vmax": 1}, "content C, relative to the unit's largest"
    where = (0.5, steps + 0.5, units + 0.5, 0.5)
    drawn = axis.imshow(values.numpy(), aspect="auto", interpolation="nearest", extent=where, **scale)
    axis.figure.colorbar(drawn, ax=axis)
    for step in marked:
        axis.annotate("", (step, 0.5), (step, -0.1), arrowprops={"arrowstyle": "-|>", "color": COLORS[1]})
    tidy(axis, words, "step (arrows: marked numbers)", "unit")
    axis.set_title(words, fontsize=10, pad=20)  # above the arrows
    axis.grid(visible=False)
