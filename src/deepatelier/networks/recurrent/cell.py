"""The base class of recurrent cells."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import ClassVar

import torch
from torch import Tensor, nn

__all__ = ["Cell", "State"]

State = tuple[Tensor, ...]
"""The state of a recurrent cell or layer: h; or h and c."""


class Cell(nn.Module, ABC):
    """One step of a recurrent network: the state after an input, given the state before.

    The weights have the names and the layout of ``torch.nn.RNNCell``, ``LSTMCell`` and ``GRUCell``: those of all gates
    are stacked. They are initialised uniformly in ±1/√width.

    Args:
        inputs: The number of values of an input.
        width: The number of units.

    Attributes:
        gates: The number of products with an input: one for each gate, and one for the proposed state.
        states: The number of tensors of the state. The first is h, the output.
    """

    gates: ClassVar[int]
    states: ClassVar[int] = 1

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        self.inputs, self.width = inputs, width
        self.weight_ih = nn.Parameter(torch.empty(self.gates * width, inputs))
        self.weight_hh = nn.Parameter(torch.empty(self.gates * width, width))
        self.bias_ih = nn.Parameter(torch.empty(self.gates * width))
        self.bias_hh = nn.Parameter(torch.empty(self.gates * width))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw new weights from torch's global generator."""
        bound = 1 / math.sqrt(self.width)
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -bound, bound)

    @abstractmethod
    def forward(self, x: Tensor, state: State) -> State:
        """Return the next state, (B, width) each.

        Args:
            x: The input, (B, inputs).
            state: The state before, (B, width) each.
        """
