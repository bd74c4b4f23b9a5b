"""Map the items of a generator to steps, and forward exceptions."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TypeVar

from deepatelier.jobs.step import Step

__all__ = ["mapped"]

_Given = TypeVar("_Given")
_Returned = TypeVar("_Returned")


def mapped(
    steps: Generator[_Given, None, _Returned], change: Callable[[_Given], Step]
) -> Generator[Step, None, _Returned]:
    """Yield each item of a generator as the step that a function makes of it.

    A KeyboardInterrupt that is thrown into this generator is forwarded to the inner one.

    Returns:
        A generator that returns what the inner one returns.
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
