import pytest
import torch
from torch import nn

from deepatelier.synthesis.engine.lbfgs import LBFGS


def _quadratic(n=12):
    generator = torch.Generator().manual_seed(0)
    root = torch.randn(n, n, generator=generator, dtype=torch.float64)
    return root @ root.t() + torch.eye(n, dtype=torch.float64), torch.randn(n, generator=generator, dtype=torch.float64)


def _run(make, steps, scale=1.0):
    matrix, target = _quadratic()
    x = nn.Parameter(torch.ones(12, dtype=torch.float64))
    optimizer, path = make([x]), []

    def closure():
        optimizer.zero_grad()
        loss = scale * (0.5 * x @ matrix @ x - target @ x)
        loss.backward()
        return loss

    for _ in range(steps):
        optimizer.step(closure)
        path.append(x.detach().clone())
    return torch.stack(path)


def test_equals_torchs_where_no_departure_applies():
    ours = _run(lambda p: LBFGS(p, history=5, first_step=1 / 12, largest_step=1e9), steps=14)
    theirs = _run(
        lambda p: torch.optim.LBFGS(p, max_iter=1, history_size=5, tolerance_grad=-1, tolerance_change=-1), steps=14
    )
    assert torch.allclose(ours, theirs, rtol=1e-9, atol=1e-12)


def test_finds_the_minimum_of_a_quadratic():
    matrix, target = _quadratic()
    assert torch.allclose(_run(LBFGS, 60)[-1], torch.linalg.solve(matrix, target), atol=1e-6)


def test_the_losss_unit_does_not_matter():
    assert torch.allclose(_run(LBFGS, 10), _run(LBFGS, 10, scale=2.0**40), rtol=1e-9)


def test_a_preconditioner_is_a_change_of_variables():
    """P = R² goes the way of the loss seen through x = R·z."""
    matrix, target = _quadratic()
    scale = torch.linspace(0.5, 3, 12, dtype=torch.float64)
    gradient = matrix @ torch.ones(12, dtype=torch.float64) - target
    ratio = ((scale * gradient).abs().mean() / (scale**2 * gradient).abs().mean()).item()

    def path(start, through, **options):
        parameter, found = nn.Parameter(start), []
        optimizer = LBFGS([parameter], largest_step=1e9, **options)

        def closure():
            optimizer.zero_grad()
            x = through * parameter
            loss = 0.5 * x @ matrix @ x - target @ x
            loss.backward()
            return loss

        for _ in range(12):
            optimizer.step(closure)
            found.append((through * parameter).detach().clone())
        return torch.stack(found)

    ones = torch.ones(12, dtype=torch.float64)
    ours = path(ones, 1.0, first_step=0.01, precondition=lambda gradient: scale**2 * gradient)
    through = path(1 / scale, scale, first_step=0.01 * ratio)
    assert torch.allclose(ours, through, rtol=1e-6, atol=1e-9)
    assert not torch.allclose(ours, path(ones, 1.0, first_step=0.01), atol=1e-3)


def test_steps_are_bounded():
    path = _run(lambda p: LBFGS(p, first_step=0.25, largest_step=0.125), steps=6)
    lengths = torch.diff(torch.cat([torch.ones(1, 12, dtype=torch.float64), path]), dim=0).abs().mean(1)
    assert lengths[0].item() == pytest.approx(0.25)
    assert (lengths[1:] <= 0.125 + 1e-12).all()


def test_negative_curvature_takes_a_bounded_gradient_step():
    x = nn.Parameter(torch.full((4,), 0.1))
    optimizer = LBFGS([x], first_step=0.5)

    def closure():
        optimizer.zero_grad()
        loss = -1e6 * x.square().sum()
        loss.backward()
        return loss

    for _ in range(3):
        optimizer.step(closure)
    assert torch.allclose(x, torch.full((4,), 0.1 + 3 * 0.5))


def test_a_zero_gradient_moves_nothing():
    x = nn.Parameter(torch.ones(3))
    optimizer = LBFGS([x])

    def closure():
        optimizer.zero_grad()
        loss = (0 * x).sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    optimizer.step(closure)
    assert torch.equal(x, torch.ones(3))
