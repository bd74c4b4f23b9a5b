"""Networks of recurrent layers with one output for a sequence."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn

from deepatelier.errors import OptionError, ShapeError
from deepatelier.networks.network import Network
from deepatelier.networks.recurrent.fused import Fused, fused_gru, fused_lstm, fused_rnn
from deepatelier.networks.recurrent.gru_reset_before import ResetBeforeGRUCell
from deepatelier.networks.recurrent.layer import Recurrent
from deepatelier.networks.recurrent.lstm_peephole import PeepholeLSTMCell
from deepatelier.networks.recurrent.lstm_peephole_diagonal import DiagonalPeepholeLSTMCell

__all__ = ["LAYERS", "RecurrentNetwork"]

LAYERS: dict[str, Callable[..., Fused | Recurrent]] = {
    "rnn": fused_rnn,
    "lstm": fused_lstm,
    "lstm_peephole": partial(Recurrent, PeepholeLSTMCell),
    "lstm_peephole_diagonal": partial(Recurrent, DiagonalPeepholeLSTMCell),
    "gru": fused_gru,
    "gru_reset_before": partial(Recurrent, ResetBeforeGRUCell),
}
"""The recurrent layers by the name of their network: those of torch.nn if it has them, because they are faster."""

_STEPS = 150
"""The length of the sequence for which the list counts multiply-adds; a network accepts any length."""


class RecurrentNetwork(Network):
    """y = W_y·h_T + b_y, with h_T the output of recurrent layers at the end of the sequence (many to one).

    Source: the lecture slides, 'Types of RNN' and 'Weight Matrix'. With dropout, it is applied to the outputs of each
    layer, but not from step to step (Zaremba, Sutskever and Vinyals, 'Recurrent Neural Network Regularization', 2014).

    Args:
        layers: The name of the recurrent layers, one of `LAYERS`.
        num_classes: The number of outputs.
        in_channels: The number of values at each step.
        width: The number of units of a layer, in one direction.
        num_layers: The number of layers.
        bidirectional: Whether the layers read the sequence in both directions. y then depends on the last output of
            both.
        dropout: The dropout probability.

    Shape: (B, T, in_channels) to (B, num_classes).

    Raises:
        OptionError: A number is below 1, or the probability is not in [0, 1).
    """

    takes = "sequences"

    def __init__(
        self,
        layers: str,
        num_classes: int = 1,
        in_channels: int = 2,
        width: int = 128,
        num_layers: int = 1,
        bidirectional: bool = False,
        dropout: float = 0.0,
    ) -> None:
        super().__init__((_STEPS, in_channels))
        if min(width, num_layers) < 1 or not 0 <= dropout < 1:
            raise OptionError(
                "Recurrent layers need a width and a number of layers of 1 or more, and a dropout of at least 0 and "
                f"less than 1; received {width}, {num_layers}, {dropout}."
            )
        between = dropout if num_layers > 1 else 0.0
        self.recurrent: Fused | Recurrent = LAYERS[layers](
            in_channels, width, num_layers, bidirectional=bidirectional, dropout=between
        )
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(width * (1 + bidirectional), num_classes)
        self.directions = 1 + bidirectional
        if isinstance(self.recurrent, Fused):
            self.layers = {"recurrent": "recurrent.layer"}
        else:
            self.layers = {f"recurrent_{each}": f"recurrent.cells.{each}" for each in self.recurrent.cells}
        self.layers |= {"dropout": "dropout", "output": "output"}

    @property
    def computed_by(self) -> str:
        """What computes the recurrent layers: the class of torch.nn, or the cell of this package."""
        if isinstance(self.recurrent, Fused):
            return f"torch.nn.{self.recurrent.layer.mode.partition('_')[0]}"
        return f"deepatelier's {self.recurrent.cell.__name__}"

    def forward(self, x: Tensor, lengths: Tensor | None = None, truncate: int | None = None) -> Tensor:
        """Return the outputs, (B, num_classes).

        Args:
            x: (B, T, in_channels).
            lengths: The lengths of the sequences, (B,), 1 to T; None is T for all.
            truncate: The number of last steps through which the gradient flows (truncated backpropagation through
                time); None is all.

        Raises:
            ShapeError: The input has another shape.
            OptionError: The gradient is truncated in sequences of several lengths or read in both directions.
        """
        if x.ndim != 3 or x.shape[2] != self.input_size[1] or not x.shape[1]:
            received = ", ".join(map(str, x.shape))
            raise ShapeError(
                f"{type(self).__name__} takes sequences of shape (B, T, {self.input_size[1]}); received ({received})."
            )
        state = None
        if truncate is not None and truncate < x.shape[1]:
            if lengths is not None or self.directions > 1:
                raise OptionError("Only sequences of one length, read in one direction, can be truncated.")
            with torch.no_grad():
                _, state = self.recurrent(x[:, :-truncate])
            x = x[:, -truncate:]
        _, (h, *_) = self.recurrent(x, state, lengths)
        last = torch.cat(list(h[-self.directions :]), dim=-1)  # (B, width · directions)
        y: Tensor = self.output(self.dropout(last))
        return y
