"""Every style loss: zero at its own picture, its gradient, its additivity, its guidance."""

import numpy as np
import pytest
import torch
from scipy.linalg import sqrtm
from tests_support import loss_of

from deepatelier.synthesis.objectives import STYLE_LOSSES, Region, carried

LAYERS = ("relu1", "relu2", "relu3")
SHAPES = {"relu1": (1, 4, 12, 16), "relu2": (1, 6, 6, 8), "relu3": (1, 5, 3, 4)}
ALL = pytest.mark.parametrize("name", list(STYLE_LOSSES))


def _maps(seed, scale=1.0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    return {name: scale * torch.randn(shape, generator=generator, dtype=dtype) for name, shape in SHAPES.items()}


def _objective(name, painting, weights=None, guidance=None, painting_guidance=None):
    loss = STYLE_LOSSES[name]
    target = loss.target(painting, LAYERS, painting_guidance)
    return loss.objective(LAYERS, target, weights=weights, guidance=guidance)


@ALL
def test_a_picture_has_its_own_style(name):
    maps = _maps(0)
    assert abs(loss_of(_objective(name, maps), maps)) < 1e-6
    assert loss_of(_objective(name, maps), _maps(1)) > 1e-3


@ALL
def test_gradient(name):
    objective, start = _objective(name, _maps(0)), _maps(1)

    def loss(*maps):
        seen = dict(zip(LAYERS, maps, strict=True))
        regions = {layer: Region.all_of(each) for layer, each in seen.items()}
        return objective.loss(objective.statistic(seen, regions))

    inputs = tuple(start[layer].requires_grad_() for layer in LAYERS)
    assert torch.autograd.gradcheck(loss, inputs, eps=1e-7, atol=1e-5, rtol=1e-3)


@ALL
def test_the_parts_add_up_to_the_whole(name):
    mask = torch.rand(1, 1, 24, 32, generator=torch.Generator().manual_seed(2))
    maps = _maps(1)
    for guidance in (None, carried(mask, maps)):
        objective = _objective(name, _maps(0), guidance=guidance)
        whole = objective.statistic(maps, {layer: Region.all_of(each) for layer, each in maps.items()})
        halves = []
        for side in range(2):
            regions = {}
            for layer, each in maps.items():
                height, width = each.shape[-2:]
                here = slice(0, height), slice(side * width // 2, (side + 1) * width // 2)
                regions[layer] = Region(here, here, (height, width))
            halves.append(objective.statistic(maps, regions))
        for key, value in whole.items():
            assert torch.allclose(halves[0][key] + halves[1][key], value, rtol=1e-6, atol=1e-9), key


@ALL
def test_equal_guidance_everywhere_is_none(name):
    maps, painting = _maps(1), _maps(0)
    even = carried(torch.full((1, 1, 24, 32), 0.5), maps)
    plain = loss_of(_objective(name, painting), maps)
    assert loss_of(_objective(name, painting, guidance=even), maps) == pytest.approx(plain, rel=1e-5)
    assert loss_of(_objective(name, painting, painting_guidance=even), maps) == pytest.approx(plain, rel=1e-5)


@ALL
def test_what_does_not_count_does_not_matter(name):
    """Where guidance is 0, the image may be anything. A patch reaches one position further than its centre."""
    mask = torch.zeros(1, 1, 24, 32)
    mask[..., :16] = 1
    maps, other = _maps(1), _maps(1)
    for layer, each in other.items():
        edge = {"relu1": 10, "relu2": 6, "relu3": 3}[layer]
        each[..., edge:] += 5
    objective = _objective(name, _maps(0), guidance=carried(mask, maps))
    assert loss_of(objective, other) == pytest.approx(loss_of(objective, maps), rel=1e-6)


@pytest.mark.parametrize("name", ["moments", "wasserstein", "histogram", "markov"])
def test_a_layer_of_weight_0_does_not_count(name):
    maps, other = _maps(1), _maps(1)
    other["relu2"] = 3 * other["relu2"]
    objective = _objective(name, _maps(0), weights=(1.0, 0.0, 2.0))
    assert loss_of(objective, other) == pytest.approx(loss_of(objective, maps))


def test_moments_are_means_and_deviations():
    maps, painting = _maps(1), _maps(0, 2.0)
    expected = 0.0
    for layer in LAYERS:
        x, s = maps[layer][0].flatten(1).numpy(), painting[layer][0].flatten(1).numpy()
        size = (s.mean(1) ** 2 + s.var(1)).sum()
        expected += (((x.mean(1) - s.mean(1)) ** 2).sum() + ((x.std(1) - s.std(1)) ** 2).sum()) / size / 3
    assert loss_of(_objective("moments", painting), maps) == pytest.approx(expected, rel=1e-3)


def test_wasserstein_is_the_closed_form_of_gaussians():
    maps, painting = _maps(1), _maps(0, 2.0)
    expected = 0.0
    for layer in LAYERS:
        x, s = maps[layer][0].flatten(1).numpy(), painting[layer][0].flatten(1).numpy()
        c, d = np.cov(x, bias=True), np.cov(s, bias=True)
        root = sqrtm(d)
        spread = np.trace(c + d - 2 * sqrtm(root @ c @ root).real)
        size = (s.mean(1) ** 2).sum() + np.trace(d)
        expected += (((x.mean(1) - s.mean(1)) ** 2).sum() + spread) / size / 3
    assert loss_of(_objective("wasserstein", painting), maps) == pytest.approx(expected, rel=1e-3)


def test_nearest_and_markov_find_what_was_moved():
    painting = _maps(0)
    shifted = {layer: each.roll(4 * each.shape[-1] // 16 or 1, -1) for layer, each in painting.items()}
    assert abs(loss_of(_objective("nearest", painting), shifted)) < 1e-6
    assert loss_of(_objective("markov", painting), shifted) < 0.7 * loss_of(_objective("markov", painting), _maps(5))


def test_masks_are_carried_by_their_mean():
    mask = torch.zeros(1, 1, 8, 8)
    mask[..., :3] = 1
    found = carried(mask, {"a": torch.empty(1, 2, 8, 8), "b": torch.empty(1, 5, 2, 2)})
    assert torch.equal(found["a"], mask[0, 0])
    assert torch.allclose(found["b"], torch.tensor([[0.75, 0.0], [0.75, 0.0]]))
