import numpy as np
import pytest
import torch

from deepatelier.errors import OptionError
from deepatelier.synthesis.texture.wei_levoy import _Layer, _scan, wei_levoy, wei_levoy_rows


def _last(exemplar, size, **options):
    return list(wei_levoy(exemplar, size, **options))[-1]


def _colored(pattern):
    """(1, 3, h, w) with two colours."""
    return torch.where(pattern, torch.tensor([0.9, 0.5, 0.1])[:, None, None], 0.2)[None].contiguous()


def _checkerboard(size, field):
    y, x = torch.arange(size[0])[:, None], torch.arange(size[1])
    return _colored((y // field + x // field) % 2 == 0)


def _stripes(size, period, slope=1):
    y, x = torch.arange(size[0])[:, None], torch.arange(size[1])
    return _colored((x + slope * y) % period < period // 3)


def _is_a_shift_of(image, pattern, period):
    shifts = ((y, x) for y in range(period) for x in range(period))
    return any(torch.equal(image, pattern.roll(shift, (2, 3))) for shift in shifts)


@pytest.mark.parametrize("levels", [1, 3])
def test_copies_the_exemplars_pixels_and_makes_no_noise(levels):
    torch.manual_seed(0)
    exemplar = torch.nn.functional.interpolate(torch.rand(1, 3, 9, 10), (44, 49), mode="bicubic").clamp(0, 1)
    image = _last(exemplar, (30, 37), neighborhood=5, levels=levels)
    colors, known = image[0].flatten(1).t(), exemplar[0].flatten(1).t()
    assert image.shape == (1, 3, 30, 37)
    assert (colors[:, None] == known).all(-1).any(1).all()
    assert len(colors.unique(dim=0)) > 100
    # Twice as rough as the exemplar at most, across the border too; its pixels in random order are 4 times as rough.
    rough = (exemplar.diff(dim=2).abs().mean() + exemplar.diff(dim=3).abs().mean()).item()
    for axis in (2, 3):
        assert (image - image.roll(1, axis)).abs().mean().item() < rough


# A row that begins with a period too many keeps it, as in the source: hence coarse levels, or wide neighborhoods.
@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(("levels", "neighborhood", "size"), [(2, 9, (32, 24)), (2, 9, (16, 24)), (1, 13, (24, 16))])
def test_reproduces_a_checkerboard(levels, neighborhood, size, seed):
    image = _last(_checkerboard((36, 38), 4), size, neighborhood=neighborhood, levels=levels, seed=seed)
    assert _is_a_shift_of(image, _checkerboard(size, 4), 8)


@pytest.mark.parametrize(
    ("levels", "size", "slope"),
    [(2, (24, 18), 0), (2, (24, 18), 1), (2, (12, 18), 0), (2, (12, 18), 1), (1, (18, 12), 1)],
)
def test_stripes_go_on_across_the_border(levels, size, slope):
    image = _last(_stripes((36, 38), 6, slope), size, levels=levels)
    tiles = image.tile(2, 2)
    height, width = size
    assert _is_a_shift_of(tiles, _stripes((2 * height, 2 * width), 6, slope), 6)


def test_the_seed_makes_the_picture():
    torch.manual_seed(0)
    exemplar = torch.rand(1, 3, 20, 20)
    first, same, other = (_last(exemplar, (16, 16), neighborhood=3, levels=2, seed=seed) for seed in (3, 3, 4))
    assert torch.equal(first, same)
    assert not torch.equal(first, other)


@pytest.mark.parametrize(("size", "levels"), [((21, 14), 3), ((16, 40), 1), ((1, 3), 2), ((5, 64), 2)])
def test_yields_rows_from_coarse_to_fine(size, levels):
    exemplar = _stripes((24, 24), 6)
    before = exemplar.clone()
    images = list(wei_levoy(exemplar, size, neighborhood=5, levels=levels))
    heights = [image.shape[-2] for image in images]
    assert len(images) == wei_levoy_rows(size, levels)
    assert heights == sorted(heights)
    assert len({tuple(image.shape) for image in images}) == levels
    assert images[-1].shape == (1, 3, *size)
    assert len({image.data_ptr() for image in images}) == len(images)
    assert torch.equal(exemplar, before)
    assert all(image.dtype == torch.float32 and 0 <= image.min() <= image.max() <= 1 for image in images)


@pytest.mark.parametrize(("size", "radius"), [((12, 40), 1), ((20, 33), 4), ((15, 7), 4)])
def test_rows_side_by_side_are_the_same_as_one_after_the_other(size, radius):
    layer = _Layer(np.zeros((1, 1, 3), np.float32), np.zeros(size, dtype=np.intp))
    made, width = layer.origins, size[1]
    side_by_side = 0

    def search(rows, columns):
        nonlocal side_by_side
        side_by_side = max(side_by_side, len(rows))
        reach = range(-radius, radius + 1)
        for row, column in zip(rows, columns, strict=True):
            for above in range(max(0, row - radius), row):
                assert all(made[above, (column + step) % width] for step in reach)
            assert not made[row, column]
            assert made[row].sum() == 0 or made[row, column - 1]
        return np.ones(len(rows), dtype=np.intp)

    for row, _ in enumerate(_scan(layer, search, radius)):
        assert made[row].all()
    assert made.all()
    assert row == size[0] - 1
    assert side_by_side == min(size[0], -(-width // (2 * radius + 1)))


def test_an_exemplar_of_one_colour():
    exemplar = torch.full((1, 3, 20, 20), 0.3)
    assert torch.equal(_last(exemplar, (12, 9), neighborhood=5, levels=2), exemplar[..., :12, :9])


def test_the_smallest_exemplar():
    assert _last(_stripes((17, 18), 6), (20, 20), neighborhood=9, levels=2).shape == (1, 3, 20, 20)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"neighborhood": 8}, "odd"),
        ({"neighborhood": 1}, "at least 3"),
        ({"levels": 0}, "at least 1"),
        ({"size": (0, 9)}, "at least 1"),
        ({"levels": 3}, "40 × 32 pixels is smaller than the neighborhood of 9"),
    ],
)
def test_refuses_before_the_first_image(options, message):
    with pytest.raises(OptionError, match=message):
        wei_levoy(torch.zeros(1, 3, 32, 40), **{"size": (8, 8), "levels": 2, **options})
