"""Reconstruction: an autoencoder makes each picture again from its code."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import ClassVar, cast

import torch
from lightning_fabric.wrappers import _FabricModule
from torch import Tensor
from torchmetrics import Metric

from deepatelier.networks.autoencoders import Autoencoder
from deepatelier.training.tasks.supervised import NETWORK, squared_loss
from deepatelier.training.tasks.task import Networks, Task, Turn
from deepatelier.training.weighted_mean import WeightedMean

__all__ = ["AutoencoderTask", "Reconstruction", "squared_distance"]


def squared_distance(images: Tensor, targets: Tensor) -> Tensor:
    """Return the mean over the batch of ‖x − x'‖², (), for pictures (B, C, H, W)."""
    return squared_loss(images.flatten(1), targets.flatten(1))


class AutoencoderTask(Task):
    """A task whose metric is the mean of (x − x')² over all pixels. A batch is a pair of pictures and their targets.

    The targets are ignored: an autoencoder learns from pictures alone.
    """

    measure: ClassVar[str] = "squared error"

    @abstractmethod
    def objective(self, network: Autoencoder, images: Tensor) -> tuple[Tensor, Tensor]:
        """Return the mean loss of a batch, (), and the reconstructed pictures, (B, C, H, W)."""

    def turns(self, networks: Networks, batch: tuple[Tensor, Tensor]) -> Iterator[Turn]:
        """See `Task`."""
        objective, _ = self.objective(_autoencoder(networks), batch[0])
        yield Turn(NETWORK, objective)

    def metrics(self) -> dict[str, Metric]:
        """See `Task`."""
        return {"loss": WeightedMean(), self.measure: WeightedMean()}

    def update(self, metrics: Mapping[str, Metric], networks: Networks, batch: tuple[Tensor, Tensor]) -> None:
        """See `Task`. Random numbers are the same for each batch, so that epochs can be compared."""
        images, _ = batch
        with torch.random.fork_rng(devices=[images.device] if images.is_cuda else []):
            torch.manual_seed(0)
            objective, reconstructed = self.objective(_autoencoder(networks), images)
        metrics["loss"].update(objective, len(images))
        metrics[self.measure].update((reconstructed.float() - images).square().mean(dim=(1, 2, 3)))


class Reconstruction(AutoencoderTask):
    """L = ‖x − Dec(Enc(x))‖².

    Source: the lecture slides, 'Fully-Connected (Multilayer-Perceptron) Autoencoder'.
    """

    def objective(self, network: Autoencoder, images: Tensor) -> tuple[Tensor, Tensor]:  # noqa: D102
        reconstructed = network(images)
        return squared_distance(reconstructed, images), reconstructed


def _autoencoder(networks: Networks) -> Autoencoder:
    """Return the network, with its methods in the precision of the training."""
    network = networks[NETWORK]
    if isinstance(network, _FabricModule):
        for name in ("encode", "decode", "distribution"):
            if hasattr(network.module, name):
                network.mark_forward_method(name)
    return cast("Autoencoder", network)
