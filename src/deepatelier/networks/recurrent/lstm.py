"""The cell of an LSTM."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import linear

from deepatelier.networks.recurrent.cell import Cell, State

__all__ = ["Gates", "LSTMCell", "open_forget_gate"]


class Gates(NamedTuple):
    """The gates of an LSTM, in (0, 1), and the proposed content of its cell, in (−1, 1); (B, width) each.

    Attributes:
        input: i: the share of the proposed content that is written.
        forget: f: the share of the old content that is kept.
        proposed: C̃.
        output: o: the share of tanh(C) that is shown.
    """

    input: Tensor
    forget: Tensor
    proposed: Tensor
    output: Tensor


class LSTMCell(Cell):
    """Long short-term memory: a content C that is kept, written and shown as three gates allow.

    f_t = σ(W_f·[h_{t−1}, x_t] + b_f), i_t = σ(W_i·[h_{t−1}, x_t] + b_i), o_t = σ(W_o·[h_{t−1}, x_t] + b_o)
    C̃_t = tanh(W_C·[h_{t−1}, x_t] + b_C)
    C_t = f_t ⊙ C_{t−1} + i_t ⊙ C̃_t
    h_t = o_t ⊙ tanh(C_t)

    Source: the lecture slides, 'Long short-term memory (LSTM)'; Hochreiter and Schmidhuber, 'Long Short-Term Memory'
    (1997); with the forget gate of Gers, Schmidhuber and Cummins, 'Learning to Forget' (2000).

    Departures from the source: each b is the sum of two biases, as in ``torch.nn.LSTM``, whose weights it takes, in its
    order: i, f, C̃, o. Initially, b_f is 1 (Jozefowicz, Zaremba and Sutskever, 'An Empirical Exploration of Recurrent
    Network Architectures', 2015).

    Shape: (B, inputs), h and C of (B, width), to h and C of (B, width).
    """

    gates, states = 4, 2

    def reset_parameters(self) -> None:
        """Draw new weights from torch's global generator, and open the forget gate."""
        super().reset_parameters()
        open_forget_gate(self.bias_ih, self.bias_hh)

    def gates_at(self, x: Tensor, h: Tensor) -> Gates:
        """Return the gates for an input and the output before."""
        z = linear(x, self.weight_ih, self.bias_ih) + linear(h, self.weight_hh, self.bias_hh)
        i, f, g, o = z.chunk(4, dim=-1)
        return Gates(torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o))

    def forward(self, x: Tensor, state: State) -> State:
        h, c = state
        i, f, g, o = self.gates_at(x, h)
        c = f * c + i * g
        return o * torch.tanh(c), c


@torch.no_grad()
def open_forget_gate(bias_ih: Tensor, bias_hh: Tensor) -> None:
    """Set the bias of the forget gate, which is the second of four and the sum of two biases, to 1."""
    nn.init.ones_(bias_ih.chunk(4)[1])
    nn.init.zeros_(bias_hh.chunk(4)[1])
