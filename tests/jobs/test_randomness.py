import random

import numpy as np
import pytest
import torch

from deepatelier.jobs import isolated


def draws(count, closed=None):
    try:
        for _ in range(count):
            yield torch.rand(2).tolist(), np.random.rand(), random.random()  # noqa: NPY002
    except KeyboardInterrupt:
        yield "stopped"
    finally:
        if closed is not None:
            closed.append(torch.rand(1))
    return "returned"


def place():
    return torch.get_rng_state().tolist(), np.random.get_state()[1].tolist(), random.getstate()  # noqa: NPY002


def test_the_callers_numbers_are_as_they_were_between_the_steps_and_after():
    before = place()
    steps = isolated(draws(3), 5)
    for _ in steps:
        assert place() == before
    assert place() == before


def test_it_draws_what_it_would_draw_alone():
    alone = list(isolated(draws(3), 5))
    first, second = isolated(draws(3), 5), isolated(draws(3), 6)
    taken = []
    for _ in range(3):
        taken.append(next(first))
        next(second)
        torch.rand(7)
    assert taken == alone
    torch.manual_seed(5)
    assert taken[0][0] == torch.rand(2).tolist()


def test_what_is_thrown_and_closed_is_passed_on_and_what_is_returned_too():
    before, closed = place(), []
    steps = isolated(draws(3, closed), 5)
    next(steps)
    assert steps.throw(KeyboardInterrupt()) == "stopped"
    with pytest.raises(StopIteration, match="returned"):
        next(steps)
    other = isolated(draws(3, closed), 5)
    next(other)
    other.close()
    assert len(closed) == 2
    assert place() == before


def test_an_error_leaves_the_callers_numbers():
    def fails():
        torch.rand(2)
        yield 1
        torch.rand(2)
        raise ValueError("no")

    before, steps = place(), isolated(fails(), 0)
    next(steps)
    with pytest.raises(ValueError, match="no"):
        next(steps)
    assert place() == before
