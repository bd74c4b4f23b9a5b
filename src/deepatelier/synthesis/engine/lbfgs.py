"""L-BFGS for pixels: one gradient evaluation per step, stable without a line search."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch
from torch import Tensor, nn

from deepatelier.synthesis.engine.optimizer import Optimizer

__all__ = ["LBFGS"]


class LBFGS(Optimizer):
    """x ← x − lr · H·g, where H approximates the inverse Hessian from the last pairs s = Δx, y = Δg.

    H·g is Nocedal's two-loop recursion around γ·P, with γ = s·y / y·P·y of the last pair. P is the identity, or the
    ``precondition``.

    Departures from ``torch.optim.LBFGS`` without line search; otherwise the two are identical:

    - While the history is empty, the step is P · g scaled to a mean absolute value of ``first_step``. torch scales its
      first step to a sum of 1, which is so short that rounding drowns the curvature; and where that curvature is
      negative it takes a step of the gradient's own length, which depends on the loss's unit and can destroy the
      picture.
    - The mean absolute value of a step is at most ``largest_step``.
    - A pair is kept if s·y > 1e-6 · ‖s‖·‖y‖, which does not depend on units; torch's bound is s·y > 1e-10.

    Nothing depends on the unit of the loss. The state is 2 · history times as large as the parameters.

    Args:
        params: The tensors to optimise; together they form one vector.
        lr: Factor on each step.
        history: Maximum number of pairs to keep.
        first_step: In the parameters' unit.
        largest_step: In the parameters' unit.
        precondition: Multiplies a tensor in the shape of a parameter by P. Linear, symmetric, positive definite.

    Source: Liu and Nocedal 1989, 'On the limited memory BFGS method for large scale optimization'.
    """

    def __init__(
        self,
        params: Iterable[nn.Parameter],
        lr: float = 1.0,
        history: int = 100,
        first_step: float = 1.0,
        largest_step: float = 16.0,
        precondition: Callable[[Tensor], Tensor] = lambda gradient: gradient,
    ) -> None:
        self._precondition = precondition
        super().__init__(params, lr=lr, history=history, first_step=first_step, largest_step=largest_step)

    @torch.no_grad()
    def step(self, closure: Callable[[], Tensor]) -> Tensor:
        """Evaluate the gradient once, then update. Returns what the closure returns: the loss before the update."""
        with torch.enable_grad():
            loss = closure()
        (group,) = self.param_groups
        parameters: list[Tensor] = group["params"]
        gradient = torch.cat([parameter.grad.reshape(-1) for parameter in parameters if parameter.grad is not None])
        state = self.state
        if not state:
            state |= {"s": [], "y": [], "rho": [], "gradient": None, "step": None}
        self._remember(state, gradient, group["history"])
        step = -self._two_loops(gradient, state) if state["s"] else -self._preconditioned(gradient)
        mean = step.abs().mean()
        if not state["s"]:
            step *= group["first_step"] / mean.clamp_min(torch.finfo(mean.dtype).tiny)
        else:
            step *= group["largest_step"] / mean.clamp_min(group["largest_step"])
        step *= group["lr"]
        state["gradient"], state["step"] = gradient, step
        for parameter, part in zip(parameters, self._parts(step), strict=True):
            parameter += part
        return loss

    @staticmethod
    def _remember(state: dict[str, Any], gradient: Tensor, history: int) -> None:
        """Append the pair of the last update if its curvature is positive."""
        if state["gradient"] is None:
            return
        s, y = state["step"], gradient - state["gradient"]
        curvature = s.dot(y)
        if curvature > 1e-6 * s.norm() * y.norm():
            for name, value in (("s", s), ("y", y), ("rho", 1 / curvature)):
                state[name] = [*state[name], value][-history:]

    def _two_loops(self, gradient: Tensor, state: dict[str, Any]) -> Tensor:
        """H·g: Nocedal's two-loop recursion over the pairs, oldest first; ρ = 1 / s·y of each."""
        s: list[Tensor] = state["s"]
        y: list[Tensor] = state["y"]
        rho: list[Tensor] = state["rho"]
        q = gradient.clone()
        alpha = []
        for s_i, y_i, rho_i in zip(reversed(s), reversed(y), reversed(rho), strict=True):
            alpha.append(rho_i * s_i.dot(q))
            q.addcmul_(y_i, -alpha[-1])
        q = self._preconditioned(q) * (s[-1].dot(y[-1]) / y[-1].dot(self._preconditioned(y[-1])))
        for s_i, y_i, rho_i, a in zip(s, y, rho, reversed(alpha), strict=True):
            q.addcmul_(s_i, a - rho_i * y_i.dot(q))
        return q

    def _preconditioned(self, vector: Tensor) -> Tensor:
        return torch.cat([self._precondition(part).reshape(-1) for part in self._parts(vector)])

    def _parts(self, vector: Tensor) -> Iterator[Tensor]:
        """Yield the part of a vector that belongs to each parameter, in its shape."""
        parameters: list[Tensor] = self.param_groups[0]["params"]
        parts: tuple[Tensor, ...] = torch.split(vector, [parameter.numel() for parameter in parameters])
        return (part.view_as(parameter) for part, parameter in zip(parts, parameters, strict=True))
