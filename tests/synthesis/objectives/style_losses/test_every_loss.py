"""Every style loss: zero at its own picture, its gradient, its additivity, its guidance, what it tells of itself."""

import pytest
import torch
from tests_support import STYLE_SHAPES, loss_of, style_maps, style_objective

from deepatelier.synthesis.objectives import Region, carried, style_loss
from deepatelier.synthesis.style_loss_names import about, names

LAYERS = tuple(STYLE_SHAPES)
ALL = pytest.mark.parametrize("name", names())


@ALL
def test_a_picture_has_its_own_style(name):
    maps = style_maps(0)
    assert abs(loss_of(style_objective(name, maps), maps)) < 1e-6
    assert loss_of(style_objective(name, maps), style_maps(1)) > 1e-3


@ALL
def test_gradient(name):
    objective, start = style_objective(name, style_maps(0)), style_maps(1)

    def loss(*maps):
        seen = dict(zip(LAYERS, maps, strict=True))
        regions = {layer: Region.all_of(each) for layer, each in seen.items()}
        return objective.loss(objective.statistic(seen, regions))

    few = [start["relu1"][..., ::2, ::2], start["relu2"][..., ::2, ::2], start["relu3"]]
    inputs = tuple(each.clone().requires_grad_() for each in few)
    assert torch.autograd.gradcheck(loss, inputs, eps=1e-7, atol=1e-5, rtol=1e-3)


@ALL
def test_the_parts_add_up_to_the_whole(name):
    mask = torch.rand(1, 1, 24, 32, generator=torch.Generator().manual_seed(2))
    maps = style_maps(1)
    for guidance in (None, carried(mask, maps)):
        objective = style_objective(name, style_maps(0), guidance=guidance)
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
    maps, painting = style_maps(1), style_maps(0)
    even = carried(torch.full((1, 1, 24, 32), 0.5), maps)
    plain = loss_of(style_objective(name, painting), maps)
    assert loss_of(style_objective(name, painting, guidance=even), maps) == pytest.approx(plain, rel=1e-5)
    assert loss_of(style_objective(name, painting, painting_guidance=even), maps) == pytest.approx(plain, rel=1e-5)


@ALL
def test_what_does_not_count_does_not_matter(name):
    """Where guidance is 0, the image may be anything. A patch reaches one position further than its centre."""
    mask = torch.zeros(1, 1, 24, 32)
    mask[..., :16] = 1
    maps, other = style_maps(1), style_maps(1)
    for layer, each in other.items():
        edge = {"relu1": 10, "relu2": 6, "relu3": 3}[layer]
        each[..., edge:] += 5
    objective = style_objective(name, style_maps(0), guidance=carried(mask, maps))
    assert loss_of(objective, other) == pytest.approx(loss_of(objective, maps), rel=1e-6)


@pytest.mark.parametrize("name", ["moments", "wasserstein", "histogram", "markov"])
def test_a_layer_of_weight_0_does_not_count(name):
    maps, other = style_maps(1), style_maps(1)
    other["relu2"] = 3 * other["relu2"]
    objective = style_objective(name, style_maps(0), weights=(1.0, 0.0, 2.0))
    assert loss_of(objective, other) == pytest.approx(loss_of(objective, maps))


@ALL
def test_what_it_tells_of_itself(name):
    loss = style_loss(name)
    assert loss.about == about(name)
    assert loss.ratio is None or loss.ratio > 0
    assert loss.bytes_per_pixel >= 0


@pytest.mark.parametrize("name", [name for name in names() if style_loss(name).blends])
def test_halfway_between_two_targets_a_picture_is_nearer_than_to_the_other(name):
    loss, one, other = style_loss(name), style_maps(0), style_maps(1, 2.0)
    ends = [loss.target(maps, LAYERS, None) for maps in (one, other)]
    middle = {key: torch.lerp(value, ends[1][key], 0.5) for key, value in ends[0].items()}
    halfway = loss_of(loss.objective(LAYERS, middle, weights=None, guidance=None), one)
    assert 0 < halfway < loss_of(style_objective(name, other), one)
