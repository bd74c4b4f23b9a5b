"""The interface of an optimizer to the engine."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

__all__ = ["Optimizer"]


class Optimizer(ABC):
    """The part of ``torch.optim.Optimizer`` that the engine uses, with the same names.

    torch's own class imports torch's compiler when the first one is constructed, which takes longer than a first step.

    Args:
        params: The tensors to optimise.
        settings: Hyperparameters by name, as ``lr``.

    Attributes:
        param_groups: A single group: the tensors as ``params``, and the settings.
        state: Internal state that is kept between steps.
    """

    def __init__(self, params: Iterable[nn.Parameter], **settings: float) -> None:
        self.param_groups: list[dict[str, Any]] = [{"params": list(params), **settings}]
        self.state: dict[str, Any] = {}

    @abstractmethod
    def step(self, closure: Callable[[], Tensor]) -> Tensor:
        """Evaluate the gradient once, then update. Returns what the closure returns: the loss before the update."""

    def zero_grad(self) -> None:
        """Reset the gradients."""
        for parameter in self.param_groups[0]["params"]:
            parameter.grad = None

    def state_dict(self) -> dict[str, Any]:
        """Return the internal state. It does not include the settings, which are given to the constructor."""
        return {"state": self.state}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Load the internal state of another optimizer, moved to the device of the parameters."""
        device = self.param_groups[0]["params"][0].device
        self.state = {name: _moved(value, device) for name, value in state_dict["state"].items()}


def _moved(value: Any, device: torch.device) -> Any:
    if isinstance(value, Tensor):
        return value.to(device)
    return [_moved(each, device) for each in value] if isinstance(value, list) else value
