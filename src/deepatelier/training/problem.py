"""What is fitted to what: the parts of a data set, the task and the initial network, before anything is fitted."""

from __future__ import annotations

from dataclasses import dataclass

from deepatelier.data import Dataset, Split
from deepatelier.networks import Trained
from deepatelier.training.contradictions import check_parts
from deepatelier.training.initial_network import InitialModel, initial_model, network_for, resized
from deepatelier.training.parts import parts_of
from deepatelier.training.task_of import task_of
from deepatelier.training.tasks.supervised import SupervisedTask
from deepatelier.training.train_job import TrainingOptions
from deepatelier.training.training_record import TrainingDetails, fingerprints

__all__ = ["Problem"]


@dataclass(frozen=True)
class Problem:
    """A network and the data to which it is fitted, by training or in closed form.

    Attributes:
        parts: The parts of the data set, in a size that the network accepts.
        task: The task, with the targets and the metrics.
        initial: The network before it is fitted.
        details: The details of the record at the start.
    """

    parts: Split
    task: SupervisedTask
    initial: InitialModel
    details: TrainingDetails

    @classmethod
    def of(cls, dataset: Dataset, options: TrainingOptions) -> Problem:
        """Return the problem that options describe.

        Raises:
            UnknownNameError: There is no such network, initialization or weights.
            OptionError: An option does not suit the data set or the network.
            WeightsError: Pretrained weights are not available, or are damaged.
        """
        dataset = resized(dataset, network_for(options, dataset.shape), progressive=options.progressive_resizing > 0)
        parts = parts_of(dataset, options)
        check_parts(options, parts)
        task = task_of(dataset, parts.train, options)
        initial = initial_model(options, dataset, parts.train, task.outputs)
        initial.network.classes = dataset.classes
        details = TrainingDetails(
            dataset=dataset.name,
            network=initial.name,
            parameters=sum(each.numel() for each in initial.network.parameters()),
            classes=dataset.classes,
            values=dataset.values,
            parts=fingerprints(parts),
            recurrent_layers=getattr(initial.network, "computed_by", ""),
        )
        return cls(parts, task, initial, details)

    def about(self) -> Trained:
        """Return the metadata for the file of the fitted weights."""
        values = self.details.values
        return Trained.normalized(
            self.initial.network,
            network=self.initial.name,
            options=self.initial.options,
            classes=self.details.classes,
            values=getattr(self.task, "numbers", values),
            shift=getattr(self.task, "shift", (0.0,) * len(values)),
            scale=getattr(self.task, "scale", (1.0,) * len(values)),
            input_size=tuple(self.parts.train.images.shape[1:]),
        )
