"""The random numbers that belong to the whole process, for code that draws from no generator of its own.

Lightning, kornia, dropout and torch's default initialisation draw from them. Jobs that use these run isolated, so that
they disturb neither each other nor the caller.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

__all__ = ["isolated"]

_Step = TypeVar("_Step")
_Returned = TypeVar("_Returned")


def isolated(steps: Generator[_Step, None, _Returned], seed: int) -> Generator[_Step, None, _Returned]:
    """The steps of a generator, which has the process's random numbers for itself while it runs.

    Between its steps, and after it, they are what they were for the caller: torch's on the CPU and on CUDA or MPS where
    these are used, numpy's and Python's. So generators may be taken in turn, step by step, and each draws what it would
    draw alone.

    Args:
        steps: The generator; what is thrown into this one is thrown into it, and it is closed with it.
        seed: Of its random numbers.

    Returns:
        A generator of the same steps that returns what the other one returns.
    """
    numbers = _Numbers(seed)
    thrown: BaseException | None = None
    try:
        while True:
            with numbers.in_use():
                step = next(steps) if thrown is None else steps.throw(thrown)
            thrown = None
            try:
                yield step
            except GeneratorExit:
                raise
            except BaseException as error:  # it is the other generator's to answer
                thrown = error
    except StopIteration as done:
        returned: _Returned = done.value
        return returned
    finally:
        with numbers.in_use():
            steps.close()


class _Numbers:
    """A place in the process's random numbers that is kept while others use them."""

    def __init__(self, seed: int) -> None:
        self._seed, self._kept = seed, None

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Go on from the kept place, and give the process its own place back at the end."""
        if sys.is_finalizing():  # the generator was left, and python can import nothing more
            yield
            return
        outer = _place()
        try:
            if self._kept is None:
                _begin(self._seed)
            else:
                _go_to(self._kept)
            yield
        finally:
            self._kept = _place()
            _go_to(outer)


def _begin(seed: int) -> None:
    import numpy as np
    import torch

    torch.manual_seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002 (others draw from it)
    random.seed(seed)


def _place() -> Any:
    import numpy as np
    import torch

    return (
        torch.get_rng_state(),
        torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else None,  # type: ignore[no-untyped-call]
        torch.mps.get_rng_state() if torch.backends.mps.is_available() else None,
        np.random.get_state(),  # noqa: NPY002
        random.getstate(),
    )


def _go_to(place: Any) -> None:
    import numpy as np
    import torch

    cpu, cuda, mps, numpys, pythons = place
    torch.set_rng_state(cpu)
    if cuda is not None:
        torch.cuda.set_rng_state_all(cuda)
    else:  # CUDA was not in use then, and would have begun with the CPU's seed
        torch.cuda.manual_seed_all(torch.initial_seed())
    if mps is not None:
        torch.mps.set_rng_state(mps)
    np.random.set_state(numpys)  # noqa: NPY002
    random.setstate(pythons)
