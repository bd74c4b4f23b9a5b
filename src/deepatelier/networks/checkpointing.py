"""Gradient checkpointing: keep few activations, and recompute the others in the backward pass.

Source: Chen, Xu, Zhang and Guestrin, 'Training Deep Nets with Sublinear Memory Cost' (2016).
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

__all__ = ["is_checkpointed", "with_checkpoints"]


def with_checkpoints(network: nn.Module) -> nn.Module:
    """Return a copy of a network that keeps the inputs of its stages, and recomputes their inside for the gradient.

    A stage ends with a pooling layer, or with a module that has submodules, so intermediate activations are kept for
    only one stage at a time. Outputs, gradients, layer names and the weights, which are shared, are the same.
    """
    memory = {id(tensor): tensor for tensor in (*network.parameters(), *network.buffers())}
    copied = copy.deepcopy(network, memory)
    for module in copied.modules():
        if type(module) is nn.Sequential and len(module) > 1:
            module.__class__ = _Staged  # in place, so that its submodules keep their names
    return copied


def is_checkpointed(network: nn.Module) -> bool:
    """Return whether a network has checkpointed stages; `with_checkpoints` finds none in some networks."""
    return any(isinstance(module, _Staged) for module in network.modules())


class _Staged(nn.Sequential):
    """A sequence whose stages are checkpointed if gradients are enabled."""

    def forward(self, x: Tensor) -> Tensor:
        for stage in self._stages():
            if torch.is_grad_enabled():
                x = checkpoint(stage, x, use_reentrant=False, preserve_rng_state=False)
            else:
                x = stage(x)
        return x

    def _stages(self) -> Iterator[nn.Sequential]:
        stage: list[nn.Module] = []
        for module in self:
            stage.append(module)
            if "Pool" in type(module).__name__ or next(module.children(), None) is not None:
                yield nn.Sequential(*stage)
                stage = []
        if stage:
            yield nn.Sequential(*stage)
