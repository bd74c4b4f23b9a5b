import pytest
import torch
from torch.nn import functional

from deepatelier import networks
from deepatelier.errors import OptionError


def test_the_first_layer_whitens():
    """The covariance of its first outputs, without bias, is diagonal; each filter is there with both signs."""
    torch.manual_seed(0)
    network = networks.build("airbench")
    smooth = functional.avg_pool2d(torch.rand(400, 3, 40, 40), 5, 1)[..., :32, :32]
    images = (smooth - smooth.mean() + 0.5).clamp(0, 1)
    network.whiten(images)
    assert torch.equal(network.whitening.weight[:12], -network.whitening.weight[12:])
    with torch.no_grad():
        maps = functional.conv2d(images, network.whitening.weight[:12]).transpose(0, 1).flatten(1)
    second = maps @ maps.T / maps.shape[1]
    variances = second.diagonal()
    off = second - variances.diag()
    assert off.abs().max() < 1e-3 * variances.max()
    assert variances.min() > 0.01
    assert variances.max() <= 1.001


def test_the_maximum_of_all_positions_is_the_sources_window():
    """At 32 x 32 the last maps are 3 x 3, which the source pools by one window."""
    network = networks.build("airbench").eval()
    with torch.no_grad():
        before = network.features[:-1](network.prepare(torch.rand(1, 3, 32, 32)))
    assert before.shape[-2:] == (3, 3)


def test_filters_begin_as_the_identity():
    torch.manual_seed(0)
    weight = networks.build("airbench").features[2].weight
    wanted = torch.zeros(24, 24, 3, 3)
    wanted[range(24), range(24), 1, 1] = 1
    assert torch.equal(weight[:24].detach(), wanted)
    assert weight[24:].abs().max() <= (24 * 9) ** -0.5 + 1e-6


def test_there_must_be_a_picture():
    with pytest.raises(OptionError, match="how to whiten"):
        networks.build("airbench").whiten(torch.rand(0, 3, 32, 32))


def test_a_channel_that_is_the_same_everywhere_does_not_run_away():
    torch.manual_seed(0)
    network = networks.build("airbench").train().requires_grad_(True)
    weight = network.features[20].weight
    weight.data[40] = 0
    functional.cross_entropy(network(torch.rand(8, 3, 32, 32)), torch.arange(8)).backward()
    lengths = weight.grad.flatten(1).norm(dim=1)
    assert 0 < lengths[40] < 1000 * lengths[:40].mean()
