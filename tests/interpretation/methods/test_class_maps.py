"""Grad-CAM, occlusion and saliency: by hand, and what they have in common."""

import pytest
import torch
from conftest import TinyClassifier
from torch import nn

from deepatelier import networks, samples
from deepatelier.errors import OptionError, UnknownNameError
from deepatelier.interpretation import class_activation_map, deconvolution, grad_cam, occlusion, saliency
from deepatelier.interpretation.methods.occlusion import GREY, evaluations, occluding

captum_attr = pytest.importorskip("captum.attr")


class Fixed(nn.Module):
    """f = the positive part of red − green, and of blue; S_0 = 2·mean(f_0) − mean(f_1), S_1 = mean(f_1)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.relu, self.fc = nn.Conv2d(3, 2, 1, bias=False), nn.ReLU(), nn.Linear(2, 2, bias=False)
        self.conv.weight.data = torch.tensor([[1.0, -1.0, 0.0], [0.0, 0.0, 1.0]])[:, :, None, None]
        self.fc.weight.data = torch.tensor([[2.0, -1.0], [0.0, 1.0]])

    def forward(self, x):
        return self.fc(self.relu(self.conv(x)).mean(dim=(2, 3)))


PICTURE = torch.zeros(1, 3, 2, 2)
PICTURE[0, :, 0, 0] = torch.tensor([0.8, 0.3, 0.0])  # f = 0.5, 0
PICTURE[0, :, 0, 1] = torch.tensor([0.1, 0.6, 0.4])  # f = 0, 0.4
PICTURE[0, :, 1, 1] = torch.tensor([0.2, 0.0, 1.0])  # f = 0.2, 1


def test_grad_cam_by_hand():
    # α = ∂S/∂f, the mean over 4 positions: 2/4, −1/4
    expected = torch.tensor([[0.25, -0.1], [0.0, 0.1 - 0.25]])
    assert torch.allclose(grad_cam(Fixed(), PICTURE, 0, "relu")[0], expected, atol=1e-7)


def test_saliency_by_hand():
    # the largest of |2/4|, |−2/4| where f_0 lets through, and |−1/4| where f_1 does
    expected = torch.tensor([[0.5, 0.25], [0.0, 0.5]])
    assert torch.allclose(saliency(Fixed(), PICTURE, 0)[0], expected, atol=1e-7)


def test_occlusion_by_hand():
    # a covered pixel has f = 0, GREY: S_0 falls by (2 f_0 − f_1 + GREY) / 4
    expected = torch.tensor([[1.0 + GREY, -0.4 + GREY], [GREY, 0.4 - 1.0 + GREY]]) / 4
    assert torch.allclose(occlusion(Fixed(), PICTURE, 0, window=1, stride=1)[0], expected, atol=1e-6)


def test_occlusion_is_captums_where_squares_do_not_overlap():
    network, image = TinyClassifier(), torch.rand(1, 3, 12, 8)
    found = occlusion(network, image, 3, window=4, stride=4)[0]
    theirs = captum_attr.Occlusion(network).attribute(
        image, sliding_window_shapes=(3, 4, 4), strides=(3, 4, 4), baselines=GREY, target=3
    )
    assert found.shape == (3, 2)
    assert torch.allclose(found, theirs[0, 0, 2::4, 2::4], atol=1e-5)


def test_the_square_stands_on_the_middle_of_its_field_and_is_cut_off_at_the_border():
    network = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    found = occlusion(network, torch.ones(1, 1, 6, 6), 0, window=3, stride=2)[0]
    covered = torch.tensor([3.0, 3.0, 2.0])  # they begin at 0, 2 and 4: -0.5, 1.5 and 3.5, rounded to even
    assert torch.allclose(found, (1 - GREY) * covered[:, None] * covered[None] / 36)


def test_several_classes_of_one_picture_cost_one_pass():
    passes = []
    network, image = TinyClassifier(), torch.rand(1, 3, 9, 7)
    network.register_forward_hook(lambda *_: passes.append(1))
    steps = list(occluding(network, image, [4, 0], window=3, stride=2))
    assert len(steps) == evaluations((9, 7), 3, 2) == 5
    assert len(passes) == 1 + len(steps)  # the picture itself, and the covered ones
    together = occlusion(network, image, [4, 0], window=3, stride=2)
    for found, number in zip(together, (4, 0), strict=True):
        assert torch.allclose(found, occlusion(network, image, number, window=3, stride=2)[0], atol=1e-6)


@pytest.mark.parametrize(
    ("window", "stride", "words"), [(9, 2, "does not fit"), (3, 4, "Lower --stride"), (3, 0, "one pixel or more")]
)
def test_squares_that_cannot_be(window, stride, words):
    with pytest.raises(OptionError, match=words):
        occlusion(TinyClassifier(), torch.rand(1, 3, 8, 12), 0, window=window, stride=stride)


MAPS = {
    "grad_cam": lambda network, image, target: grad_cam(network, image, target, "relu"),
    "saliency": saliency,
    "occlusion": lambda network, image, target: occlusion(network, image, target, window=3, stride=2),
    "class_activation_map": lambda network, image, target: class_activation_map(network, image, target).maps,
}


class Raising(TinyClassifier):
    """Fails behind its convolution."""

    def forward(self, x):
        super().forward(x)
        raise ValueError("broken")


def hooks(network: nn.Module) -> int:
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    return sum(len(getattr(module, kind)) for module in network.modules() for kind in kinds)


@pytest.mark.parametrize("name", MAPS)
def test_no_hook_and_no_gradient_is_left(name):
    network, image = TinyClassifier(), torch.rand(2, 3, 6, 6)
    network.train()
    MAPS[name](network, image, 1)
    assert network.training, "the mode is its own"
    for bad in (5, -1, [0], [0, 1, 2]):
        with pytest.raises(OptionError):
            MAPS[name](network, image, bad)
    raising = Raising()
    with pytest.raises(ValueError, match="broken"):
        MAPS[name](raising, image, 1)
    assert hooks(network) == hooks(raising) == 0
    assert image.grad is None
    assert not image.requires_grad
    assert all(parameter.grad is None for parameter in network.parameters())


@pytest.mark.parametrize("name", MAPS)
def test_batches_layouts_formats_and_inference(name):
    network, images = TinyClassifier(), torch.rand(3, 3, 6, 8)
    found = MAPS[name](network, images, [1, 0, 4])
    for index, number in enumerate((1, 0, 4)):
        assert torch.allclose(found[index], MAPS[name](network, images[index : index + 1], number)[0], atol=1e-5)
    last = MAPS[name](network, images.to(memory_format=torch.channels_last), [1, 0, 4])
    assert torch.allclose(found, last, atol=1e-5)
    with torch.inference_mode():
        assert torch.allclose(found, MAPS[name](network, images.clone(), torch.tensor([1, 0, 4])), atol=1e-5)
    with pytest.raises(OptionError, match="uint8"):
        MAPS[name](network, (255 * images).to(torch.uint8), 1)
    with torch.no_grad():
        assert torch.allclose(found, MAPS[name](network, images, [1, 0, 4]), atol=1e-5)
    assert torch.allclose(found, MAPS[name](network, images.clone().requires_grad_(), [1, 0, 4]), atol=1e-5)
    low = MAPS[name](TinyClassifier().to(torch.bfloat16), images, [1, 0, 4])
    assert low.dtype == torch.float32
    assert torch.nn.functional.cosine_similarity(low.flatten(), found.flatten(), dim=0) > 0.98


@pytest.mark.parametrize("inplace", [False, True])
def test_grad_cam_before_a_rectifier_in_place(inplace):
    class Reused(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            torch.manual_seed(0)
            self.first, self.second = nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(4, 5, 3)
            self.relu, self.fc = nn.ReLU(inplace=inplace), nn.Linear(5, 3)

        def forward(self, x):
            x = self.relu(self.second(self.relu(self.first(x))))
            return self.fc(x.mean(dim=(2, 3)))

    network, image = Reused(), torch.rand(1, 3, 8, 8, generator=torch.Generator().manual_seed(1))
    maps = network.first(image)
    x = network.second(torch.relu(maps))
    (gradient,) = torch.autograd.grad(network.fc(torch.relu(x).mean(dim=(2, 3)))[0, 1], maps)
    expected = (gradient.mean(dim=(2, 3), keepdim=True) * maps).sum(dim=1).detach()
    assert torch.allclose(grad_cam(network, image, 1, "first"), expected, atol=1e-6)


def test_a_layer_without_maps_or_without_a_name():
    network, image = TinyClassifier(), torch.rand(1, 3, 6, 6)
    with pytest.raises(OptionError, match="no feature maps"):
        grad_cam(network, image, 0, "fc")
    with pytest.raises(UnknownNameError, match="relu"):
        grad_cam(network, image, 0, "rellu")


def test_the_probability_is_explained_on_request():
    network, image = TinyClassifier(), torch.rand(1, 3, 6, 6)
    leaf = image.clone().requires_grad_()
    network(leaf).softmax(dim=1)[0, 2].backward()
    assert torch.allclose(saliency(network, image, 2, explained="probability")[0], leaf.grad.abs().amax(dim=1)[0])


def test_where_the_espresso_and_the_cat_are():
    """In the picture the cup's inside is an ellipse; the cat's face fills the middle and the left."""
    network = networks.build("efficientnet_lite0", weights="imagenet")
    inside = {"coffee": (967, (0.28, 0.7), (0.03, 0.55)), "chelsea": (285, (0.12, 0.82), (0.1, 0.95))}
    for name, (number, columns, rows) in inside.items():
        picture = samples.open_picture(name)
        image = picture.tensor(picture.fitted(224))
        cam = class_activation_map(network, image, number).maps[0]
        covered = occlusion(network, image, number, window=32, stride=32)[0]
        for found in (cam, covered):
            row, column = divmod(int(found.argmax()), found.shape[1])
            assert rows[0] < (row + 0.5) / found.shape[0] < rows[1]
            assert columns[0] < (column + 0.5) / found.shape[1] < columns[1]


def test_deconvolution_leaves_no_hook_either():
    network = TinyClassifier()
    deconvolution(network, torch.rand(1, 3, 6, 6), "relu", [(0, 1, 1)])
    with pytest.raises(OptionError):
        deconvolution(network, torch.rand(1, 3, 6, 6), "relu", [(9, 1, 1)])
    assert hooks(network) == 0
