"""A network that continues a series."""

import pytest
import torch

from deepatelier.errors import OptionError
from deepatelier.networks.recurrent.forecaster import Forecaster, band_widening, base_forecast, widened

WINDOW = torch.arange(12.0)[None] + torch.tensor([[0.0], [100.0]])


def test_the_base_forecasts():
    assert base_forecast("last", WINDOW, 3, 4).tolist() == [[11] * 3, [111] * 3]
    assert base_forecast("season", WINDOW, 6, 4)[0].tolist() == [8, 9, 10, 11, 8, 9]


def test_before_the_training_it_forecasts_the_base():
    found = Forecaster("gru", 3, season=4, base="season", scale=2.0, width=4)(WINDOW)
    assert torch.equal(found[..., 1], base_forecast("season", WINDOW, 3, 4))
    assert (found[..., 0] < found[..., 1]).all()
    assert (found[..., 1] < found[..., 2]).all()


def test_neither_level_nor_unit_matters():
    torch.manual_seed(0)
    model, other = (Forecaster("lstm", 2, scale=scale, width=3) for scale in (1.0, 10.0))
    torch.nn.init.normal_(model.output.weight)
    other.load_state_dict(model.state_dict())
    assert torch.allclose(model(WINDOW) * 10 + 7, other(WINDOW * 10 + 7), atol=1e-3)
    with pytest.raises(OptionError, match="no base 'mean'"):
        Forecaster("lstm", 2, base="mean")


def test_widened_bands_hold_the_share_that_they_should():
    torch.manual_seed(0)
    targets = torch.randn(400, 5)
    narrow = torch.tensor([-0.1, 0.0, 0.1]).expand(400, 5, 3)
    wide = widened(narrow, band_widening(narrow, targets))
    inside = ((targets >= wide[..., 0]) & (targets <= wide[..., 2])).float().mean().item()
    assert inside == pytest.approx(0.8, abs=0.002)
    assert widened(narrow, -5.0).unique().tolist() == [0.0]
