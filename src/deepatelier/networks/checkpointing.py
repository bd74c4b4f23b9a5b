"""A network that computes its activations twice, and keeps few of them in between.

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
    """A copy of a network that keeps what its stages take, and computes what is inside them again for the gradient.

    A stage ends with a pooling, or with a module that has parts; so what lies between is kept for one stage at a time.
    What the network gives, its gradients, its layers' names and its weights (which it shares) are the same.
    """
    memory = {id(tensor): tensor for tensor in (*network.parameters(), *network.buffers())}
    copied = copy.deepcopy(network, memory)
    for module in copied.modules():
        if type(module) is nn.Sequential and len(module) > 1:
            module.__class__ = _Staged  # so that its parts keep their names
    return copied


def is_checkpointed(network: nn.Module) -> bool:
    """Whether a network has stages that are computed again; `with_checkpoints` finds none in some networks."""
    return any(isinstance(module, _Staged) for module in network.modules())


class _Staged(nn.Sequential):
    """A sequence whose stages are checkpointed where a gradient is wanted."""

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
