import pytest
import torch

from deepatelier.painters.painter import STRIDE, ConditionalInstanceNorm, Grain, Painter


def test_normalises_as_torch_does():
    x = 3 + 2 * torch.randn(2, 4, 9, 7, dtype=torch.float64)
    norm = ConditionalInstanceNorm(4, 3).double()
    with torch.no_grad():
        norm.gamma.uniform_(-1, 1)
        norm.beta.uniform_(-1, 1)
    style = torch.eye(3, dtype=torch.float64)[[2, 0]]
    found = norm(x, style)
    for number, index in enumerate((2, 0)):
        expected = torch.nn.functional.instance_norm(
            x[number : number + 1], weight=norm.gamma[index], bias=norm.beta[index]
        )
        assert torch.allclose(found[number : number + 1], expected, atol=1e-5)


def test_a_mixture_of_styles_has_the_mean_of_their_parameters():
    norm = ConditionalInstanceNorm(2, 2)
    with torch.no_grad():
        norm.beta.copy_(torch.tensor([[0.0, 1.0], [2.0, 5.0]]))
    found = norm(torch.randn(1, 2, 8, 8), torch.tensor([[0.25, 0.75]]))
    assert torch.allclose(found.mean(dim=(2, 3)), torch.tensor([[1.5, 4.0]]), atol=1e-4)


def test_some_thousand_positions_tell_the_statistics_of_a_large_map():
    x = torch.nn.functional.avg_pool2d(torch.randn(1, 3, 519, 519), 8, stride=1)
    found = ConditionalInstanceNorm(3, 1)(x, torch.ones(1, 1))
    assert torch.allclose(found.mean(dim=(2, 3)), torch.zeros(1, 3), atol=0.1)
    assert torch.allclose(found.std(dim=(2, 3)), torch.ones(1, 3), atol=0.1)


@pytest.mark.parametrize("size", [(STRIDE, STRIDE), (24, 40)])
def test_gives_a_picture_of_the_same_size(size):
    painted = Painter(2, width=2, blocks=1)(torch.rand(3, 3, *size), torch.eye(2)[[0, 1, 0]])
    assert painted.shape == (3, 3, *size)
    assert (painted > 0).all()
    assert (painted < 1).all()


def test_styles_differ_by_their_norms_alone():
    painter = Painter(2, width=2, blocks=1).eval()
    with torch.no_grad():
        painter.residual[0].grain.amount[1] = painter.residual[0].grain.amount[0]
    image = torch.rand(1, 3, 16, 16)
    first, second = (painter(image, style[None]) for style in torch.eye(2))
    assert torch.equal(first, second)
    with torch.no_grad():
        painter.down[0].norm.beta[1] += 1
    assert torch.equal(painter(image, torch.eye(2)[:1]), first)
    assert not torch.equal(painter(image, torch.eye(2)[1:]), second)


def test_grain_is_noise_by_a_factor_for_each_channel():
    grain, x = Grain(2, 2), torch.randn(3, 2, 8, 8)
    with torch.no_grad():
        grain.amount.copy_(torch.tensor([[0.0, 2.0], [1.0, 0.0]]))
    style = torch.eye(2)[[0, 0, 1]]
    added = grain(x, style) - x
    assert added[0, 0].abs().max() == added[2, 1].abs().max() == 0
    assert 1.5 < added[0, 1].std() < 2.5
    assert not torch.allclose(added[0, 1], added[1, 1])
    generator = torch.Generator().manual_seed(1)
    assert not torch.equal(grain(x, style, generator), grain(x, style, generator))
    assert torch.equal(grain(x, style), grain(x, style))


def test_with_nothing_to_add_it_gives_the_tones_of_the_picture():
    painter = Painter(1, width=2, blocks=1)
    with torch.no_grad():
        painter.last.weight.zero_()
        painter.last.bias.zero_()
    image = torch.full((1, 3, 16, 16), 0.3)
    assert torch.allclose(painter(image, torch.ones(1, 1)), image, atol=1e-6)


def test_every_weight_has_a_gradient():
    painter = Painter(1, width=2, blocks=1)
    painter(torch.rand(1, 3, 16, 16), torch.ones(1, 1)).square().sum().backward()
    assert all(parameter.grad is not None and parameter.grad.abs().sum() > 0 for parameter in painter.parameters())
