"""A network that is fitted to pictures, as Lightning takes it."""

from __future__ import annotations

from collections.abc import Callable

import lightning.pytorch as pl
import torch
import torchmetrics
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor, nn

from deepatelier.data import Labelled
from deepatelier.networks import Airbench
from deepatelier.training.batches import Batches, together
from deepatelier.training.optimizers import make_optimizer
from deepatelier.training.schedules import learning_rate_factor
from deepatelier.training.tasks import Task
from deepatelier.training.train_job import TrainingOptions

__all__ = ["PARTS", "SMALL", "TrainingModule", "averaged_scores"]

PARTS = ("training", "validation")
"""The parts that are measured: as many of the training pictures as there are to validate, and those."""

_PATIENCE = 3
"""Epochs without a better validation loss, after which ``plateau`` divides the learning rate by ten."""

_WHITENING_EPOCHS = 0.3
"""The share of the epochs in which the bias of airbench's first layer learns."""

SMALL = 0.75
"""Of the height and width of pictures, in the first epochs."""


class TrainingModule(pl.LightningModule):
    """Moves weights against the task's loss + λ₁·Σ|w| + λ₂·Σw², the sums over all weights but biases and norms' scales.

    With pretrained weights, batch normalisations keep the statistics that came with them, and their scales and shifts
    learn: a few steps on few pictures would leave statistics that fit neither the old weights nor the new.

    Both parts of `PARTS` are measured in evaluation mode, without changes of the pictures: the difference of their
    accuracies is the network's, and not that of dropout or augmentation.

    Args:
        network: Whose weights move.
        task: What it is to tell.
        options: See `TrainingOptions`.
        train, validation: The pictures.
        change: What is done to a batch of training pictures.

    Attributes:
        measured: What the last validation found, by part and name; who notes it empties it.
    """

    def __init__(
        self,
        network: nn.Module,
        task: Task,
        options: TrainingOptions,
        train: Labelled,
        validation: Labelled,
        change: Callable[[Tensor], Tensor] | None = None,
    ) -> None:
        super().__init__()
        self.network, self.task, self.options = network, task, options
        self._train_part, self._validation_part, self._change = train, validation, change
        self._losses = [torchmetrics.MeanMetric() for _ in PARTS]
        self._measures = [torchmetrics.MeanMetric() for _ in PARTS]
        self._metrics = nn.ModuleList([*self._losses, *self._measures])  # so that they move with the network
        self.measured: dict[str, float] = {}
        if isinstance(network, Airbench):
            network.whitening.weight.requires_grad_(False)
        self._penalized = [each for each in network.parameters() if each.ndim > 1 and each.requires_grad]

    @property
    def batch_size(self) -> int:
        """Pictures in a step."""
        size = self.options.batch_size
        return len(self._train_part) if size == "all" else min(size, len(self._train_part))

    def train_dataloader(self) -> Batches:
        """The training pictures, in another order each epoch."""
        return Batches(
            self._train_part,
            self.batch_size,
            self.device,
            shuffled=True,
            seed=self.options.seed,
            epoch=lambda: self.current_epoch,
            change=self._change,
            flip="flip" in self.options.augment,
            rank=self.global_rank,
            processes=self.trainer.world_size,
        )

    def val_dataloader(self) -> list[Batches]:
        """The parts that are measured."""
        count = len(self._validation_part)
        chosen = torch.randperm(len(self._train_part), generator=torch.Generator().manual_seed(0))[:count]
        parts = (self._train_part.take(chosen), self._validation_part)
        rank, processes = self.global_rank, self.trainer.world_size
        return [
            Batches(part, together(part), self.device, rank=rank, processes=processes) for part in parts if len(part)
        ]

    def on_train_epoch_start(self) -> None:
        """Keep the statistics of pretrained normalisations."""
        for module in self.network.modules() if self.options.weights else ():
            if isinstance(module, nn.modules.batchnorm._BatchNorm):
                module.eval()

    def on_before_optimizer_step(self, _optimizer: torch.optim.Optimizer) -> None:
        """Keep the bias of airbench's first layer after its time."""
        bias = self.network.whitening.bias if isinstance(self.network, Airbench) else None
        if bias is not None and self.current_epoch >= _WHITENING_EPOCHS * self.options.epochs:
            bias.grad = None

    def training_step(self, batch: tuple[Tensor, Tensor], _index: int) -> Tensor:
        """The loss of a batch with its penalties."""
        (images, targets), options = batch, self.options
        if self.current_epoch < options.progressive_resizing:
            images = nn.functional.interpolate(images, scale_factor=SMALL, mode="bilinear", antialias=True)
        loss = self.task.loss(self.network(images), targets)
        if options.l1:
            loss = loss + options.l1 * sum(weight.abs().sum() for weight in self._penalized)
        if options.l2 and options.optimizer != "adamw":
            loss = loss + options.l2 * sum(weight.square().sum() for weight in self._penalized)
        return loss

    def validation_step(self, batch: tuple[Tensor, Tensor], _index: int, dataloader_idx: int = 0) -> None:
        """Measure a batch of a part."""
        images, targets = batch
        outputs = averaged_scores(self.network, images, self.options.views)
        self._losses[dataloader_idx].update(self.task.loss(outputs, targets), len(images))
        self._measures[dataloader_idx].update(self.task.metric(outputs, targets))

    def on_validation_epoch_end(self) -> None:
        """Tell what was measured."""
        for number, part in enumerate(PARTS):
            for name, metrics in (("loss", self._losses), (self.task.measure, self._measures)):
                value = metrics[number].compute()
                metrics[number].reset()
                self.log(f"{part} {name}", value)
                self.measured[f"{part} {name}"] = value.item()

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """The optimiser and the schedule that the options name."""
        options = self.options
        optimizer = make_optimizer(self.network, options, self.batch_size)
        if options.schedule == "plateau":
            plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.1, patience=_PATIENCE)
            return {"optimizer": optimizer, "lr_scheduler": {"scheduler": plateau, "monitor": f"{PARTS[1]} loss"}}
        steps = int(self.trainer.estimated_stepping_batches)
        warm_up = round(options.warm_up * steps / max(1, options.epochs))
        factor = learning_rate_factor(options.schedule, steps, warm_up)
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}


def averaged_scores(network: nn.Module, images: Tensor, views: int) -> Tensor:
    """The scores of pictures, averaged over views of them.

    Args:
        network: Puts out (B, K).
        images: (B, C, H, W).
        views: 1, the pictures; 2, they and their mirror images; 6, those, and both moved by a pixel up and left and
            down and right, where the border is mirrored; the moved ones count as much as the others together.
    """
    if views == 1:
        return _scores(network, images)
    both = (_scores(network, images) + _scores(network, images.flip(-1))) / 2
    if views == 2:
        return both
    height, width = images.shape[-2:]
    around = nn.functional.pad(images, (1, 1, 1, 1), mode="reflect")
    moved = (around[..., :height, :width], around[..., 2:, 2:])
    return (both + sum(averaged_scores(network, each, 2) for each in moved) / len(moved)) / 2


def _scores(network: nn.Module, images: Tensor) -> Tensor:
    scores: Tensor = network(images)
    return scores.float()
