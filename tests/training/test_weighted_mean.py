"""The weighted mean of values that come in batches."""

import torch

from deepatelier.training.weighted_mean import WeightedMean


def test_batches_count_by_their_size():
    mean = WeightedMean()
    mean.update(torch.tensor(1.0), 9)
    mean.update(torch.tensor(3.0), 1)
    assert mean.compute().item() == torch.tensor(1.2).item()
    mean.reset()
    mean.update(torch.tensor([1.0, 2.0, 6.0]))
    assert mean.compute().item() == 3.0


def test_a_value_that_is_not_finite_is_seen():
    mean = WeightedMean()
    mean.update(torch.tensor([1.0, torch.nan]))
    mean.update(torch.tensor(1.0))
    assert mean.compute().isnan()
