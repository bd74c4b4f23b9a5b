"""What a network says of many pictures."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from deepatelier.data import Labelled
from deepatelier.training.batches import Batches, together
from deepatelier.training.module import averaged_scores
from deepatelier.training.tasks import Task

__all__ = ["measured", "outputs_of"]


@torch.no_grad()
def outputs_of(
    network: nn.Module,
    part: Labelled,
    *,
    device: torch.device | None = None,
    dtype: torch.dtype = torch.float32,
    views: int = 1,
) -> Tensor:
    """The outputs of a network in evaluation mode, (N, K) float32 on the CPU.

    Args:
        network: Takes the pictures; it stays in the mode in which it is.
        part: The pictures.
        device: Where it computes; None is the CPU.
        dtype: bfloat16 computes the layers in it, as a training in that precision.
        views: As of `averaged_scores`.
    """
    device = device or torch.device("cpu")
    was_training = network.training
    network.eval().to(device)
    try:
        with torch.autocast(device.type, dtype, dtype != torch.float32):
            batches = Batches(part, together(part), device)
            found = [averaged_scores(network, images, views).cpu() for images, _ in batches]
    finally:
        network.train(was_training)
    return torch.cat(found)


def measured(task: Task, outputs: Tensor, part: Labelled, name: str) -> dict[str, float]:
    """The loss and the measure of outputs, under the names that a training's rows have."""
    return {
        f"{name} loss": task.loss(outputs, part.targets).item(),
        f"{name} {task.measure}": task.metric(outputs, part.targets).mean().item(),
    }
