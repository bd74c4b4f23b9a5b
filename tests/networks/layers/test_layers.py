"""Each layer against its formula."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from deepatelier.errors import UnknownNameError
from deepatelier.networks import lenet
from deepatelier.networks.layers import (
    RadialBasis,
    SameConv2d,
    ScaledTanh,
    SparseConv2d,
    SqueezeExcitation,
    Subsampling,
    local_response_norm,
    pool2d,
)


def test_scaled_tanh_is_one_at_one():
    assert torch.allclose(ScaledTanh()(torch.tensor([-1.0, 0.0, 1.0])), torch.tensor([-1.0, 0.0, 1.0]), atol=1e-4)


def test_subsampling_is_a_weighted_sum_of_four():
    layer = Subsampling(2)
    layer.weight.data, layer.bias.data = torch.tensor([2.0, -1.0]), torch.tensor([0.5, 0.0])
    x = torch.arange(32.0).view(1, 2, 4, 4)
    expected = torch.stack(
        [
            2 * x[0, 0].view(2, 2, 2, 2).sum((1, 3)) + 0.5,
            -x[0, 1].view(2, 2, 2, 2).sum((1, 3)),
        ]
    )
    assert torch.allclose(layer(x)[0], expected)


def test_a_sparse_convolution_is_one_convolution_for_each_connection():
    torch.manual_seed(0)
    table = [(0, 2), (1,), (0, 1, 2)]
    layer = SparseConv2d(3, table, 3).double()
    x = torch.randn(2, 3, 6, 5, dtype=torch.float64)
    output = layer(x)
    first = 0
    for i, row in enumerate(table):
        expected = layer.bias[i] + sum(
            functional.conv2d(x[:, j : j + 1], layer.weight[first + k][None, None])[:, 0] for k, j in enumerate(row)
        )
        assert torch.allclose(output[:, i], expected)
        first += len(row)
    assert torch.autograd.gradcheck(
        lambda weight, x: torch.func.functional_call(layer, {"weight": weight}, (x,)),
        (layer.weight, x.requires_grad_()),
    )


def test_the_connection_table_of_c3():
    assert [len(row) for row in lenet.C3_TABLE] == [3] * 6 + [4] * 9 + [6]
    seen = [sum(j in row for row in lenet.C3_TABLE) for j in range(6)]
    assert seen == [10] * 6  # each map of S2 goes to ten maps of C3, as in table I
    assert len(set(lenet.C3_TABLE)) == 16


def test_radial_basis_is_the_negative_squared_distance():
    layer = RadialBasis([[1.0, -1.0], [0.0, 2.0]])
    assert layer(torch.tensor([[1.0, 1.0]])).tolist() == [[-4.0, -2.0]]
    assert not list(layer.parameters())


def test_the_codes_of_the_digits_are_pictures_that_differ():
    codes = torch.tensor(lenet.CODES)
    assert codes.shape == (10, 84)
    assert torch.cdist(codes, codes, p=1).fill_diagonal_(100).min() / 2 >= 4  # pixels


def test_squeeze_and_excitation_by_hand():
    torch.manual_seed(0)
    layer = SqueezeExcitation(8, reduction=4)
    x = torch.randn(2, 8, 3, 5)
    mean = x.mean((2, 3))
    hidden = torch.relu(mean @ layer.fc1.weight.flatten(1).T + layer.fc1.bias)
    weights = torch.sigmoid(hidden @ layer.fc2.weight.flatten(1).T + layer.fc2.bias)
    assert torch.allclose(layer(x), x * weights[:, :, None, None], atol=1e-6)


def test_local_response_norm_has_the_papers_alpha():
    x = torch.randn(1, 7, 2, 2)
    squares = torch.stack([x[0, max(0, i - 2) : i + 3].square().sum(0) for i in range(7)])
    assert torch.allclose(local_response_norm()(x)[0], x[0] / (2 + 1e-4 * squares) ** 0.75, atol=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 20), st.integers(1, 20), st.sampled_from([1, 3, 5]), st.integers(1, 3))
def test_same_convolution_gives_ceil_n_over_s(height, width, kernel_size, stride):
    layer = SameConv2d(1, 1, kernel_size, stride, bias=False)
    x = torch.rand(1, 1, height, width)
    assert layer(x).shape == (1, 1, -(-height // stride), -(-width // stride))
    if stride == 1:
        assert torch.allclose(layer(x), functional.conv2d(x, layer.weight, padding="same"))


def test_same_convolution_pads_the_odd_zero_at_the_end():
    layer = SameConv2d(1, 1, 3, stride=2, bias=False)
    layer.weight.data.fill_(1.0)
    assert layer(torch.ones(1, 1, 4, 4))[0, 0].tolist() == [[9.0, 6.0], [6.0, 4.0]]


def test_pooling_by_name():
    assert isinstance(pool2d("max", 2, 2), nn.MaxPool2d)
    ones = pool2d("average", 3, 2, padding=1)(torch.ones(1, 1, 4, 4))
    assert torch.equal(ones, torch.ones(1, 1, 2, 2))  # padding is not counted
    with pytest.raises(UnknownNameError, match="average"):
        pool2d("averag", 2, 2)  # type: ignore[arg-type]


def test_local_response_norm_in_bfloat16():
    """torch's own has no average pooling in bfloat16 on the CPU."""
    x = torch.randn(2, 8, 5, 5)
    norm = local_response_norm()
    found = norm(x.bfloat16())
    assert found.dtype == torch.bfloat16
    assert torch.allclose(found.float(), norm(x), rtol=0.02, atol=0.02)
