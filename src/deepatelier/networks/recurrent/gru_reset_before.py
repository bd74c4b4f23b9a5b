"""The cell of a GRU, as on the lecture slides: r before the product."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import linear

from deepatelier.networks.recurrent.cell import Cell, State

__all__ = ["ResetBeforeGRUCell"]


class ResetBeforeGRUCell(Cell):
    """A gated recurrent unit whose reset gate r multiplies h before the product, and whose update gate z writes.

    z_t = σ(W_z·[h_{t−1}, x_t]), r_t = σ(W_r·[h_{t−1}, x_t])
    h̃_t = tanh(W·[r_t ⊙ h_{t−1}, x_t])
    h_t = (1 − z_t) ⊙ h_{t−1} + z_t ⊙ h̃_t

    Source: the lecture slides, 'Gated Recurrent Unit (GRU)'; Cho et al., 'Learning Phrase Representations using RNN
    Encoder–Decoder for Statistical Machine Translation' (2014), where z and 1 − z are exchanged.

    Departures from the source: each product has a bias, the sum of two. The order of the weights is that of
    ``torch.nn.GRU``: r, z, h̃. Its weights fit, but give another output: see `GRUCell`.

    Shape: (B, inputs) and h of (B, width) to h of (B, width), in (−1, 1) if it starts there.
    """

    gates = 3

    def forward(self, x: Tensor, state: State) -> State:
        (h,) = state
        x_r, x_z, x_n = linear(x, self.weight_ih, self.bias_ih).chunk(3, dim=-1)
        (w_r, w_z, w), (b_r, b_z, b) = self.weight_hh.chunk(3), self.bias_hh.chunk(3)
        r = torch.sigmoid(x_r + linear(h, w_r, b_r))
        z = torch.sigmoid(x_z + linear(h, w_z, b_z))
        proposed = torch.tanh(x_n + linear(r * h, w, b))
        return ((1 - z) * h + z * proposed,)
