import pytest
import torch

from deepatelier.synthesis import PixelCanvas, ViewedCanvas, cropped, transformed


def test_a_crop_moves_a_window():
    image = torch.rand(1, 3, 14, 16)
    seen = set()
    for _ in range(200):
        view = cropped(2)(image)
        assert view.shape == (1, 3, 10, 12)
        seen |= {
            (top, left) for top in range(5) for left in range(5)
            if torch.equal(view, image[..., top : top + 10, left : left + 12])
        }  # fmt: skip
    assert len(seen) == 25


def test_without_moving_every_view_is_the_image():
    image = torch.rand(1, 3, 13, 18)
    views = transformed(3, jitter=0, rotation=0, zoom=1)(image)
    assert torch.allclose(views, image.expand(3, -1, -1, -1), atol=1e-5)


@pytest.mark.parametrize("size", [(40, 40), (30, 60)])
def test_a_turn_keeps_shapes(size, monkeypatch):
    """A quarter turn of a disc is the disc; with another aspect too."""
    rows, columns = torch.meshgrid(*(torch.arange(side) - (side - 1) / 2 for side in size), indexing="ij")
    disc = (torch.hypot(rows, columns) < 10).float().expand(1, 3, *size)
    monkeypatch.setattr(torch, "rand", lambda *shape: torch.ones(*shape))
    turned = transformed(1, jitter=0, rotation=90, zoom=1)(disc)
    middle = slice(size[1] // 2 - 14, size[1] // 2 + 14)  # beyond it lies the mirror image
    assert (turned - disc)[..., middle].abs().mean() < 0.01


def test_zoom_and_jitter(monkeypatch):
    image = torch.zeros(1, 1, 41, 41)
    image[..., 15:26, 15:26] = 1
    monkeypatch.setattr(torch, "rand", lambda *shape: torch.ones(*shape))
    assert transformed(1, jitter=0, rotation=0, zoom=2)(image).sum().item() == pytest.approx(22 * 22, rel=0.1)
    moved = transformed(1, jitter=0.25, rotation=0, zoom=1)(image)[0, 0]
    assert moved.sum(0).argmax() < 10  # the window went right and down: the square goes left and up


def test_the_picture_of_a_viewed_canvas_is_the_whole():
    canvas = ViewedCanvas(PixelCanvas(torch.rand(1, 3, 12, 12), margin=4), cropped(3))
    assert canvas().shape == (1, 3, 14, 14)
    assert canvas.picture().shape == (1, 3, 12, 12)
    canvas().sum().backward()
    assert next(iter(canvas.parameters())).grad.count_nonzero() == 3 * 14 * 14
