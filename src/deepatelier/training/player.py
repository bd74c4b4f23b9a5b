"""A network with its optimizer and schedule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR, LRScheduler, ReduceLROnPlateau

from deepatelier.training.history import Row

__all__ = ["Follower", "Player"]


class Follower(Protocol):
    """Acts on the weights after each step of the optimizer, such as slow weights."""

    def after_step(self, network: nn.Module, share: float) -> None:
        """Act after a step.

        Args:
            network: The network.
            share: The fraction of all steps so far, above 0 and at most 1.
        """

    def state_dict(self) -> dict[str, Any]:
        """Return the state."""

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore a state."""


@dataclass(frozen=True)
class Player:
    """A network with its optimizer. Most trainings have one player; a GAN has two.

    Args:
        network: The network.
        optimizer: Updates its weights.
        schedule: Changes the learning rate: after each step, or after each epoch if it follows the validation loss.
        penalties: Terms of the objective that depend only on the weights, () each.
        clip_gradient: The maximum norm of the gradient; a longer one is scaled down.
        clip_value: The maximum absolute value of an element of the gradient; larger ones are set to it. It applies
            after ``clip_gradient``.
        frozen: Modules that stay in evaluation mode, such as normalizations that keep their pretrained statistics.
        followers: Objects that act on the weights after each step.
    """

    network: nn.Module
    optimizer: Optimizer
    schedule: LRScheduler | None = None
    penalties: tuple[Callable[[], Tensor], ...] = ()
    clip_gradient: float | None = None
    clip_value: float | None = None
    frozen: tuple[nn.Module, ...] = ()
    followers: tuple[Follower, ...] = ()

    @property
    def device(self) -> torch.device:
        """The device of the weights."""
        return next(self.network.parameters()).device

    def train(self) -> None:
        """Set the network to training mode, except for the frozen modules."""
        self.network.train()
        for module in self.frozen:
            module.eval()

    def after_step(self, share: float) -> None:
        """Run the followers, and change the learning rate.

        Args:
            share: The fraction of all steps so far.
        """
        if self.schedule is not None and not isinstance(self.schedule, ReduceLROnPlateau):
            self.schedule.step()
        for follower in self.followers:
            follower.after_step(self.network, share)

    def after_epoch(self, row: Row) -> None:
        """Change the learning rate, if it follows the validation loss."""
        if isinstance(self.schedule, ReduceLROnPlateau):
            self.schedule.step(row["validation loss"])

    def state_dict(self) -> dict[str, Any]:
        """Return the weights and the states of the optimizer, the schedule and the followers."""
        return {
            "weights": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": None if self.schedule is None else _numbers(self.schedule),
            "followers": [follower.state_dict() for follower in self.followers],
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restore such a state. Raises KeyError, RuntimeError or ValueError if it is another player's."""
        self.network.load_state_dict(state["weights"])
        self.optimizer.load_state_dict(state["optimizer"])
        for parameter, known in self.optimizer.state.items():
            for name, each in known.items():
                if isinstance(each, Tensor) and each.shape == parameter.shape and each.ndim:
                    # in another memory layout, sums are rounded differently
                    known[name] = torch.empty_like(parameter, dtype=each.dtype).copy_(each)
        if self.schedule is not None:
            for name in _numbers(self.schedule):
                setattr(self.schedule, name, state["schedule"][name])
        if isinstance(self.schedule, LambdaLR):  # the number of steps, on which it depends, may be another one now
            factors = [factor(self.schedule.last_epoch) for factor in self.schedule.lr_lambdas]
            for group, rate, factor in zip(self.optimizer.param_groups, self.schedule.base_lrs, factors, strict=True):
                group["lr"] = rate * factor
        for follower, known in zip(self.followers, state["followers"], strict=True):
            follower.load_state_dict(known)


def _numbers(schedule: LRScheduler) -> dict[str, Any]:
    """Return the numbers that change in a schedule of torch."""
    names = ("last_epoch", "_step_count", "_last_lr", "best", "cooldown_counter", "num_bad_epochs")
    return {name: getattr(schedule, name) for name in names if hasattr(schedule, name)}
