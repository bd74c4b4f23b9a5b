"""Classification into one of several classes."""

from __future__ import annotations

from typing import Literal

from torch import Tensor
from torch.nn import functional

from deepatelier.training.tasks.supervised import SupervisedTask, squared_loss

__all__ = ["Classification"]


class Classification(SupervisedTask):
    """Classification by the cross-entropy −Σ_k t_k·log softmax(y)_k or the squared loss Σ_k (y_k − t_k)².

    Args:
        classes: The names of the classes.
        kind: The loss.
        smoothing: ε of t = (1 − ε)·(1 for the class, else 0) + ε/K (Szegedy et al., 'Rethinking the Inception
            Architecture for Computer Vision', 2015, section 7).
        views: The number of views over which scores are averaged in evaluation.
    """

    measure = "accuracy"

    def __init__(
        self,
        classes: tuple[str, ...],
        kind: Literal["cross-entropy", "squared"] = "cross-entropy",
        smoothing: float = 0.0,
        views: int = 1,
    ) -> None:
        self.classes, self.kind, self.smoothing, self.views = classes, kind, smoothing, views

    @property
    def outputs(self) -> int:  # noqa: D102
        return len(self.classes)

    def loss(self, outputs: Tensor, targets: Tensor) -> Tensor:  # noqa: D102
        if self.kind == "cross-entropy":
            return functional.cross_entropy(outputs.float(), targets, label_smoothing=self.smoothing)
        return squared_loss(outputs, self.as_outputs(targets))

    def as_outputs(self, targets: Tensor) -> Tensor:  # noqa: D102
        classes = functional.one_hot(targets, self.outputs).float()
        return classes * (1 - self.smoothing) + self.smoothing / self.outputs

    def metric(self, outputs: Tensor, targets: Tensor) -> Tensor:  # noqa: D102
        return (outputs.argmax(dim=1) == targets).float()
