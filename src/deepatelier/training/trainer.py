"""Gradient descent on a network's weights, carried out by Lightning."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightning.pytorch as pl
import torch
from lightning.pytorch.callbacks import EarlyStopping, ModelCheckpoint

from deepatelier.errors import OptionError, WeightsError
from deepatelier.extras import from_extra
from deepatelier.training.history import History
from deepatelier.training.interruption import Stop
from deepatelier.training.lookahead import Lookahead
from deepatelier.training.module import PARTS, TrainingModule

__all__ = ["CHECKPOINT_NAME", "Trainer", "is_global_zero"]

_SUFFIX = ".ckpt"
_CHECKPOINT, _BEST = "checkpoint", "best"

CHECKPOINT_NAME = f"{_CHECKPOINT}{_SUFFIX}"
"""The file in a training's folder from which it goes on."""

_JUDGED_BY = f"{PARTS[1]} loss"

for _name in ("lightning.pytorch", "lightning.fabric"):
    logging.getLogger(_name).setLevel(logging.ERROR)


def is_global_zero() -> bool:
    """Whether this is the first process of a training, which writes the files and speaks."""
    return os.environ.get("LOCAL_RANK", "0") == "0"


@dataclass(frozen=True)
class Trainer:
    """A phase of a training: so many epochs of one network.

    Args:
        module: The network with its task, options and pictures.
        history: Takes down what happens.
        stop: Ends it when it was asked to.
        folder: Where the checkpoint is.
        device, precision: Where and in which number format it computes.
        validates: Whether there are pictures to validate with.
        keeps: Whether there is a checkpoint after each epoch.
        tensorboard: Whether what is measured is written for TensorBoard too.
    """

    module: TrainingModule
    history: History
    stop: Stop
    folder: Path
    device: torch.device
    precision: torch.dtype
    validates: bool
    keeps: bool = True
    tensorboard: bool = False

    @property
    def has_checkpoint(self) -> bool:
        """Whether one is there to go on from."""
        return self._checkpoint.exists()

    def run(self, *, goes_on: bool = False) -> int | None:
        """Move the weights.

        Args:
            goes_on: Begin with the checkpoint.

        Returns:
            The epoch whose weights are kept, where training stopped early; None for the last.

        Raises:
            OptionError: The loss is not a number any more.
            WeightsError: The checkpoint is damaged or of another network.
            Stopped: It was asked to end.
        """
        options, module = self.module.options, self.module
        best = _checkpoint(self.folder, _BEST, _JUDGED_BY) if options.early_stopping and self.keeps else None
        trainer = pl.Trainer(
            **_place(self.device, options.processes),
            precision="bf16-mixed" if self.precision == torch.bfloat16 else "32-true",
            max_epochs=options.epochs,
            callbacks=self._callbacks(best),
            logger=self._logger(),
            gradient_clip_val=options.clip_gradient,
            check_val_every_n_epoch=min(options.validate_every, options.epochs),
            limit_val_batches=None if self.validates else 0,
            num_sanity_val_steps=0,
            enable_checkpointing=self.keeps,
            enable_progress_bar=False,
            enable_model_summary=False,
            default_root_dir=self.folder,
            use_distributed_sampler=False,
        )
        if goes_on:
            self._check_checkpoint()
        checkpoint = self._checkpoint if goes_on else None
        trainer.fit(module.to(memory_format=torch.channels_last), ckpt_path=checkpoint)
        if self.validates and _JUDGED_BY not in self.history.rows[-1]:
            trainer.validate(module, verbose=False)
            self.history.rows[-1] |= module.measured
        self.stop.check()
        return None if best is None or not is_global_zero() else self._take(self.folder / f"{_BEST}{_SUFFIX}")

    @property
    def _checkpoint(self) -> Path:
        return self.folder / CHECKPOINT_NAME

    def _callbacks(self, best: ModelCheckpoint | None) -> list[pl.Callback]:
        options = self.module.options
        callbacks: list[pl.Callback] = [self.history, self.stop]
        if options.optimizer == "airbench":
            callbacks.append(Lookahead())
        if self.keeps:
            callbacks.append(_checkpoint(self.folder, _CHECKPOINT))
        if best is not None and options.early_stopping:
            stops = EarlyStopping(
                _JUDGED_BY,
                min_delta=options.tolerance,
                patience=options.early_stopping,
                check_on_train_epoch_end=False,
                verbose=False,
            )
            callbacks += [best, stops]
        return callbacks

    def _logger(self) -> Any:
        if not self.tensorboard:
            return False
        from_extra("tensorboard", "tensorboard")
        loggers = from_extra("lightning.pytorch.loggers", "train")
        return loggers.TensorBoardLogger(self.folder, name="", version="tensorboard")

    def _take(self, path: Path) -> int:
        """Give the network the weights of a checkpoint; their epoch."""
        kept = torch.load(path, weights_only=True)
        prefix, state = "network.", kept["state_dict"]
        own = {name.removeprefix(prefix): each for name, each in state.items() if name.startswith(prefix)}
        self.module.network.load_state_dict(own)
        return int(kept["epoch"]) + 1 + self.history.epochs_before

    def _check_checkpoint(self) -> None:
        path = self._checkpoint
        try:
            known = torch.load(path, map_location="cpu", weights_only=True)["state_dict"]
            shapes = {name: tensor.shape for name, tensor in known.items()}
        except Exception as error:  # a damaged pickle raises what it likes
            raise WeightsError(f"The checkpoint {path} is damaged. Train anew in another folder.") from error
        if shapes != {name: tensor.shape for name, tensor in self.module.state_dict().items()}:
            raise WeightsError(f"The checkpoint {path} is of another network. Train anew in another folder.")


def _checkpoint(folder: Path, name: str, monitor: str | None = None) -> ModelCheckpoint:
    return ModelCheckpoint(
        dirpath=folder,
        filename=name,
        monitor=monitor,
        save_top_k=1,
        save_weights_only=monitor is not None,
        enable_version_counter=False,
        save_on_train_epoch_end=monitor is None,
    )


def _place(device: torch.device, processes: int) -> dict[str, Any]:
    if device.type == "cuda":
        devices: Any = processes if processes > 1 else [device.index or 0]
        return {"accelerator": "gpu", "devices": devices, "strategy": "ddp" if processes > 1 else "auto"}
    if processes > 1 and device.type != "cpu":
        raise OptionError(f"{device.type} takes one process. Leave --processes out.")
    accelerator = "mps" if device.type == "mps" else "cpu"
    return {"accelerator": accelerator, "devices": processes, "strategy": "ddp" if processes > 1 else "auto"}
