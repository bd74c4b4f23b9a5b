import pytest
import torch

from deepatelier.synthesis import PixelCanvas, cropped, energy, synthesize, total_variation, transformed


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_a_crop_moves_a_window():
    image = torch.rand(1, 3, 14, 16)
    seen, numbers = set(), generator()
    for _ in range(200):
        view = cropped(2)(image, numbers)
        assert view.shape == (1, 3, 10, 12)
        seen |= {
            (top, left) for top in range(5) for left in range(5)
            if torch.equal(view, image[..., top : top + 10, left : left + 12])
        }  # fmt: skip
    assert len(seen) == 25


def test_without_moving_every_view_is_the_image():
    image = torch.rand(1, 3, 13, 18)
    views = transformed(3, (13, 18))(image, generator())
    assert torch.allclose(views, image.expand(3, -1, -1, -1), atol=1e-5)


@pytest.mark.parametrize("size", [(40, 40), (30, 60)])
def test_a_turn_keeps_shapes(size, monkeypatch):
    """A quarter turn of a disc is the disc; with another aspect too."""
    rows, columns = torch.meshgrid(*(torch.arange(side) - (side - 1) / 2 for side in size), indexing="ij")
    disc = (torch.hypot(rows, columns) < 10).float().expand(1, 3, *size)
    monkeypatch.setattr(torch, "rand", lambda *shape, generator: torch.ones(*shape))
    turned = transformed(1, size, rotation=90)(disc, generator())
    middle = slice(size[1] // 2 - 14, size[1] // 2 + 14)  # beyond it lies the mirror image
    assert (turned - disc)[..., middle].abs().mean() < 0.01


def test_parts_and_jitter(monkeypatch):
    image = torch.zeros(1, 1, 41, 41)
    image[..., 15:26, 15:26] = 1
    monkeypatch.setattr(torch, "rand", lambda *shape, generator: torch.full(shape, 0.5))
    part = transformed(1, (41, 41), min_scale=0.25)(image, generator())  # the middle of the range is half of the image
    assert part.sum().item() == pytest.approx(22 * 22, rel=0.1)
    monkeypatch.setattr(torch, "rand", lambda *shape, generator: torch.ones(*shape))
    moved = transformed(1, (41, 41), jitter=0.25)(image, generator())[0, 0]
    assert moved.sum(0).argmax() < 10  # the window went right and down: the square goes left and up


def test_views_of_another_size_with_noise():
    view, image = transformed(8, (20, 30), noise=0.3), torch.full((1, 3, 40, 60), 0.5)
    before = torch.random.get_rng_state()
    views = view(image, generator())
    assert torch.equal(view(image, generator()), views)
    assert not torch.equal(view(image, generator(1)), views)
    assert torch.equal(torch.random.get_rng_state(), before)
    assert views.shape == (8, 3, 20, 30)
    assert 0.05 < views.std() < 0.3
    assert len({round(view.std().item(), 3) for view in views}) == 8


def test_the_network_sees_the_view_and_the_picture_is_the_whole(tiny):
    seen = []

    def view(image, generator):
        seen.append(cropped(3)(image, generator))
        return seen[-1]

    canvas = PixelCanvas(torch.rand(1, 3, 12, 12), margin=4, view=view)
    criterion = {"energy": (1.0, energy("relu1")), "tv": (1e-9, total_variation())}
    (step,) = synthesize(tiny, criterion, canvas, optimizer="adam", steps=1)
    assert [image.shape for image in seen] == [(1, 3, 14, 14)]
    assert step.image.shape == (1, 3, 12, 12)
    assert canvas.levels.grad.count_nonzero() > 3 * 14 * 14  # the variation is that of the whole
