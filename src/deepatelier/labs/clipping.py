"""Gradient clipping and truncated backpropagation through time, the two remedies that leave the network as it is."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torchmetrics import Metric

from deepatelier.data.adding import adding
from deepatelier.errors import DivergenceError
from deepatelier.jobs import Measures
from deepatelier.labs.computed import ComputedLab
from deepatelier.labs.fitting import Minibatches
from deepatelier.labs.plots import figure_of, tidy
from deepatelier.labs.worked import Worked
from deepatelier.networks.recurrent import RecurrentNetwork, State, fused_lstm
from deepatelier.training.curves import COLORS, png_of
from deepatelier.training.fit import fit
from deepatelier.training.player import Player
from deepatelier.training.tasks.sequence_regression import SequenceRegression
from deepatelier.training.tasks.supervised import NETWORK
from deepatelier.training.tasks.task import Networks, Task, Turn

__all__ = ["Delay", "Reader", "Stream", "clipped_run", "clipping", "smoothed", "truncated_run"]

_CLIPPED: dict[str, dict[str, float]] = {
    "without clipping": {},
    "norm at most 1": {"clip_gradient": 1.0},
    "values at most 0.1": {"clip_value": 0.1},
}
_LENGTH, _WIDTH, _RATE, _RADIUS, _EPOCHS, _EXAMPLES, _BATCH = 10, 64, 0.05, 1.5, 24, 1600, 32

_TRUNCATIONS = (5, 20, 100)
_DELAY, _STREAMS, _STEPS, _READER_WIDTH, _READER_RATE = 10, 16, 20_000, 32, 3e-3


def clipping(_options: ComputedLab) -> Worked:
    """Train a network whose gradients explode, with and without clipping; and one with truncated gradients.

    Left and middle: a plain recurrent network learns the adding problem by gradient descent. Right: an LSTM reads an
    endless stream of bits and answers with the bit of ten steps before. Its state is carried from piece to piece, but
    gradients end where a piece begins.

    Source: the lecture slides, 'Solutions to the vanishing/exploding gradient problems'; Pascanu, Mikolov and Bengio,
    'On the difficulty of training recurrent neural networks' (2013).
    """
    figure, (left, middle, right) = figure_of(1, 3, width=13.0, height=4.0)
    findings: Measures = {}
    seed = torch.initial_seed()
    for color, (name, options) in zip(COLORS, _CLIPPED.items(), strict=False):
        torch.manual_seed(seed)  # all start with the same weights
        losses, norms = clipped_run(options)
        left.plot(smoothed(losses), color=color, label=name)
        middle.plot(norms, color=color, linewidth=0.7, label=name)
        findings[f"{name}: last loss"] = smoothed(losses)[-1]
        findings[f"{name}: largest norm of the gradient"] = max(norms)
    left.axhline(1 / 6, color="black", linewidth=0.8, linestyle=":", label="variance of the targets")
    left.set_yscale("log")
    left.set_ylim(0.05, 1e4)
    middle.set_yscale("log")
    tidy(left, f"plain RNN, adding problem of {_LENGTH} steps", "step of the optimizer", "loss, mean of 20 batches")
    tidy(middle, "its gradient before clipping", "step of the optimizer", "norm of the gradient")
    for color, length in zip(COLORS, _TRUNCATIONS, strict=False):
        torch.manual_seed(seed)
        losses = truncated_run(length)
        places = torch.arange(1, len(losses) + 1) * length
        right.plot(places, smoothed(losses, max(1, 1000 // length)), color=color, label=f"{length} steps")
        findings[f"truncated after {length} steps: last loss"] = smoothed(losses, max(1, 1000 // length))[-1]
    right.axhline(math.log(2), color="black", linewidth=0.8, linestyle=":", label="answering at random")
    tidy(right, f"LSTM, the bit of {_DELAY} steps before", "steps of the stream", "cross-entropy, mean of 1,000 steps")
    return Worked(png_of(figure), findings)


def clipped_run(options: Mapping[str, float]) -> tuple[list[float], list[float]]:
    """Return the losses and the norms of the gradients before clipping, by step, until the training diverges.

    Args:
        options: The clipping, as arguments of `Player`.
    """
    examples = adding(_LENGTH, seed=0, count=_EXAMPLES).train
    network = RecurrentNetwork("rnn", width=_WIDTH)
    recurrent = network.get_parameter("recurrent.layer.weight_hh_l0")
    with torch.no_grad():
        recurrent.mul_(_RADIUS / torch.linalg.eigvals(recurrent).abs().max())
    squares: list[float] = []
    for parameter in network.parameters():
        parameter.register_hook(lambda gradient: squares.append(gradient.double().square().sum().item()))  # type: ignore[no-untyped-call]
    player = Player(network, torch.optim.SGD(network.parameters(), _RATE), **options)  # type: ignore[arg-type]
    task = SequenceRegression(("sum",))
    losses, norms = list[float](), list[float]()
    try:
        for step in fit(task, {NETWORK: player}, Minibatches(examples.images, examples.targets, _BATCH), _EPOCHS):
            losses.append(step.latest["loss"])
            norms.append(math.sqrt(sum(squares)))
            squares.clear()
    except DivergenceError:
        pass
    return losses, norms


def smoothed(losses: list[float], window: int = 20) -> list[float]:
    """Return the mean of the last values at each step."""
    sums = torch.tensor([0.0, *losses], dtype=torch.float64).cumsum(0)
    ends = torch.arange(1, len(losses) + 1)
    starts = (ends - window).clamp(min=0)
    means: list[float] = ((sums[ends] - sums[starts]) / (ends - starts)).tolist()
    return means


class Reader(nn.Module):
    """An LSTM with an output at each step, and its state."""

    def __init__(self) -> None:
        super().__init__()
        self.recurrent = fused_lstm(1, _READER_WIDTH, 1, bidirectional=False, dropout=0.0)
        self.output = nn.Linear(_READER_WIDTH, 1)

    def forward(self, bits: Tensor, state: State | None) -> tuple[Tensor, State]:
        """Return a score for each bit, (B, T), and the state."""
        outputs, state = self.recurrent(bits[..., None], state)
        return self.output(outputs)[..., 0], state


class Delay(Task):
    """Answering with the bit of some steps before. The state is carried from piece to piece, without its gradient."""

    def turns(self, networks: Networks, batch: tuple[Tensor, Tensor]) -> Iterator[Turn]:
        """See `Task`."""
        bits, targets = batch
        state = (self.carried["h"], self.carried["c"]) if self.carried else None
        scores, (h, c) = networks[NETWORK](bits, state)
        self.carried = {"h": h.detach(), "c": c.detach()}
        yield Turn(NETWORK, functional.binary_cross_entropy_with_logits(scores, targets))

    def metrics(self) -> dict[str, Metric]:
        """See `Task`. There are none."""
        return {}

    def update(self, metrics: Mapping[str, Metric], networks: Networks, batch: Any) -> None:
        """See `Task`."""


@dataclass(frozen=True)
class Stream:
    """The pieces of a stream, in order; see `deepatelier.training.fit.BatchSource`.

    Attributes:
        bits, targets: (B, T).
        length: The number of steps of a piece.
    """

    bits: Tensor
    targets: Tensor
    length: int

    def __len__(self) -> int:
        return self.bits.shape[1] // self.length

    def epoch(self, number: int, start: int = 0) -> Iterator[tuple[Tensor, Tensor]]:  # noqa: ARG002
        """Yield the pieces. A lab does not resume."""
        for first in range(0, len(self) * self.length, self.length):
            piece = slice(first, first + self.length)
            yield self.bits[:, piece], self.targets[:, piece]


def truncated_run(length: int) -> list[float]:
    """Return the losses of the pieces of a stream, when gradients flow through a piece of some steps."""
    bits = torch.randint(2, (_STREAMS, _STEPS)).float()
    targets = torch.cat([torch.zeros(_STREAMS, _DELAY), bits[:, :-_DELAY]], dim=1)
    network = Reader()
    player = Player(network, torch.optim.Adam(network.parameters(), _READER_RATE), clip_gradient=1.0)
    return [step.latest["loss"] for step in fit(Delay(), {NETWORK: player}, Stream(bits, targets, length), 1)]
