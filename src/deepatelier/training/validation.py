"""Metrics on parts of the data, after an epoch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import torch
from lightning_fabric import Fabric

from deepatelier.training.history import Row
from deepatelier.training.tasks.task import Networks, Task

__all__ = ["Validation"]


class Validation:
    """Measures networks on parts of the data, in evaluation mode and without augmentation.

    Args:
        task: The task, with its metrics.
        parts: The batches of each part, by the part's name.
        fabric: The device and the processes, each of which evaluates its share of the batches.
    """

    def __init__(self, task: Task, parts: Mapping[str, Iterable[Any]], fabric: Fabric) -> None:
        self._task, self._parts = task, parts
        self._metrics = {
            part: {name: metric.to(fabric.device) for name, metric in task.metrics().items()} for part in parts
        }

    @torch.no_grad()
    def __call__(self, networks: Networks) -> Row:
        """Return each metric, named by the part and the metric."""
        row: Row = {}
        for network in networks.values():
            network.eval()
        for part, batches in self._parts.items():
            metrics = self._metrics[part]
            for batch in batches:
                self._task.update(metrics, networks, batch)
            for name, metric in metrics.items():
                row[f"{part} {name}"] = metric.compute().item()
                metric.reset()
        return row
