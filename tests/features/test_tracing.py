"""Receptive fields against what gradients say, costs against torch's own counter."""

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from deepatelier import networks
from deepatelier.features import Axis, extract, trace


def _meta(name):
    network = networks.blueprint(name)
    return network, torch.empty(1, *network.input_size, device="meta")


def test_vgg16_sees_what_the_formula_says():
    network, image = _meta("vgg16")
    fields = {call.path: call.field for call in trace(network, image)}
    # r + (k − 1)·j, j doubling at each pooling; the known 212 of pool5
    assert fields[network.layers["conv1_1"]].rows == Axis(3, 1, -1)
    assert fields[network.layers["pool1"]].rows == Axis(6, 2, -2)
    assert fields[network.layers["relu5_1"]].rows == Axis(132, 16, -58)
    assert fields[network.layers["pool5"]].columns == Axis(212, 32, -90)
    assert fields[network.layers["fc6"]] is None


class Positive(nn.Module):
    """Branches, dilation, padding, strides, a shortcut of slices, all of it without negative weights."""

    def __init__(self):
        super().__init__()
        self.one = nn.Conv2d(1, 2, (3, 5), stride=(2, 1), padding=(1, 0))
        self.two = nn.Conv2d(2, 2, 3, padding=2, dilation=2)
        self.three = nn.Conv2d(2, 2, 1)
        self.pool = nn.AvgPool2d(3, 2, padding=1, ceil_mode=True)
        self.pad = nn.ZeroPad2d((2, 0, 1, 0))
        self.last = nn.Conv2d(4, 1, 3)

    def forward(self, x):
        x = self.one(x)
        x = self.pool(self.two(x) + self.three(x))
        x = torch.cat([x, torch.relu(x)], 1)
        return self.last(self.pad(x))[:, :, 1::2]


def _seen(network, image, y, x):
    """First row, last row, first column, last column of the pixels that a position of the output depends on."""
    image = image.clone().requires_grad_()
    network(image)[0, :, y, x].sum().backward()
    rows, columns = image.grad.abs().sum((0, 1)).nonzero().T
    return rows.min().item(), rows.max().item(), columns.min().item(), columns.max().item()


def test_fields_are_where_gradients_come_from():
    torch.manual_seed(0)
    network = Positive()
    for parameter in network.parameters():
        parameter.data = torch.rand_like(parameter) + 0.1
    image = torch.rand(1, 1, 61, 47) + 1
    output = network(image)
    call = trace(network, image)[-1]
    assert call.path == ""
    for y in (0, 2, output.shape[2] - 1):
        for x in (0, 3, output.shape[3] - 1):
            expected = []
            for axis, index, side in zip(call.field, (y, x), (61, 47), strict=True):
                first = axis.start + index * axis.stride
                expected += [max(0, first), min(side, first + axis.size) - 1]
            assert _seen(network, image, y, x) == tuple(expected)


@pytest.mark.parametrize(
    ("name", "layer"),
    [("googlenet", "inception_3b"), ("resnet20", "conv3_1"), ("zfnet", "conv4"), ("efficientnet_lite0", "block4")],
)
def test_fields_of_real_networks_are_where_gradients_come_from(name, layer):
    options = {} if name == "resnet20" else {"num_classes": 0}
    if name not in ("resnet20", "efficientnet_lite0"):
        options["pooling"] = "average"  # of a maximum only one position would get the gradient
    network = networks.build(name, **options).eval()
    for key, parameter in network.named_parameters():
        parameter.data.fill_(0.01 if key.endswith("bias") else 1.0)
        if parameter.ndim > 1:
            parameter.data /= parameter[0].numel()  # averages: nothing is negative or clipped
    image = torch.rand(1, 3, 128, 160)
    field = next(call.field for call in trace(network, image) if call.path == network.layers[layer])
    image.requires_grad_()
    maps = extract(network, image, [layer])[layer]
    y, x = maps.shape[2] // 2, maps.shape[3] // 2
    maps[0, :, y, x].sum().backward()
    rows, columns = image.grad.abs().sum((0, 1)).nonzero().T
    for axis, index, found, side in zip(field, (y, x), (rows, columns), (128, 160), strict=True):
        first = axis.start + index * axis.stride
        assert (found.min().item(), found.max().item()) == (max(0, first), min(side, first + axis.size) - 1)


@pytest.mark.parametrize("name", ["lenet5", "alexnet_torchvision", "googlenet", "resnet50", "efficientnet_lite0"])
def test_multiply_adds_are_torchs_count(name):
    network, image = _meta(name)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network.eval()(image)
    calls = trace(network, image)
    assert 2 * calls[-1].multiply_adds == counter.get_total_flops()
    assert sum(call.multiply_adds for call in calls if call.leaf) == calls[-1].multiply_adds


@pytest.mark.parametrize(
    "name", [name for name in networks.names("pictures") if not name.startswith(("vgg1", "resnet1", "densenet1"))]
)
def test_shapes_on_the_meta_device_are_torchs_own(name):
    network, image = _meta(name)
    shapes = {call.path: call.output for call in trace(network, image) if call.leaf}
    found = {}
    hooks = [
        module.register_forward_hook(lambda _m, _i, output, path=path: found.update({path: output.shape}))
        for path, module in network.named_modules()
        if path in shapes
    ]
    with torch.no_grad():
        network.eval()(image)
    for hook in hooks:
        hook.remove()
    assert shapes == found


def test_sources_tell_the_graph():
    network, image = _meta("resnet20")
    calls = trace(network, image)
    index = {call.path: number for number, call in enumerate(calls)}
    paths = {number: path for path, number in index.items()}
    assert {paths[i] for i in calls[index["layer1.1.conv1"]].sources} == {"layer1.0.relu2"}
    # the block's last ReLU takes the sum of the second normalisation and what came into the block
    assert {paths[i] for i in calls[index["layer1.1.relu2"]].sources} == {"layer1.1.bn2", "layer1.0.relu2"}
    assert calls[index["normalization"]].sources == {-1}
    assert {paths[i] for i in calls[index["layer2.0.relu2"]].sources} == {"layer2.0.bn2", "layer2.0.downsample"}


def test_the_network_is_left_as_it_was(tiny):
    tiny.train()
    trace(tiny, torch.rand(1, 3, 8, 8))
    assert all(module.training for module in tiny.modules())
    with pytest.raises(RuntimeError):
        trace(tiny, torch.rand(1, 5, 8, 8))
    assert all(module.training for module in tiny.modules())
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in tiny.modules())


def test_a_module_that_runs_twice_is_told_twice():
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(1, 1, 3)

        def forward(self, x):
            return self.conv(self.conv(x))

    calls = trace(Twice(), torch.rand(1, 1, 9, 9))
    assert [(call.path, call.field.rows.size) for call in calls] == [("conv", 3), ("conv", 5), ("", 5)]
    assert [call.multiply_adds for call in calls] == [49 * 9, 25 * 9, 74 * 9]
