"""Each optimiser against the documents' formulas, step by step."""

import math

import pytest
import torch
from torch import nn

from deepatelier.training.fit_options import OPTIMIZERS, FitOptions
from deepatelier.training.optimizers import LEARNING_RATES, make_optimizer

RATE, GAMMA, EPSILON = 0.1, 0.9, 1e-8


class Valley(nn.Module):
    """J(θ) = ½(θ₁² + 9θ₂²) + ¼θ₁⁴."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor([[1.5, -0.7]], dtype=torch.float64))

    def forward(self):
        a, b = self.weight[0]
        return 0.5 * (a**2 + 9 * b**2) + 0.25 * a**4


def gradient(theta):
    a, b = theta
    return torch.stack([a + a**3, 9 * b])


def path(name, steps=12, **options):
    network = Valley()
    optimizer = make_optimizer(network, FitOptions(optimizer=name, learning_rate=RATE, **options), 1)
    found = []
    for _ in range(steps):
        optimizer.zero_grad()
        network().backward()
        optimizer.step()
        found.append(network.weight.detach()[0].clone())
    return torch.stack(found)


def formula(update, steps=12):
    theta = torch.tensor([1.5, -0.7], dtype=torch.float64)
    state, found = {}, []
    for step in range(1, steps + 1):
        theta = update(theta, state, step)
        found.append(theta)
    return torch.stack(found)


def sgd(theta, _state, _step):
    return theta - RATE * gradient(theta)


def momentum(theta, state, _step):
    state["v"] = GAMMA * state.get("v", 0) + RATE * gradient(theta)
    return theta - state["v"]


def adadelta(theta, state, _step, epsilon=1e-6):
    g = gradient(theta)
    nothing = torch.zeros(2, dtype=torch.float64)
    state["g"] = GAMMA * state.get("g", nothing) + (1 - GAMMA) * g**2
    change = -torch.sqrt(state.get("d", nothing) + epsilon) / torch.sqrt(state["g"] + epsilon) * g
    state["d"] = GAMMA * state.get("d", nothing) + (1 - GAMMA) * change**2
    return theta + RATE * change


def adam(theta, state, step):
    g = gradient(theta)
    state["m"] = 0.9 * state.get("m", 0) + 0.1 * g
    state["v"] = 0.999 * state.get("v", 0) + 0.001 * g**2
    m, v = state["m"] / (1 - 0.9**step), state["v"] / (1 - 0.999**step)
    return theta - RATE * m / (torch.sqrt(v) + EPSILON)


def adagrad(theta, state, _step, inside=False):
    g = gradient(theta)
    state["G"] = state.get("G", 0) + g**2
    return theta - RATE * g / (torch.sqrt(state["G"] + 1e-10) if inside else torch.sqrt(state["G"]) + 1e-10)


def rmsprop(theta, state, _step):
    g = gradient(theta)
    state["E"] = 0.9 * state.get("E", 0) + 0.1 * g**2
    return theta - RATE * g / (torch.sqrt(state["E"]) + EPSILON)


@pytest.mark.parametrize("update", [sgd, momentum, adadelta, adam, adagrad, rmsprop])
def test_the_slides_formula(update):
    torch.testing.assert_close(path(update.__name__), formula(update), rtol=1e-10, atol=1e-12)


def test_torchs_nesterov_weights_are_the_slides_look_ahead_points():
    theta, v, points = torch.tensor([1.5, -0.7], dtype=torch.float64), torch.zeros(2, dtype=torch.float64), []
    for _ in range(12):
        v = GAMMA * v + RATE * gradient(theta - GAMMA * v)
        theta = theta - v
        points.append(theta - GAMMA * v)
    torch.testing.assert_close(path("nesterov"), torch.stack(points), rtol=1e-10, atol=1e-12)


def test_where_epsilon_stands_matters_little_away_from_a_saddle():
    inside = formula(lambda *state: adagrad(*state, inside=True))
    torch.testing.assert_close(path("adagrad"), inside, rtol=1e-8, atol=1e-8)


def test_adamws_decay_is_the_gradient_of_the_penalty_beside_adam():
    l2 = 0.05
    plain, decayed = path("adam", 1), path("adamw", 1, l2=l2)
    shrunk = torch.tensor([1.5, -0.7], dtype=torch.float64) * RATE * 2 * l2
    torch.testing.assert_close(decayed[0], plain[0] - shrunk, rtol=1e-9, atol=1e-12)


def test_airbench_is_decoupled_nesterov():
    """On the sum over the batch, with η = rate/(1024·(1 + 1/(1 − γ))), and shifts of norms 64 times as fast."""
    options = FitOptions(optimizer="airbench", learning_rate=11.5, momentum=0.85)
    network = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
    shifts, others = make_optimizer(network, options, 512).param_groups
    thousand = 1024 * (1 + 1 / 0.15)
    assert others["lr"] == pytest.approx(11.5 * 512 / thousand)
    assert shifts["lr"] == pytest.approx(64 * others["lr"])
    for group in (shifts, others):
        assert group["lr"] * group["weight_decay"] == pytest.approx(0.0153 * 512 / thousand)
    assert [each is network[1].bias for each in shifts["params"]] == [True]
    assert len(others["params"]) == 3


@pytest.mark.parametrize("name", [name for name in OPTIMIZERS if name != "closed-form"])
def test_each_lowers_a_loss_at_its_usual_rate(name):
    torch.manual_seed(0)
    network, x = nn.Linear(4, 1), torch.randn(64, 4)
    y = x @ torch.tensor([[1.0], [-2.0], [0.5], [0.0]])
    optimizer = make_optimizer(network, FitOptions(optimizer=name), 64)
    losses = []
    for _ in range(60):
        optimizer.zero_grad()
        loss = (network(x) - y).square().mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]
    assert math.isfinite(losses[-1])
    assert name in LEARNING_RATES


def test_frozen_parameters_stay():
    network = nn.Linear(2, 1)
    network.weight.requires_grad_(False)
    (group,) = make_optimizer(network, FitOptions(optimizer="sgd"), 1).param_groups
    assert [each is network.bias for each in group["params"]] == [True]
