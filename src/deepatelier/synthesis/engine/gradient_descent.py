"""Gradient descent with a normalised step length."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

from deepatelier.synthesis.engine.optimizer import Optimizer

__all__ = ["GradientDescent"]


class GradientDescent(Optimizer):
    """x ← x − lr · g / mean|g|: plain gradient descent whose steps have a mean absolute value of ``lr``.

    The basic update I ← I + ∂S/∂I has no step size. Divided by its mean, the gradient has a length that depends neither
    on the network nor on the scale of the objective, as in the original DeepDream program. Where the gradient is 0,
    nothing moves.

    Args:
        params: The tensors to optimise; the mean is over all of them.
        lr: Mean absolute value of a step, in the parameters' unit.

    Source: Simonyan, Vedaldi and Zisserman (2014), section 2; Mordvintsev, Olah and Tyka (2015), the DeepDream program.
    """

    def __init__(self, params: Iterable[nn.Parameter], lr: float) -> None:
        super().__init__(params, lr=lr)

    @torch.no_grad()
    def step(self, closure: Callable[[], Tensor]) -> Tensor:
        """Evaluate the gradient, then update. Returns what the closure returns: the loss before the update."""
        with torch.enable_grad():
            loss = closure()
        (group,) = self.param_groups
        moved = [parameter for parameter in group["params"] if parameter.grad is not None]
        total = torch.stack([parameter.grad.abs().sum() for parameter in moved]).sum()
        mean = total / sum(parameter.numel() for parameter in moved)
        for parameter in moved:
            parameter.addcdiv_(parameter.grad, mean.clamp_min(torch.finfo(mean.dtype).tiny), value=-group["lr"])
        return loss
