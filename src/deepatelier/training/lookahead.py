"""Slow weights that follow the fast ones."""

from __future__ import annotations

from typing import Any

import lightning.pytorch as pl
import torch
from torch import Tensor

__all__ = ["Lookahead"]

_EVERY, _FOLLOW = 5, 0.95


class Lookahead(pl.Callback):
    """Every 5 steps: s ← d·s + (1 − d)·θ, θ ← s, with d = 0.95⁵·t³; at the end θ ← s. s has running statistics too.

    Source: Zhang, Lucas, Hinton and Ba, 'Lookahead Optimizer: k steps forward, 1 step back' (2019), with the decay of
    Jordan (2024); t is the share of the steps that are done.
    """

    def __init__(self) -> None:
        self._slow: dict[str, Tensor] = {}

    def on_train_start(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        """Begin with the weights as they are, unless a checkpoint had some."""
        if not self._slow:
            self._slow = {name: tensor.clone() for name, tensor in _floats(module).items()}

    @torch.no_grad()
    def on_train_batch_end(
        self, trainer: pl.Trainer, module: pl.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Let the slow weights follow."""
        step, steps = trainer.global_step, int(trainer.estimated_stepping_batches)
        if step % _EVERY and step != steps:
            return
        decay = _FOLLOW**_EVERY * (step / steps) ** 3
        for name, fast in _floats(module).items():
            slow = self._slow[name] = self._slow[name].to(fast.device)
            if step != steps or step % _EVERY == 0:
                slow.lerp_(fast, 1 - decay)
            fast.copy_(slow)

    def state_dict(self) -> dict[str, Any]:
        """The slow weights."""
        return self._slow

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """The slow weights, from a checkpoint."""
        self._slow = dict(state_dict)


def _floats(module: pl.LightningModule) -> dict[str, Tensor]:
    return {name: tensor for name, tensor in module.state_dict().items() if tensor.is_floating_point()}
