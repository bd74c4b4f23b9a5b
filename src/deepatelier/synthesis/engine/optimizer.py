"""What the engine asks of an optimiser."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

__all__ = ["Optimizer"]


class Optimizer(ABC):
    """The part of ``torch.optim.Optimizer`` that the engine uses, under the same names.

    torch's own imports torch's compiler when the first one is made, which takes longer than the first step.

    Args:
        params: The tensors to move.
        settings: By name, as ``lr``.

    Attributes:
        param_groups: One group: the tensors as ``params``, and the settings.
        state: What it remembers.
    """

    def __init__(self, params: Iterable[nn.Parameter], **settings: float) -> None:
        self.param_groups: list[dict[str, Any]] = [{"params": list(params), **settings}]
        self.state: dict[str, Any] = {}

    @abstractmethod
    def step(self, closure: Callable[[], Tensor]) -> Tensor:
        """Evaluate the gradient once, then move. Returns what the closure returns: the loss before the move."""

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for parameter in self.param_groups[0]["params"]:
            parameter.grad = None

    def state_dict(self) -> dict[str, Any]:
        """What it remembers; not its settings, which are those with which it was made."""
        return {"state": self.state}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take what another one remembers, to where the parameters are."""
        device = self.param_groups[0]["params"][0].device
        self.state = {name: _moved(value, device) for name, value in state_dict["state"].items()}


def _moved(value: Any, device: torch.device) -> Any:
    if isinstance(value, Tensor):
        return value.to(device)
    return [_moved(each, device) for each in value] if isinstance(value, list) else value
