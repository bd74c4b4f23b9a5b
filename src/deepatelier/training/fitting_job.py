"""The base class of jobs that fit one network and write a run folder."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from deepatelier.errors import OptionError
from deepatelier.inputs import DataInput
from deepatelier.jobs import Context, Job, Plan, State, Work

if TYPE_CHECKING:
    from deepatelier.training.evaluated import Evaluated
    from deepatelier.training.fitting import Fitting

__all__ = ["FittingJob"]


class FittingJob(Job):
    """A job that fits one network to data, and writes weights, learning curves, history and record to a run folder.

    Attributes:
        free: The options on which the weights do not depend, up to rounding.
        then: Commands that use the network, with {folder} and {dataset} in them.
    """

    arguments: ClassVar = ("dataset",)
    then: ClassVar[tuple[str, ...]] = ("evaluate {folder} {dataset}",)
    free: ClassVar[frozenset[str]] = frozenset({"device"})

    if TYPE_CHECKING:  # every such job has these fields, with defaults and help texts of its own
        dataset: DataInput
        seed: int = 0
        epochs: int = 1
        device: str = "auto"

    resume: bool = Field(False, exclude=True, description="Resume the training in the run folder.")

    @abstractmethod
    def fitting(self, context: Context) -> Fitting:
        """Open the data, and return what is fitted to what. Raises all errors of options and inputs."""

    @abstractmethod
    def name(self, context: Context) -> str:
        """Return the name of the default run folder, from the data and the network."""

    def evaluated(self, folder: Path, part: str, context: Context) -> Evaluated:
        """Return the measures of the network in a run folder on a part of the data of this job.

        Args:
            folder: The run folder. This job has the options of its record.
            part: ``test`` or ``validation``.
            context: Where it runs.
        """
        del part, context
        raise OptionError(f"{folder} has no targets to evaluate: {type(self).__doc__}")

    def commands(self) -> tuple[str, ...]:
        """Return the commands of `then` that fit this job."""
        return self.then

    def plan(self, context: Context) -> Plan:
        """See `Job`. Opens the data."""
        from deepatelier.training.fitting_run import prepared

        return Plan(prepared(self, context).planned)

    def work(self, context: Context, state: State | None) -> Work:
        """See `Job`. With ``resume``, it continues from the checkpoint in its run folder."""
        from deepatelier.jobs import isolated
        from deepatelier.training.fitting_run import trained

        result = yield from isolated(trained(self, context, state), self.seed)
        return result

    def default_folder(self, context: Context) -> Path:
        """Return the first free folder of runs/NAME, runs/NAME-2 …"""
        from deepatelier.files import free_folder

        return free_folder(Path("runs") / self.name(context))
