"""The metadata of a file of trained weights."""

from __future__ import annotations

from deepatelier.data import Labelled
from deepatelier.networks import Network, Trained
from deepatelier.training.initial_network import InitialModel
from deepatelier.training.tasks.supervised import SupervisedTask
from deepatelier.training.training_record import TrainingDetails

__all__ = ["about_network", "few_weights"]

_FEW = 8
"""The maximum number of parameters to show."""


def about_network(
    network: Network, initial: InitialModel, task: SupervisedTask, details: TrainingDetails, train: Labelled
) -> Trained:
    """Return the metadata for the file of trained weights."""
    values = details.values
    return Trained.normalized(
        network,
        network=initial.name,
        options=initial.options,
        classes=details.classes,
        values=getattr(task, "numbers", values),
        shift=getattr(task, "shift", (0.0,) * len(values)),
        scale=getattr(task, "scale", (1.0,) * len(values)),
        input_size=tuple(train.images.shape[1:]),
    )


def few_weights(network: Network) -> list[str]:
    """Return a line of text with the weights of a very small network, such as a linear fit; nothing for others."""
    if sum(each.numel() for each in network.parameters()) > _FEW:
        return []
    names = [(name.rpartition(".")[2], each.flatten().tolist()) for name, each in network.named_parameters()]
    return ["; ".join(f"{name} {', '.join(f'{value:.4g}' for value in values)}" for name, values in names)]
