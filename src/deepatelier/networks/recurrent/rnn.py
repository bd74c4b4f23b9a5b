"""The cell of a plain recurrent network."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import linear

from deepatelier.networks.recurrent.cell import Cell, State

__all__ = ["RNNCell"]


class RNNCell(Cell):
    """h_t = tanh(W_hx·x_t + W_hh·h_{t−1} + b_h).

    Source: the lecture slides, 'Weight Matrix', with σ_h = tanh; Elman, 'Finding Structure in Time' (1990).

    Departures from the source: b_h is the sum of two biases, as in ``torch.nn.RNN``, whose weights it takes.

    Shape: (B, inputs) and h of (B, width) to h of (B, width), in (−1, 1).
    """

    gates = 1

    def forward(self, x: Tensor, state: State) -> State:
        (h,) = state
        z = linear(x, self.weight_ih, self.bias_ih) + linear(h, self.weight_hh, self.bias_hh)
        return (torch.tanh(z),)
