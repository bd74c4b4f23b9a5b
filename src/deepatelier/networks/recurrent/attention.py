"""Attention: a weighted mean of what an encoder has read, for each step of a decoder."""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["MultiplicativeAttention"]


class MultiplicativeAttention(nn.Module):
    """h̃_t = tanh(W_c·[c_t; h_t]), with c_t = Σ_s a_ts·m_s and a_t = softmax over s of h_tᵀ·W_a·m_s.

    m_s is the output of the encoder at the step s of the source, and h_t that of the decoder at the step t of the
    target.

    Source: Luong, Pham and Manning, 'Effective Approaches to Attention-based Neural Machine Translation' (2015),
    equations 5 and 7, global attention with the score ``general``.

    Departures from the source: h̃_t is no input of the next step of the decoder ('input feeding', section 3.3). The
    decoder therefore does not depend on the attention, and computes all steps of a known target in one call.

    Args:
        memory: The number of values of m_s.
        width: The number of values of h_t and of h̃_t.
    """

    def __init__(self, memory: int, width: int) -> None:
        super().__init__()
        self.score = nn.Linear(memory, width, bias=False)  # W_a
        self.combined = nn.Linear(memory + width, width, bias=False)  # W_c

    def keys(self, memory: Tensor) -> Tensor:
        """Return W_a·m, (B, S, width), which is the same for all steps of the decoder."""
        keys: Tensor = self.score(memory)
        return keys

    def forward(self, steps: Tensor, memory: Tensor, keys: Tensor, inside: Tensor) -> tuple[Tensor, Tensor]:
        """Return h̃, (B, T, width), and the weights a, (B, T, S), which are 0 outside the source and sum to 1.

        Args:
            steps: h, (B, T, width).
            memory: m, (B, S, memory).
            keys: W_a·m, (B, S, width).
            inside: Whether a step of the source is inside it and not padding, (B, S); at least one in each row is.
        """
        scores = steps @ keys.transpose(1, 2)
        weights = scores.masked_fill(~inside[:, None], -torch.inf).softmax(dim=-1)
        return torch.tanh(self.combined(torch.cat((weights @ memory, steps), dim=-1))), weights
