"""The measure of checkerboards, in closed form, and what has them."""

import pytest
import torch

from deepatelier.labs.checkerboards import UPSAMPLINGS, checkerboard_power, decoder, spectrum


def test_the_share_of_a_checkerboard_in_noise():
    board = (-1.0) ** (torch.arange(32)[:, None] + torch.arange(32))
    wave = torch.cos(torch.arange(32) * 2 * torch.pi * 3 / 32).expand(32, 32)
    assert checkerboard_power(board + 5, 2) == pytest.approx(1)
    assert checkerboard_power(wave, 2) == pytest.approx(0, abs=1e-12)
    assert checkerboard_power(0.5 * board + wave, 2) == pytest.approx(0.25 / (0.25 + 0.5), rel=1e-6)
    every_third = (torch.arange(33) % 3 == 0).double().expand(33, 33)
    assert checkerboard_power(every_third, 3) == pytest.approx(1)
    noise = torch.randn(32, 32, generator=torch.Generator().manual_seed(0))
    assert checkerboard_power(noise, 2) < 0.02
    assert spectrum(noise).sum() == pytest.approx(noise.double().var(correction=0).item() * 32**2)


@torch.no_grad()
def test_equal_pixels_stay_equal_unless_kernels_overlap_unevenly():
    """With weights of one and an equal input, inside the borders."""
    shares = {}
    for name in UPSAMPLINGS:
        network = decoder(name, 1)
        for parameter in network.parameters():
            parameter.fill_(1.0 if parameter.ndim > 1 else 0.0)
        picture = network(torch.ones(1, 1, 8, 8))[0, 0]
        assert picture.shape == (64, 64)
        inside = picture[24:-24, 24:-24]
        shares[name] = 0.0 if inside.std() == 0 else checkerboard_power(inside, 2)
    assert shares.pop("transposed, kernel 3") > 0.1
    assert shares.pop("transposed, kernel 5") > 0.1
    assert shares == dict.fromkeys(shares, 0.0)
