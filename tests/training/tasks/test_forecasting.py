"""Forecasts with quantiles."""

import torch

from deepatelier.training.tasks.forecasting import quantile_loss


def test_the_loss_is_lowest_at_the_quantiles():
    values = torch.randn(2000, generator=torch.Generator().manual_seed(0))
    best = values.quantile(torch.tensor([0.1, 0.5, 0.9]))

    def loss(forecast):
        return quantile_loss(forecast.expand(2000, 3), values)

    for each in range(3):
        for shift in (-0.1, 0.1):
            other = best.clone()
            other[each] += shift
            assert loss(other) > loss(best)


def test_the_middle_quantile_costs_the_absolute_error():
    targets = torch.tensor([1.0, -3.0])
    assert quantile_loss(torch.zeros(2, 3), targets).item() == (2 * (0.1 + 0.5 + 0.9) + 6 * (0.9 + 0.5 + 0.1)) / 6
