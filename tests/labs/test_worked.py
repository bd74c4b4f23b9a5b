"""Every lab that is computed."""

import math

import pytest
import torch

from deepatelier import labs
from deepatelier.labs import ComputedLab, WorkedExample, WorkedOptions

COMPUTED = [name for name in labs.names() if isinstance(labs.lab(name), ComputedLab)]


def worked(name, seed=0):
    example = WorkedExample(labs.lab(name).work, WorkedOptions(seed=seed))
    example.look()
    return example


@pytest.mark.parametrize("name", COMPUTED)
def test_it_draws_and_finds(name):
    before = torch.random.get_rng_state()
    example = worked(name)
    assert torch.equal(torch.random.get_rng_state(), before)
    image = example.picture()
    assert image.shape[:2] == (1, 3)
    assert image.std() > 0.05
    findings = example.measures(image)
    assert findings
    assert all(isinstance(value, str) or math.isfinite(value) for value in findings.values())


def test_the_seed_decides():
    first, again, other = (worked("descent", seed).measures(torch.empty(0)) for seed in (0, 0, 1))
    assert first == again != other
