"""The outputs of a network for many pictures, and their metrics."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from deepatelier.data import Labelled
from deepatelier.training.averaged_scores import averaged_scores
from deepatelier.training.batches import Batches, together
from deepatelier.training.tasks.supervised import SupervisedTask

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
    """Return the outputs of a network in evaluation mode, (N, K) float32 on the CPU.

    Args:
        network: The network. Its mode is restored afterwards.
        part: The pictures.
        device: The device; None is the CPU.
        dtype: The number format of the layers, as in a training of this precision.
        views: See `averaged_scores`.
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


def measured(task: SupervisedTask, outputs: Tensor, part: Labelled, name: str) -> dict[str, float]:
    """Return the loss and the metric of outputs, named as in the rows of a training."""
    return {
        f"{name} loss": task.loss(outputs, part.targets).item(),
        f"{name} {task.measure}": task.metric(outputs, part.targets).mean().item(),
    }
