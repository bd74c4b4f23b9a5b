import pytest
import torch

from deepatelier.synthesis import FourierCanvas
from deepatelier.synthesis.engine.noise import pink_noise, white_noise


@pytest.mark.parametrize("size", [(16, 20), (15, 21), (9, 9)])
@pytest.mark.parametrize("channels", [1, 3])
def test_it_begins_with_the_image(size, channels):
    image = 0.05 + 0.9 * torch.rand(1, channels, *size)
    assert torch.allclose(FourierCanvas(image).picture(), image, atol=1e-5)


def test_its_gradient():
    canvas = FourierCanvas(torch.rand(1, 3, 5, 6, dtype=torch.float64))

    def image(spectrum):
        return torch.func.functional_call(canvas, {"spectrum": spectrum}, ())

    assert torch.autograd.gradcheck(image, (canvas.spectrum.detach().requires_grad_(),))


def test_an_equal_step_in_every_wave_moves_coarse_structures_most():
    canvas = FourierCanvas(torch.full((1, 3, 32, 32), 0.5))
    with torch.no_grad():
        canvas.spectrum += torch.randn(canvas.spectrum.shape, generator=torch.Generator().manual_seed(0))
    waves = torch.fft.rfft2(canvas.picture()[0].mean(0)).abs()
    assert waves[1:4, 1:4].mean() > 4 * waves[12:16, 12:16].mean()


def test_the_first_colour_is_brightness():
    canvas = FourierCanvas(torch.full((1, 3, 8, 8), 0.5))
    with torch.no_grad():
        canvas.spectrum[0, 0, 0, 0, 0] += 1
    moved = canvas.picture()[0, :, 0, 0] - 0.5
    assert moved.min() > 0
    assert moved.max() / moved.min() < 1.05


def test_noise_is_the_same_for_the_same_seed():
    for noise in (pink_noise, white_noise):
        assert torch.equal(noise((1, 3, 8, 9), 4), noise((1, 3, 8, 9), 4))
        assert not torch.equal(noise((1, 3, 8, 9), 4), noise((1, 3, 8, 9), 5))
    assert abs(255 * pink_noise((1, 3, 64, 64), 0).std().item() - 1) < 0.1
