import pytest
from tests_support import loss_of, style_maps, style_objective


def test_moments_are_means_and_deviations():
    maps, painting = style_maps(1), style_maps(0, 2.0)
    expected = 0.0
    for layer in maps:
        x, s = maps[layer][0].flatten(1).numpy(), painting[layer][0].flatten(1).numpy()
        size = (s.mean(1) ** 2 + s.var(1)).sum()
        expected += (((x.mean(1) - s.mean(1)) ** 2).sum() + ((x.std(1) - s.std(1)) ** 2).sum()) / size / len(maps)
    assert loss_of(style_objective("moments", painting), maps) == pytest.approx(expected, rel=1e-3)
