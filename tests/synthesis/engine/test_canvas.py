import pytest
import torch

from deepatelier.images import resize
from deepatelier.synthesis.engine.canvas import PixelCanvas, mirrored


@pytest.mark.parametrize("margin", [0, 1, 5])
def test_shows_its_picture(margin):
    image = torch.rand(1, 3, 7, 9)
    canvas = PixelCanvas(image, margin)
    assert canvas().shape == (1, 3, 7 + 2 * margin, 9 + 2 * margin)
    assert canvas.size == (7, 9)
    assert torch.allclose(canvas.picture(), image)
    assert torch.allclose(canvas(), mirrored(image, margin))


def test_owns_its_pixels():
    image = torch.rand(1, 3, 4, 4).to(memory_format=torch.channels_last)
    canvas = PixelCanvas(image)
    picture = canvas.picture()
    canvas.levels.data += 20
    assert torch.allclose(picture, image)
    assert canvas.levels.is_contiguous()


def test_stays_in_range_and_can_come_back():
    canvas = PixelCanvas(torch.full((1, 3, 1, 2), 0.5))
    canvas.levels.data = torch.tensor([-10.0, 300.0]).expand(1, 3, 1, 2).clone()
    assert canvas()[0, 0, 0].tolist() == [0, 1]
    (canvas() * torch.tensor([1.0, -1.0])).sum().backward()  # descent leads further out
    assert canvas.levels.grad.abs().max() == 0
    canvas.levels.grad = None
    (canvas() * torch.tensor([-1.0, 1.0])).sum().backward()  # descent leads back
    assert torch.allclose(canvas.levels.grad[0, 0, 0] * 255, torch.tensor([-1.0, 1.0]))


def test_the_gradient_inside_the_range():
    x = (0.1 + 0.8 * torch.rand(1, 3, 2, 2, dtype=torch.float64)).requires_grad_()

    def image(levels):
        return torch.func.functional_call(PixelCanvas(x), {"levels": levels}, ())

    assert torch.autograd.gradcheck(image, ((255 * x).detach().requires_grad_(),), eps=1e-3)


def test_resize():
    assert resize(torch.rand(1, 3, 5, 5), (9, 3)).shape == (1, 3, 9, 3)
    assert torch.allclose(resize(torch.full((1, 3, 8, 6), 0.25), (17, 11)), torch.tensor(0.25))


@pytest.mark.parametrize("size", [(7, 9), (6, 8), (1, 5)])
def test_the_preconditioner_is_linear_symmetric_and_positive(size):
    canvas = PixelCanvas(torch.zeros(1, 1, *size))
    count = size[0] * size[1]
    columns = [canvas.precondition(one.view(1, 1, *size)).flatten() for one in torch.eye(count, dtype=torch.float64)]
    matrix = torch.stack(columns)
    assert torch.allclose(matrix, matrix.t(), atol=1e-9)
    assert torch.linalg.eigvalsh(matrix).min() > 0


def test_the_preconditioner_divides_a_wave_by_its_frequency():
    wave = torch.cos(2 * torch.pi * torch.arange(16) * 3 / 16).expand(1, 2, 16, 16)
    assert torch.allclose(PixelCanvas(torch.zeros(1, 2, 16, 16)).precondition(wave), wave * 16 / 3, atol=1e-5)
