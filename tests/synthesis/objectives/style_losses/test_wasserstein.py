import numpy as np
import pytest
from scipy.linalg import sqrtm
from tests_support import loss_of, style_maps, style_objective


def test_wasserstein_is_the_closed_form_of_gaussians():
    maps, painting = style_maps(1), style_maps(0, 2.0)
    expected = 0.0
    for layer in maps:
        x, s = maps[layer][0].flatten(1).numpy(), painting[layer][0].flatten(1).numpy()
        c, d = np.cov(x, bias=True), np.cov(s, bias=True)
        root = sqrtm(d)
        spread = np.trace(c + d - 2 * sqrtm(root @ c @ root).real)
        size = (s.mean(1) ** 2).sum() + np.trace(d)
        expected += (((x.mean(1) - s.mean(1)) ** 2).sum() + spread) / size / len(maps)
    assert loss_of(style_objective("wasserstein", painting), maps) == pytest.approx(expected, rel=1e-3)
