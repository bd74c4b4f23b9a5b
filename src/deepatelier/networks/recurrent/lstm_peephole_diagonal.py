"""The cell of an LSTM with peepholes, as in the paper: a gate sees the content of its own unit."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import linear

from deepatelier.networks.recurrent.cell import Cell, State
from deepatelier.networks.recurrent.lstm import open_forget_gate

__all__ = ["DiagonalPeepholeLSTMCell"]


class DiagonalPeepholeLSTMCell(Cell):
    """An LSTM whose gates also depend on the content C of their own unit.

    f_t = σ(W_f·[h_{t−1}, x_t] + p_f ⊙ C_{t−1} + b_f), i_t = σ(W_i·[h_{t−1}, x_t] + p_i ⊙ C_{t−1} + b_i)
    C_t = f_t ⊙ C_{t−1} + i_t ⊙ tanh(W_C·[h_{t−1}, x_t] + b_C)
    o_t = σ(W_o·[h_{t−1}, x_t] + p_o ⊙ C_t + b_o), which depends on the new content
    h_t = o_t ⊙ tanh(C_t)

    Source: Gers and Schmidhuber, 'Recurrent Nets that Time and Count' (2000). The lecture slides, which cite it, print
    a matrix for C: `PeepholeLSTMCell` with diagonal matrices is this cell.

    Departures from the source: h is also squashed by tanh, as on the slides; each b is the sum of two biases, as in
    ``torch.nn.LSTM``. Initially, b_f is 1.

    Attributes:
        weight_ch: p_i, p_f and p_o, (3, width).

    Shape: (B, inputs), h and C of (B, width), to h and C of (B, width).
    """

    gates, states = 4, 2

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__(inputs, width)
        self.weight_ch = nn.Parameter(torch.empty(3, width))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw new weights from torch's global generator, and open the forget gate."""
        super().reset_parameters()
        open_forget_gate(self.bias_ih, self.bias_hh)

    def forward(self, x: Tensor, state: State) -> State:
        h, c = state
        z = linear(x, self.weight_ih, self.bias_ih) + linear(h, self.weight_hh, self.bias_hh)
        i, f, g, o = z.chunk(4, dim=-1)
        of_i, of_f, of_o = self.weight_ch
        i, f = torch.sigmoid(i + of_i * c), torch.sigmoid(f + of_f * c)
        c = f * c + i * torch.tanh(g)
        o = torch.sigmoid(o + of_o * c)
        return o * torch.tanh(c), c
