"""Isolate the global random number generators, for code that uses no generator of its own.

Lightning, kornia, dropout and torch's default initialisation draw from them. Jobs that use these run isolated, so that
they affect neither each other nor the caller.
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
    """Yield the steps of a generator, which has the global random number generators to itself while it runs.

    Between the steps and at the end, the caller's generators are restored: torch's on the CPU and on CUDA or MPS if
    these are in use, NumPy's and Python's. Several such generators may therefore be interleaved step by step, and each
    draws the same numbers as it would alone.

    Args:
        steps: The inner generator. Exceptions thrown into this generator are forwarded to it, and it is closed with it.
        seed: The seed of its random numbers.

    Returns:
        A generator of the same steps that returns what the inner one returns.
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
            except BaseException as error:  # forwarded to the inner generator
                thrown = error
    except StopIteration as done:
        returned: _Returned = done.value
        return returned
    finally:
        with numbers.in_use():
            steps.close()


class _Numbers:
    """The state of the global random number generators that is kept while others use them."""

    def __init__(self, seed: int) -> None:
        self._seed, self._kept = seed, None

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Continue from the kept state, and restore the caller's state at the end."""
        if sys.is_finalizing():  # the generator was abandoned, and Python can import nothing more
            yield
            return
        outer = _rng_state()
        try:
            if self._kept is None:
                _seed_all(self._seed)
            else:
                _restore(self._kept)
            yield
        finally:
            self._kept = _rng_state()
            _restore(outer)


def _seed_all(seed: int) -> None:
    import numpy as np
    import torch

    torch.manual_seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002 (others draw from it)
    random.seed(seed)


def _rng_state() -> Any:
    import numpy as np
    import torch

    return (
        torch.get_rng_state(),
        torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else None,  # type: ignore[no-untyped-call]
        torch.mps.get_rng_state() if torch.backends.mps.is_available() else None,
        np.random.get_state(),  # noqa: NPY002
        random.getstate(),
    )


def _restore(place: Any) -> None:
    import numpy as np
    import torch

    cpu, cuda, mps, numpys, pythons = place
    torch.set_rng_state(cpu)
    if cuda is not None:
        torch.cuda.set_rng_state_all(cuda)
    else:  # CUDA was not in use then; it would start from the CPU's seed
        torch.cuda.manual_seed_all(torch.initial_seed())
    if mps is not None:
        torch.mps.set_rng_state(mps)
    np.random.set_state(numpys)  # noqa: NPY002
    random.setstate(pythons)
