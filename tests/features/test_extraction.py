import pytest
import torch
from torch import nn

from deepatelier.errors import UnknownNameError
from deepatelier.features import OUTPUT, PIXELS, check_layers, extract


def _hooks(network: nn.Module) -> int:
    return sum(len(module._forward_hooks) for module in network.modules())


def test_equals_a_plain_forward_pass(oxford):
    image = torch.rand(1, 3, 35, 50)
    names = ["relu5_1", "conv1_1", PIXELS, "pool2", "relu4_2"]
    with torch.no_grad():
        found = extract(oxford, image, names)
        x, plain = oxford.normalization(image), {PIXELS: image}
        by_path = {path: name for name, path in oxford.layers.items()}
        for index, module in enumerate(oxford.features):
            x = module(x)
            plain[by_path[f"features.{index}"]] = x
    assert list(found) == names
    for name in names:
        assert torch.equal(found[name], plain[name])


def test_stops_at_the_deepest_layer(tiny):
    tiny.conv2.register_forward_hook(lambda *_: pytest.fail("went on"))
    assert set(extract(tiny, torch.rand(1, 3, 8, 8), ["pool", "relu1"])) == {"pool", "relu1"}


def test_pixels_alone_need_no_network():
    class Refuses(nn.Module):
        def forward(self, x):
            pytest.fail("ran")

    image = torch.rand(1, 3, 4, 4)
    assert extract(Refuses(), image, [PIXELS])[PIXELS] is image


def test_a_module_path_is_a_name_too(tiny):
    assert extract(tiny, torch.rand(1, 3, 8, 8), ["conv2"])["conv2"].shape == (1, 6, 4, 4)


def test_no_hook_is_left(tiny):
    extract(tiny, torch.rand(1, 3, 8, 8), ["relu2"])
    with pytest.raises(RuntimeError):
        extract(tiny, torch.rand(1, 5, 8, 8), ["relu2"])
    with pytest.raises(UnknownNameError, match="relu2"):
        extract(tiny, torch.rand(1, 3, 8, 8), ["relu1", "relu9"])
    assert _hooks(tiny) == 0
    with pytest.raises(UnknownNameError):
        check_layers(tiny, ["relu1", "none"])


def test_what_an_in_place_layer_overwrites_has_its_gradient():
    network = nn.Sequential(nn.Conv2d(3, 2, 1), nn.ReLU(inplace=True), nn.Flatten()).requires_grad_(False)
    image = torch.rand(1, 3, 4, 4, requires_grad=True)
    found = extract(network, image, ["0", OUTPUT])
    (gradient,) = torch.autograd.grad(found[OUTPUT].sum(), found["0"])
    assert torch.equal(gradient, (network[0](image) > 0).float())


def test_what_an_in_place_layer_overwrites_is_kept(tiny):
    image = torch.randn(1, 3, 8, 8, requires_grad=True)
    expected = extract(tiny, image, ["conv1", "relu2"])
    gradient = torch.autograd.grad(expected["conv1"].sum() + expected["relu2"].sum(), image)[0]
    tiny.relu1.inplace = True
    found = extract(tiny, image, ["conv1", "relu2"])
    assert torch.equal(found["conv1"], expected["conv1"])
    assert torch.equal(torch.autograd.grad(found["conv1"].sum() + found["relu2"].sum(), image)[0], gradient)


def test_the_image_gets_its_gradient(tiny64):
    image = torch.randn(1, 3, 6, 6, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: extract(tiny64, x, ["relu2"])["relu2"], (image,))
