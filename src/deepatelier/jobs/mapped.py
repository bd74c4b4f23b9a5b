"""The steps of another generator, changed."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TypeVar

from deepatelier.jobs.step import Step

__all__ = ["mapped"]

_Returned = TypeVar("_Returned")


def mapped(steps: Generator[Step, None, _Returned], change: Callable[[Step], Step]) -> Generator[Step, None, _Returned]:
    """Each step as a function changes it; what stops the one who waits for it stops the other generator.

    Returns:
        A generator that returns what the other one returns.
    """
    try:
        step = next(steps)
        while True:
            try:
                yield change(step)
            except KeyboardInterrupt as stop:
                step = steps.throw(stop)
            else:
                step = next(steps)
    except StopIteration as done:
        returned: _Returned = done.value
        return returned
    finally:
        steps.close()
