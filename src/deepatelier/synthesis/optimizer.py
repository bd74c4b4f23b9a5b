"""What the engine asks of an optimiser."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import Any

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
        """What it remembers, and the settings."""
        settings = {name: value for name, value in self.param_groups[0].items() if name != "params"}
        return {"state": self.state, "settings": settings}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take what another one remembers, and its settings."""
        self.state = dict(state_dict["state"])
        self.param_groups[0] |= state_dict["settings"]
