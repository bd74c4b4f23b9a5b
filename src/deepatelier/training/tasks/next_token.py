"""The loss of predicting the next token of a sequence."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

__all__ = ["IGNORED", "token_loss"]

IGNORED = -100
"""The target of a step after the end of a sequence, which has no loss."""


def token_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Return the mean of −log p(y_t) over all targets y_t that are not `IGNORED`, ().

    Args:
        logits: The scores of the tokens, (B, T, tokens).
        targets: The numbers of the tokens, (B, T).
    """
    return functional.cross_entropy(logits.flatten(0, 1).float(), targets.flatten(), ignore_index=IGNORED)
