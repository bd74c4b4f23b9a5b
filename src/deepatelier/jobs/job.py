"""The base class of jobs: options and inputs, steps, and a result."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from deepatelier.errors import StateError
from deepatelier.jobs.context import Context
from deepatelier.options import PresetOptions

if TYPE_CHECKING:
    from torch import Tensor

    from deepatelier.jobs.output import Output
    from deepatelier.jobs.result import Result
    from deepatelier.jobs.state import State
    from deepatelier.jobs.step import Step

__all__ = ["Choice", "Job", "Plan", "Work"]

Work = Generator["Step", None, "Result"]
"""The steps of a job. The generator returns the job's result."""


class Plan(NamedTuple):
    """The estimated cost of a job.

    Attributes:
        steps: The maximum number of steps.
        memory: The peak memory of the process on the network's device, in bytes; None if unknown.
        seconds: The duration; None if unknown.
        size: Height and width of the picture, in pixels; None if there is none, or if unknown.
        device: The device of the network; empty for the one that the job's option names.
    """

    steps: int
    memory: int | None = None
    seconds: float | None = None
    size: tuple[int, int] | None = None
    device: str = ""


class Choice(NamedTuple):
    """A flag that selects one of a command's jobs.

    Attributes:
        flag: Its name, spelled like a field.
        value: The value that selects the job.
        about: The help text.
        others: The values that select the command's first job.
    """

    flag: str
    value: bool | str
    about: str
    others: tuple[str, ...] = ()


class Job(PresetOptions):
    """The options and inputs of a job. It is fully described by its JSON form.

    A job is validated on creation, immutable, and does not import torch before it runs. Its inputs are fields of the
    types in `deepatelier.inputs`.

    ::

        for step in job.run():
            print(step.index, step.values)
    """

    kind: ClassVar[str]
    """The name of this kind of job in the registry."""

    example: ClassVar[str]
    """An example command."""

    outputs: ClassVar[Mapping[str, Output]]
    """The outputs by name; the first one is the main output."""

    arguments: ClassVar[tuple[str, ...]] = ()
    """The inputs, or texts, that are positional arguments of the command. The last one may take several values."""

    has_steps: ClassVar[bool] = True
    """Whether it takes steps. Without any, it has no state, and cannot resume from a checkpoint."""

    choice: ClassVar[Choice | None] = None
    """The flag that selects this job, if it is not the first of its command."""

    @abstractmethod
    def plan(self, context: Context) -> Plan:
        """Estimate the cost. Opens the inputs; raises whatever `work` would raise before its first step."""

    @abstractmethod
    def work(self, context: Context, state: State | None) -> Work:
        """Generate the job's own steps; see `run`.

        To stop it, throw KeyboardInterrupt into the generator. If there is a result so far, it returns that, marked
        as interrupted; otherwise it lets the exception propagate.
        """

    def run(self, context: Context | None = None, state: State | None = None) -> Work:
        """Run the job step by step, or resume it after an earlier step from its state. Stop iterating to cancel it.

        Args:
            context: Where it runs, and how another thread cancels it.
            state: The state of an earlier step of an equal job, from this process or another.

        Returns:
            A generator of steps that returns the result.

        Raises:
            InputError: An input is invalid.
            StateError: It cannot resume from this state.
            KeyboardInterrupt: It was cancelled before there was a result.
        """
        context = context or Context()
        context.check()
        work = context.placed(self).work(context, state)
        stopped = False
        try:
            step = next(work)
            while True:
                try:
                    yield step
                    if not stopped:
                        context.check()
                except KeyboardInterrupt as stop:
                    stopped = True
                    step = work.throw(stop)
                else:
                    step = next(work)
        except StopIteration as done:
            result: Result = done.value
            return result
        finally:
            work.close()

    def recalled(self, context: Context, picture: Tensor) -> Result:  # noqa: ARG002
        """Return the result of an earlier run of this job, from its picture, (1, 3, H, W). Takes no step.

        Raises:
            StateError: Jobs of this kind make no picture.
        """
        raise StateError(f"A {self.kind} has no picture from which it could be recalled.")

    @classmethod
    def chosen_by(cls, given: Mapping[str, Any]) -> bool:
        """Return whether the given options select this job and not the command's first one."""
        return cls.choice is not None and given.get(cls.choice.flag) == cls.choice.value
