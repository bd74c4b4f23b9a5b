"""A step of a job."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from deepatelier.jobs.result import Result
    from deepatelier.jobs.state import State

__all__ = ["Step"]


@dataclass(frozen=True)
class Step:
    """The progress of a job.

    Attributes:
        index: The number of the step, from 1.
        of: The maximum number of steps.
        values: Numbers by name: losses, sizes, counts.
        text: What was written in this step, by a job that writes text.
        child: The name of the batch's child that it belongs to; empty for a step of the job itself.
        finished: The result of that child, if this is its last step.
    """

    index: int
    of: int
    values: Mapping[str, float] = field(default_factory=dict)
    child: str = ""
    finished: Result | None = field(default=None, repr=False)
    text: str = ""
    _preview: Callable[[], Tensor] | None = field(default=None, repr=False, compare=False)
    _state: Callable[[], State] | None = field(default=None, repr=False, compare=False)

    @property
    def preview(self) -> Tensor | None:
        """The picture so far, (1, 3, H, W), sRGB in [0, 1]; None if there is none. Computed on access."""
        return None if self._preview is None else self._preview()

    @property
    def resumable(self) -> bool:
        """Whether the step has a state."""
        return self._state is not None

    @property
    def state(self) -> State | None:
        """The state to resume from after this step; None if the job has none. Computed on access.

        Raises:
            RuntimeError: A later step was taken, so this state no longer exists.
        """
        return None if self._state is None else self._state()
