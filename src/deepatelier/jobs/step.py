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
    """Where a job is.

    Attributes:
        index: The number of the step, from 1.
        of: How many there will be, at most.
        values: Numbers by their names: losses, sizes, counts.
        child: The name of the job of a batch that it belongs to; empty if it is the job's own.
        finished: The result of that job, if this is its end.
    """

    index: int
    of: int
    values: Mapping[str, float] = field(default_factory=dict)
    child: str = ""
    finished: Result | None = field(default=None, repr=False)
    _preview: Callable[[], Tensor] | None = field(default=None, repr=False, compare=False)
    _state: Callable[[], State] | None = field(default=None, repr=False, compare=False)

    @property
    def preview(self) -> Tensor | None:
        """What there is to see, (1, 3, H, W), sRGB in [0, 1]; None if nothing is. Made when it is asked for."""
        return None if self._preview is None else self._preview()

    @property
    def resumable(self) -> bool:
        """Whether it has a state."""
        return self._state is not None

    @property
    def state(self) -> State | None:
        """What is needed to go on after this step; None where a job cannot. Made when it is asked for.

        Raises:
            RuntimeError: A later step has been taken, and this state is gone.
        """
        return None if self._state is None else self._state()
