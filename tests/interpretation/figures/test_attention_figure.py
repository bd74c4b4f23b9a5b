import numpy as np

from deepatelier.interpretation.figures.attention_figure import attention_figure


def test_dark_cells_are_where_the_weights_are():
    eye = np.eye(4, dtype=np.float32)
    pictures = [attention_figure([*"abc", "<end>"], [*"xyz", "<end>"], each) for each in (eye, eye[::-1].copy())]
    _, width, colours = pictures[0].shape
    assert colours == 3
    assert 0 <= pictures[0].min() < pictures[0].max() <= 1
    dark = [np.argwhere(picture[..., 2] - picture[..., 0] > 0.3) for picture in pictures]
    inside = [each[each[:, 1] < 0.7 * width] for each in dark]  # without the colour bar
    slopes = [np.corrcoef(each.T)[0, 1] for each in inside]
    assert slopes[0] > 0.8
    assert slopes[1] < -0.8


def test_its_size_grows_with_the_tokens():
    small = attention_figure(["a"] * 12, ["b"] * 5, np.full((5, 12), 1 / 12))
    large = attention_figure(["a"] * 24, ["b"] * 15, np.full((15, 24), 1 / 24))
    words = attention_figure(["▁Jerusalem"] * 12, ["▁Jerusalén"] * 5, np.full((5, 12), 1 / 12))
    assert large.shape[0] > small.shape[0]
    assert large.shape[1] > small.shape[1]
    assert words.shape[0] > small.shape[0]
