"""Every lab that is computed."""

import math

import pytest
import torch

from deepatelier.errors import UnknownNameError
from deepatelier.jobs import Context, carried_out, kinds, load
from deepatelier.labs.computed import ComputedLab

COMPUTED = [kind for kind in kinds() if issubclass(load(kind), ComputedLab)]


def worked(kind, seed=0):
    return carried_out(load(kind)(seed=seed), Context())


@pytest.mark.long
@pytest.mark.parametrize("kind", ["lab amount_of_data", "lab normalization", "lab optimizers", "lab penalties"])
def test_it_draws_and_finds_in_full(kind):
    _check(kind)


@pytest.mark.parametrize("kind", COMPUTED)
def test_it_draws_and_finds(kind, small_labs):
    _check(kind)


def _check(kind):
    before = torch.random.get_rng_state()
    result = worked(kind)
    assert torch.equal(torch.random.get_rng_state(), before)
    image = result.files["picture"].image
    assert image.shape[:2] == (1, 3)
    assert image.std() > 0.05
    findings = result.measure(image).measures
    assert findings
    assert all(isinstance(value, str) or math.isfinite(value) for value in findings.values())
    assert ("film" in result.files) == (kind == "lab optimizers")


def test_the_seed_decides():
    first, again, other = (worked("lab descent", seed).measure(None).measures for seed in (0, 0, 1))
    assert first == again != other


def test_an_unknown_lab():
    with pytest.raises(UnknownNameError, match="lab grid"):
        load("lab gird")
