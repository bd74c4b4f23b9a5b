"""What is to be told of a picture, and how far from it an answer is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from torch import Tensor
from torch.nn import functional

__all__ = ["Classification", "Regression", "Task", "squared_loss"]


def squared_loss(outputs: Tensor, wanted: Tensor) -> Tensor:
    """The mean over the pictures of Σ_k (y_k − t_k)², outputs y and wanted t (B, K)."""
    return (outputs.float() - wanted).square().sum(dim=1).mean()


class Task(Protocol):
    """What is to be told of a picture.

    Attributes:
        measure: The name of what is measured beside the loss.
        outputs: How many values the network puts out.
    """

    measure: str

    @property
    def outputs(self) -> int:
        """How many values the network puts out."""

    def wanted(self, targets: Tensor) -> Tensor:
        """The outputs at which the squared loss is zero, (B, outputs)."""

    def loss(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """The mean over the pictures of what is made small, ()."""

    def metric(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """What is measured, for each picture, (B,)."""


@dataclass(frozen=True)
class Classification:
    """One of several classes: cross-entropy −Σ_k t_k·log softmax(y)_k, or the squared loss Σ_k (y_k − t_k)².

    Args:
        classes: Their names.
        kind: The loss.
        smoothing: ε of t = (1 − ε)·(1 for the class, else 0) + ε/K (Szegedy et al., 2015, section 7).
    """

    classes: tuple[str, ...]
    kind: Literal["cross-entropy", "squared"] = "cross-entropy"
    smoothing: float = 0.0
    measure = "accuracy"

    @property
    def outputs(self) -> int:  # noqa: D102
        return len(self.classes)

    def loss(self, outputs: Tensor, targets: Tensor) -> Tensor:  # noqa: D102
        if self.kind == "cross-entropy":
            return functional.cross_entropy(outputs.float(), targets, label_smoothing=self.smoothing)
        return squared_loss(outputs, self.wanted(targets))

    def wanted(self, targets: Tensor) -> Tensor:  # noqa: D102
        classes = functional.one_hot(targets, self.outputs).float()
        return classes * (1 - self.smoothing) + self.smoothing / self.outputs

    def metric(self, outputs: Tensor, targets: Tensor) -> Tensor:  # noqa: D102
        return (outputs.argmax(dim=1) == targets).float()


@dataclass(frozen=True)
class Regression:
    """Several values: the squared loss Σ_k (y_k − t_k)²; what is measured beside it is the mean of |y_k − t_k|.

    Args:
        values: Their names.
    """

    values: tuple[str, ...]
    measure = "absolute error"

    @property
    def outputs(self) -> int:  # noqa: D102
        return len(self.values)

    def loss(self, outputs: Tensor, targets: Tensor) -> Tensor:  # noqa: D102
        return squared_loss(outputs, targets)

    def wanted(self, targets: Tensor) -> Tensor:  # noqa: D102
        return targets

    def metric(self, outputs: Tensor, targets: Tensor) -> Tensor:  # noqa: D102
        return (outputs.float() - targets).abs().mean(dim=1)
