"""The cell of a GRU, as in torch.nn: r after the product."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import linear

from deepatelier.networks.recurrent.cell import Cell, State

__all__ = ["GRUCell"]


class GRUCell(Cell):
    """A gated recurrent unit whose reset gate r multiplies the product with h, and whose update gate z keeps h.

    r_t = σ(W_r·[h_{t−1}, x_t] + b_r), z_t = σ(W_z·[h_{t−1}, x_t] + b_z)
    h̃_t = tanh(W_x·x_t + b_x + r_t ⊙ (W_h·h_{t−1} + b_h))
    h_t = (1 − z_t) ⊙ h̃_t + z_t ⊙ h_{t−1}

    Source: ``torch.nn.GRU``, whose weights it takes, in its order: r, z, h̃; Cho et al., 'Learning Phrase
    Representations using RNN Encoder–Decoder for Statistical Machine Translation' (2014), for z.

    Departures from the lecture slides: there, r multiplies h before the product, and 1 − z keeps h. See
    `ResetBeforeGRUCell`.

    Shape: (B, inputs) and h of (B, width) to h of (B, width), in (−1, 1) if it starts there.
    """

    gates = 3

    def forward(self, x: Tensor, state: State) -> State:
        (h,) = state
        x_r, x_z, x_n = linear(x, self.weight_ih, self.bias_ih).chunk(3, dim=-1)
        h_r, h_z, h_n = linear(h, self.weight_hh, self.bias_hh).chunk(3, dim=-1)
        r, z = torch.sigmoid(x_r + h_r), torch.sigmoid(x_z + h_z)
        proposed = torch.tanh(x_n + r * h_n)
        return ((1 - z) * proposed + z * h,)
