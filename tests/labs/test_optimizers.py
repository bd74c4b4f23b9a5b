import pytest
import torch

from deepatelier.labs.optimizers import _RATES, off_the_saddle, path_of, saddle, valley
from deepatelier.training.fit_options import OPTIMIZERS


def test_all_that_the_slides_have_are_shown():
    assert set(_RATES) == set(OPTIMIZERS) - {"closed-form", "adamw", "airbench"}


def test_plain_descent_is_the_formula():
    path = path_of("sgd", valley, (-4.0, 1.6), 3)
    wanted = [(-4 * (1 - _RATES["sgd"]) ** step, 1.6 * (1 - 20 * _RATES["sgd"]) ** step) for step in range(4)]
    torch.testing.assert_close(path, torch.tensor(wanted, dtype=torch.float64), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("name", "torchs"), [("adagrad", torch.optim.Adagrad), ("rmsprop", torch.optim.RMSprop)])
def test_outside_the_root_is_torchs(name, torchs):
    path = off_the_saddle(name, inside=False, epsilon=1e-8)
    theta = torch.nn.Parameter(torch.tensor([0.0, path[0]], dtype=torch.float64))
    more = {"alpha": 0.9} if name == "rmsprop" else {}
    optimizer = torchs([theta], lr=_RATES[name], eps=1e-8, **more)
    for wanted in path[1:]:
        (theta.grad,) = torch.autograd.grad(saddle(theta), [theta])
        optimizer.step()
        assert theta[1].item() == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize("name", ["adagrad", "rmsprop"])
def test_inside_the_root_the_first_step_is_short(name):
    """η·g/√(g² + ε) with |g| = 2e-6 and √ε = 1e-4 is a fiftieth of the step outside, or less."""
    inside, outside = (off_the_saddle(name, inside=each) for each in (True, False))
    assert inside[1] - inside[0] < (outside[1] - outside[0]) / 45
    assert inside[1] > inside[0]
