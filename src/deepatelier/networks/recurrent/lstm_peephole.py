"""The cell of an LSTM with peepholes, as on the lecture slides: the gates see the whole content."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import linear

from deepatelier.networks.recurrent.cell import Cell, State
from deepatelier.networks.recurrent.lstm import open_forget_gate

__all__ = ["PeepholeLSTMCell"]


class PeepholeLSTMCell(Cell):
    """An LSTM whose gates also depend on the content C, through a matrix.

    f_t = σ(W_f·[C_{t−1}, h_{t−1}, x_t] + b_f), i_t = σ(W_i·[C_{t−1}, h_{t−1}, x_t] + b_i)
    C_t = f_t ⊙ C_{t−1} + i_t ⊙ tanh(W_C·[h_{t−1}, x_t] + b_C)
    o_t = σ(W_o·[C_t, h_{t−1}, x_t] + b_o), which depends on the new content
    h_t = o_t ⊙ tanh(C_t)

    Source: the lecture slides, 'Long short-term memory (LSTM)', the slides with C in the brackets. For the form of the
    paper, in which a gate sees only its own unit's content, see `DiagonalPeepholeLSTMCell`.

    Departures from the source: each b is the sum of two biases, as in ``torch.nn.LSTM``. Initially, b_f is 1.

    Attributes:
        weight_ch: The columns of W_i, W_f and W_o for C, (3·width, width).

    Shape: (B, inputs), h and C of (B, width), to h and C of (B, width).
    """

    gates, states = 4, 2

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__(inputs, width)
        self.weight_ch = nn.Parameter(torch.empty(3 * width, width))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw new weights from torch's global generator, and open the forget gate."""
        super().reset_parameters()
        open_forget_gate(self.bias_ih, self.bias_hh)

    def forward(self, x: Tensor, state: State) -> State:
        h, c = state
        z = linear(x, self.weight_ih, self.bias_ih) + linear(h, self.weight_hh, self.bias_hh)
        i, f, g, o = z.chunk(4, dim=-1)
        of_i, of_f, of_o = self.weight_ch.chunk(3)
        i, f = torch.sigmoid(i + linear(c, of_i)), torch.sigmoid(f + linear(c, of_f))
        c = f * c + i * torch.tanh(g)
        o = torch.sigmoid(o + linear(c, of_o))
        return o * torch.tanh(c), c
