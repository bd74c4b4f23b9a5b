"""What a training of sequences, word vectors or autoencoders fits to what, before anything is fitted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import Tensor

from deepatelier.inputs import Input
from deepatelier.training.fit import BatchSource
from deepatelier.training.player import Player
from deepatelier.training.processes import fabric_for
from deepatelier.training.tasks.task import Task

__all__ = ["Fitting", "data_input_of"]


@dataclass(frozen=True)
class Fitting:
    """A network, and the task and the data to which it is fitted.

    Attributes:
        title: The title of the learning curves.
        task: The objective and the metrics.
        player: The network with its optimizer.
        batches: The batches of the training part.
        measured: The batches of the parts that are measured after an epoch, by the name of the part; see
            `deepatelier.training.parts.PARTS`.
        measure: The name of the metric that is drawn beside the loss.
        save: Returns the bytes of the weights file, for the present weights.
        data: The name and the sha256 of the data.
        details: Entries of the record: numbers of examples, sizes of vocabularies, parameters …
        device: Where it is fitted.
        precision: float32, or bfloat16 with weights in float32.
        notes: Messages for the user.
        views: Returns pictures of the network in its present state by name, (1, 3, H, W) each: the frames of films over
            the training.
        frames: The number of frames of these films.
        sample: Returns something that the network makes, to be read or looked at after the training, by file name: the
            bytes of a text or a picture.
    """

    title: str
    task: Task
    player: Player
    batches: BatchSource
    measured: Mapping[str, Iterable[Any]]
    measure: str
    save: Callable[[], bytes]
    data: Input
    details: Mapping[str, Any]
    device: torch.device
    precision: torch.dtype = torch.float32
    notes: tuple[str, ...] = ()
    views: Callable[[], Mapping[str, Tensor]] = field(default=dict)
    frames: int = 0
    sample: Callable[[], Mapping[str, bytes]] = field(default=dict)

    @property
    def parameters(self) -> int:
        """The number of parameters of the network."""
        return sum(each.numel() for each in self.player.network.parameters())

    def fabric(self) -> Fabric:
        """Return the device and the precision, launched, for one process."""
        return fabric_for(self.device, self.precision, 1)


def data_input_of(source: str, named: Collection[str], sha256: str) -> Input:
    """Return the name and the checksum of data.

    Args:
        source: Their name, or the path of the user's own.
        named: The names of data that are no files.
        sha256: The checksum of the data, for those.
    """
    return Input(name=source, sha256=sha256) if source in named else Input.of(source)
