"""What a job is: options and inputs, steps, and a result."""

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
"""The steps of a job; what it returns is its result."""


class Plan(NamedTuple):
    """What a job will take.

    Attributes:
        steps: How many there will be, at most.
        memory: Bytes that the process will have at most where the network runs; None if it is not known.
        seconds: How long it will take; None if it is not known.
        size: Height and width of the picture, in pixels; None if it makes none, or it is not known.
    """

    steps: int
    memory: int | None = None
    seconds: float | None = None
    size: tuple[int, int] | None = None


class Choice(NamedTuple):
    """A flag by which one of a command's jobs is chosen.

    Attributes:
        flag: Its name, as a field has it.
        value: What it has to be.
        about: What it does, for the help.
        others: Words that mean the command's first job.
    """

    flag: str
    value: bool | str
    about: str
    others: tuple[str, ...] = ()


class Job(PresetOptions):
    """Options and inputs of something that takes longer than a moment: the whole job, as JSON.

    A job is validated and frozen when it is made, and imports no torch before it runs. Inputs are fields of the types
    of `deepatelier.inputs`.

    ::

        for step in job.run():
            print(step.index, step.values)
    """

    kind: ClassVar[str]
    """The name under which the registry has it."""

    example: ClassVar[str]
    """A command that makes one."""

    outputs: ClassVar[Mapping[str, Output]]
    """What it makes, by name; the first is the main one."""

    arguments: ClassVar[tuple[str, ...]] = ()
    """The inputs that a command takes by their place; of the last there may be several."""

    choice: ClassVar[Choice | None] = None
    """The flag that means this job, where it is not the first of its command."""

    @abstractmethod
    def plan(self, context: Context) -> Plan:
        """What it will take. Opens the inputs; raises what `work` would raise before its first step."""

    @abstractmethod
    def work(self, context: Context, state: State | None) -> Work:
        """The job's own steps; see `run`. Who stops it throws KeyboardInterrupt where it waits: a job that has
        something to show then returns its result, marked as interrupted; any other lets it pass.
        """

    def run(self, context: Context | None = None, state: State | None = None) -> Work:
        """Do the job, step by step; after an earlier step if its state is given. To cancel is to stop iterating.

        Args:
            context: Where it runs, and how it is cancelled from elsewhere.
            state: Of an earlier step of an equal job, in this process or another.

        Returns:
            A generator of steps, which returns the result.

        Raises:
            InputError: An input cannot be used.
            StateError: It cannot go on from this state.
            KeyboardInterrupt: It was cancelled, and there is nothing yet.
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
        """The result of this job if it was carried out before, from its picture, (1, 3, H, W). Takes no step.

        Raises:
            StateError: A job of this kind makes no picture.
        """
        raise StateError(f"A {self.kind} has no picture from which it could be recalled.")

    @classmethod
    def chosen_by(cls, given: Mapping[str, Any]) -> bool:
        """Whether what a user gives to a command means this job, and not the command's first one."""
        return cls.choice is not None and given.get(cls.choice.flag) == cls.choice.value
