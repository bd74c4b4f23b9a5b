"""Operations that keep positions, move them, or mix them."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from deepatelier.features import NOTHING, Axis, ReceptiveField, trace, union


class Function(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


def _field(function, size=(1, 4, 12, 10)):
    return trace(Function(function), torch.rand(size))[-1].field


PIXEL = ReceptiveField(Axis(1, 1, 0), Axis(1, 1, 0))


@pytest.mark.parametrize(
    "function",
    [
        torch.relu,
        lambda x: x * 2 + x,
        lambda x: x.softmax(1),
        lambda x: x.mean(1, keepdim=True),
        lambda x: x[:, 1:3],
        lambda x: x[:, [3, 0, 2]],
        lambda x: x.to(torch.bfloat16),
        lambda x: torch.cat(x.chunk(2, 1)[::-1], 1),
        lambda x: nn.functional.local_response_norm(x, 3),
        lambda x: nn.functional.prelu(x, torch.tensor([0.1])),
        lambda x: x.unsqueeze(1).squeeze(1),
    ],
)
def test_positions_are_kept(function):
    assert _field(function) == PIXEL


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x[:, :, [1, 0, 2]],
        lambda x: x.softmax(-1),
        lambda x: x.cumsum(2),
        lambda x: x.flip(3),
        lambda x: x.roll(1, 2),
        lambda x: x.transpose(2, 3),
        lambda x: x.mean((2, 3), keepdim=True),
        lambda x: torch.cat([x, x], 2),
        lambda x: x.flatten(1),
        lambda x: x @ torch.rand(10, 10),
        lambda x: nn.functional.conv_transpose2d(x, torch.rand(4, 4, 3, 3), padding=1),
        lambda x: nn.functional.interpolate(x, scale_factor=2),
        lambda x: nn.functional.adaptive_avg_pool2d(x, (5, 4)),
        lambda x: nn.functional.layer_norm(x, x.shape[1:]),
    ],
)
def test_what_mixes_positions_sees_all(function):
    assert _field(function) is None


def test_positions_are_moved():
    assert _field(lambda x: x[:, :, 2::3]) == ReceptiveField(Axis(1, 3, 2), Axis(1, 1, 0))
    assert _field(lambda x: x[:, :, -4:, 1:]) == ReceptiveField(Axis(1, 1, 8), Axis(1, 1, 1))
    for mode in ("constant", "reflect", "replicate"):
        padded = _field(lambda x, mode=mode: nn.functional.pad(x, (1, 2, 3, 0), mode=mode))
        assert padded == ReceptiveField(Axis(1, 1, -3), Axis(1, 1, -1))
    assert _field(lambda x: nn.functional.adaptive_avg_pool2d(x, (6, 5))) == ReceptiveField(
        Axis(2, 2, 0), Axis(2, 2, 0)
    )


def test_union_reaches_from_the_first_to_the_last():
    a = ReceptiveField(Axis(3, 2, -1), Axis(1, 2, 0))
    b = ReceptiveField(Axis(5, 2, 0), Axis(1, 2, 4))
    assert union(a, b) == ReceptiveField(Axis(6, 2, -1), Axis(5, 2, 0))
    assert union(a, PIXEL) is None
    assert union(None, a) is None


windows = st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(0, 2), st.integers(1, 2))


@settings(max_examples=60, deadline=None)
@given(st.lists(windows, min_size=1, max_size=3), st.sampled_from(["conv", "average", "max"]))
def test_stacks_of_windows_are_where_gradients_come_from(stack, kind):
    layers = []
    for kernel_size, stride, padding, dilation in stack:
        if kind == "conv":
            layers.append(nn.Conv2d(1, 1, kernel_size, stride, padding, dilation))
        else:
            padding = min(padding, kernel_size // 2)
            layers.append(nn.AvgPool2d(kernel_size, stride, padding, ceil_mode=True))
    network = nn.Sequential(*layers)
    for parameter in network.parameters():
        nn.init.constant_(parameter, 1.0)
    image = torch.rand(1, 1, 230, 215) + 1
    if kind == "max":  # a window's place does not depend on what is done in it
        pools = [nn.MaxPool2d(layer.kernel_size, layer.stride, layer.padding, ceil_mode=True) for layer in layers]
        assert trace(nn.Sequential(*pools), image)[-1].field == trace(network, image)[-1].field
        return
    field = trace(network, image)[-1].field
    image.requires_grad_()
    output = network(image)
    y, x = output.shape[2] // 2, output.shape[3] // 2
    output[0, 0, y, x].backward()
    rows, columns = image.grad[0, 0].nonzero().T
    for axis, index, found, side in zip(field, (y, x), (rows, columns), (230, 215), strict=True):
        first = axis.start + index * axis.stride
        if first >= 0 and first + axis.size <= side:  # with dilation, the padded edge may hide the outermost pixels
            assert (found.min().item(), found.max().item()) == (first, first + axis.size - 1)


def test_what_is_added_without_the_image_changes_nothing():
    class Positions(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.positions = nn.Conv2d(4, 4, 3), nn.Embedding(80, 4)

        def forward(self, x):
            x = self.conv(x)
            return x + self.positions(torch.arange(80)).T.reshape(1, 4, 10, 8)

    calls = {call.path: call for call in trace(Positions(), torch.rand(1, 4, 12, 10))}
    assert calls["positions"].field == NOTHING
    assert calls[""].field == calls["conv"].field == ReceptiveField(Axis(3, 1, 0), Axis(3, 1, 0))
