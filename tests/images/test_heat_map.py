import pytest
import torch

from deepatelier import images
from deepatelier.images.heat_map import _enlarged
from deepatelier.images.lettering import lettered_line, lettered_paragraph

PHOTO = torch.full((1, 3, 60, 90), 0.5)
SIZE = (60, 90)


def test_the_brightest_place_is_the_highest_value():
    values = torch.zeros(6, 9)
    values[4, 2] = 3.0
    drawn = images.heat_map(PHOTO, values)
    assert drawn.shape == (1, 3, 60, images.heat_map_width(SIZE))
    light = drawn[0, :, :, :90].sum(dim=0)
    row, column = divmod(int(light.argmax()), 90)
    assert (row // 10, column // 10) == (4, 2)


def test_signs_are_red_and_blue_and_nothing_is_grey():
    values = torch.zeros(1, 3)
    values[0, 0], values[0, 2] = 2.0, -1.0
    drawn = images.heat_map(PHOTO, values, signed=True)[0]
    left, middle, right = drawn[:, 30, 5], drawn[:, 30, 45], drawn[:, 30, 85]
    assert left[0] > left[2]
    assert right[2] > right[0]
    assert middle.std() < 0.02


def test_without_signs_what_is_below_zero_is_nothing():
    values = torch.tensor([[1.0, 0.0, -5.0]])
    drawn = images.heat_map(PHOTO, values)[0]
    assert torch.allclose(drawn[:, 30, 89], images.heat_map(PHOTO, values.clamp_min(0))[0][:, 30, 89])


def test_the_scale_may_end_below_the_highest_value():
    values = torch.rand(60, 90, generator=torch.Generator().manual_seed(0))
    values[0, 0] = 1000
    assert (
        images.heat_map(PHOTO, values)[..., 10:, :90].amax()
        < images.heat_map(PHOTO, values, highest=0.99)[..., 10:, :90].amax()
    )


def test_the_bar_has_the_colours_from_the_highest_to_the_lowest():
    bar = images.heat_map(PHOTO, torch.rand(6, 9))[0, :, :, 94:100]
    light = bar.sum(dim=(0, 2))
    assert (light.diff() <= 1e-5).all()
    assert light[0] > 2 * light[-1]


@pytest.mark.parametrize("text", ["", "word", "a sentence of many words that has to be broken between them " * 3])
def test_a_notice_has_letters_within_the_picture(text):
    page = images.notice(PHOTO, text)
    assert page.shape == (1, 3, 60, images.heat_map_width(SIZE))
    assert (page[..., :90].amin() < 0.3) == bool(text)
    assert (page[..., 90:] == 1).all()


def test_letters():
    line = lettered_line("left", (20, 100), 12, align="left")
    assert line.shape == (20, 100)
    assert line[:, :10].min() < 0.5
    assert line[:, 60:].min() == 1
    assert lettered_paragraph("some words in a narrow place", (40, 60), 20).min() < 0.5


def test_enlarging_shows_nothing_that_is_not_there():
    """Beside a large negative value a cubic curve would rise above zero."""
    values = torch.full((5, 7), -0.1)
    values[2, 2], values[2, 3], values[0, 6] = -8.0, -8.0, 0.02
    full = _enlarged(values, (100, 140))
    assert full.max() <= values.max()
    assert full.min() >= values.min()
    assert (full[:, :100] <= 0).all()
    assert torch.allclose(full[10::20, 10::20].round(decimals=1), values.round(decimals=1), atol=0.11)


@pytest.mark.parametrize("highest", [0.0, 1.74e-5, 0.00132, 4.5, 3293.0, 1.2e7])
def test_numbers_of_the_bar_are_whole(highest):
    text = images.short_number(highest)
    assert float(text) == pytest.approx(highest, rel=1e-2)
    assert "…" not in text
    drawn = images.heat_map(PHOTO, torch.full((2, 2), highest))
    assert drawn[0, 0, :14, 90 + 2 * 9 :].min() < 0.9, "it is there"
    assert drawn[..., -1].min() == 1, "it ends before the border"


def test_a_line_that_does_not_fit_keeps_both_ends():
    whole = lettered_line("block12/relu_depthwise #123", (14, 300), 9, align="left")
    cut = lettered_line("block12/relu_depthwise #123", (14, 80), 9, align="left")
    assert torch.equal(whole[:, :20], cut[:, :20])
    assert cut[:, -25:].min() < 0.5
