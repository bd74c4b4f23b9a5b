"""A network that continues a series."""

import pytest
import torch

from deepatelier.networks.recurrent.forecaster import Forecaster, band_widening, base_forecast, widened

WINDOW = torch.arange(12.0)[None] + torch.tensor([[0.0], [100.0]])


def test_the_base_forecasts():
    assert base_forecast("last", WINDOW, 3, 4).tolist() == [[11] * 3, [111] * 3]
    assert base_forecast("season", WINDOW, 6, 4)[0].tolist() == [8, 9, 10, 11, 8, 9]


def test_before_the_training_it_forecasts_the_last_value():
    found = Forecaster("gru", 12, 3, season=4, scale=2.0, width=4)(WINDOW)
    assert torch.equal(found[..., 1], base_forecast("last", WINDOW, 3, 4))
    assert (found[..., 0] < found[..., 1]).all()
    assert (found[..., 1] < found[..., 2]).all()


def test_neither_level_nor_unit_matters():
    torch.manual_seed(0)
    model, other = (Forecaster("lstm", 12, 2, scale=scale, width=3) for scale in (1.0, 10.0))
    torch.nn.init.normal_(model.output.weight)
    torch.nn.init.normal_(model.linear.weight)
    other.load_state_dict(model.state_dict())
    assert torch.allclose(model(WINDOW) * 10 + 7, other(WINDOW * 10 + 7), atol=1e-3)


def test_the_linear_part_is_an_autoregression():
    model = Forecaster("lstm", 12, 4, scale=2.0, width=3)
    with torch.no_grad():  # the season of 4, with the drift of the last one
        for ahead in range(4):
            model.linear.weight[ahead, 8 + ahead], model.linear.weight[ahead, 7] = 1, -1
    assert torch.allclose(model(WINDOW)[0, :, 1], torch.tensor([12.0, 13, 14, 15]))


def test_widened_bands_hold_the_share_that_they_should():
    torch.manual_seed(0)
    targets = torch.randn(400, 5)
    narrow = torch.tensor([-0.1, 0.0, 0.1]).expand(400, 5, 3)
    wide = widened(narrow, band_widening(narrow, targets))
    inside = ((targets >= wide[..., 0]) & (targets <= wide[..., 2])).float().mean().item()
    assert inside == pytest.approx(0.8, abs=0.002)
    assert widened(narrow, -5.0).unique().tolist() == [0.0]
