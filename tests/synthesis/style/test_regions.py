import numpy as np
import pytest
import torch

from deepatelier.errors import OptionError
from deepatelier.images import picture_from_array, resize, to_tensor
from deepatelier.synthesis.style.regions import styled_regions


def _mask(*colors, name="mask"):
    """Stripes of colours, (20, 10 each)."""
    pixels = np.concatenate([np.full((20, 10, 3), color, dtype=np.uint8) for color in colors], axis=1)
    return picture_from_array(name, pixels)


WHITE, BLACK, RED, BLUE = (255, 255, 255), (0, 0, 0), (255, 0, 0), (0, 0, 255)


def test_without_a_mask_every_painting_counts_everywhere():
    first, second = styled_regions(None, [], 2)
    assert (first.painting, second.painting) == (0, 1)
    assert first.where is None
    assert first.source is None
    assert first.weight == second.weight == 0.5


def test_white_is_the_first_painting_and_black_the_second():
    grey = _mask(WHITE, (64, 64, 64), BLACK)
    first, second = styled_regions(grey, [], 2)
    assert (first.painting, second.painting) == (0, 1)
    assert np.allclose(first.where + second.where, np.ones((20, 30)))
    assert first.where[0].tolist()[::10] == pytest.approx([1, 64 / 255, 0])
    assert first.weight == pytest.approx(first.where.mean())


def test_with_one_painting_the_last_region_stays_as_it_is():
    first, rest = styled_regions(_mask(WHITE, BLACK), [], 1)
    assert (first.painting, rest.painting) == (0, None)


def test_a_small_region_counts():
    pixels = np.zeros((200, 200, 3), dtype=np.uint8)
    pixels[:3, :3] = 255
    first, rest = styled_regions(picture_from_array("mask", pixels), [], 1)
    assert (first.painting, rest.painting) == (0, None)
    assert 0 < first.weight < 1e-3


def test_colours_take_the_paintings_in_their_order():
    blue_first = _mask(BLUE, BLACK, RED)
    regions = styled_regions(blue_first, [], 3)
    assert [region.painting for region in regions] == [0, 1, 2]
    places = [region.where[10].argmax() // 10 for region in regions]
    assert places == [2, 0, 1]  # red, blue, black
    assert np.allclose(sum(region.where for region in regions), np.ones((20, 30)), atol=1e-5)
    assert sum(region.weight for region in regions) == pytest.approx(1)


def test_between_two_colours_a_pixel_is_partly_of_each():
    red, blue = styled_regions(_mask(RED, (128, 0, 128), BLUE), [], 2)
    assert red.where[0, 15] == pytest.approx(0.5, abs=0.01)
    assert blue.where[0, 25] == pytest.approx(1, abs=0.01)


def test_a_region_is_resized_with_the_picture():
    first, _ = styled_regions(_mask(WHITE, BLACK), [], 2)
    assert first.where_at((20, 20)) is first.where
    smaller = first.where_at((10, 12))
    assert smaller.shape == (10, 12)
    assert smaller[0].tolist() == pytest.approx([1] * 6 + [0] * 6, abs=0.1)
    wanted = resize(to_tensor(first.where), (10, 12))
    assert torch.allclose(to_tensor(smaller), wanted, atol=1e-5)
    assert first.source_at((10, 12)) is None


def test_what_counts_of_a_painting():
    mask = _mask(RED, BLUE)
    first, second = styled_regions(mask, [_mask(WHITE, BLACK), _mask(BLUE, RED)], 2)
    assert first.source[0].tolist()[::10] == [1, 0]
    assert second.source[0].tolist()[::10] == pytest.approx([1, 0], abs=0.01)
    red, blue = styled_regions(mask, [_mask(BLUE, RED)], 1)
    assert (red.painting, blue.painting) == (0, 0)
    assert red.source[0].tolist()[::10] == pytest.approx([0, 1], abs=0.01)
    alone = styled_regions(None, [_mask(WHITE, BLACK)], 1)
    assert alone[0].source[0].tolist()[::10] == [1, 0]


@pytest.mark.parametrize(
    ("mask", "style_masks", "paintings", "said"),
    [
        (_mask(WHITE, BLACK), [], 3, "2 regions \\(white, black\\), and there are 3 paintings"),
        (_mask(RED, BLUE, BLACK, WHITE), [], 1, "4 regions"),
        (_mask(BLACK), [], 1, "no region for painting 1"),
        (_mask(WHITE), [], 2, "no region for painting 2"),
        (_mask((128, 110, 60)), [], 1, "none of the colours white, red"),
        (_mask(WHITE, BLACK), [_mask(WHITE)], 2, "1 masks for 2 paintings"),
        (_mask(WHITE, BLACK), [_mask(BLACK, name="dark"), _mask(WHITE)], 2, "dark has neither white"),
    ],
)
def test_what_does_not_fit_is_said(mask, style_masks, paintings, said):
    with pytest.raises(OptionError, match=said):
        styled_regions(mask, style_masks, paintings)
