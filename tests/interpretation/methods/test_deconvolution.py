import pytest
import torch
from torch import nn

from deepatelier import networks
from deepatelier.errors import OptionError
from deepatelier.interpretation import deconvolution


class Rectified(nn.Module):
    """Two convolutions with a kind of rectifier behind each, and a maximum pooling between them."""

    def __init__(self, rectify) -> None:
        super().__init__()
        torch.manual_seed(3)
        self.rectify = rectify
        self.first, self.second, self.pool = nn.Conv2d(3, 6, 3), nn.Conv2d(6, 5, 3), nn.MaxPool2d(2)
        self.last = nn.Identity()

    def forward(self, x):
        return self.last(self.rectify(self.second(self.pool(self.rectify(self.first(x))))))


class Modules(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        other = Rectified(torch.relu)
        self.first, self.second, self.pool = other.first, other.second, other.pool
        self.relu1, self.relu2 = nn.ReLU(), nn.ReLU()

    def forward(self, x):
        return self.relu2(self.second(self.pool(self.relu1(self.first(x)))))


IMAGE = torch.rand(1, 3, 12, 12, generator=torch.Generator().manual_seed(0))


def test_by_hand():
    """f = ReLU(w·ReLU(v·x)) at one pixel: the signal 1 goes through w, is rectified, and goes through v."""
    network = nn.Sequential(nn.Conv2d(1, 2, 1, bias=False), nn.ReLU(), nn.Conv2d(2, 1, 1, bias=False), nn.ReLU())
    network[0].weight.data = torch.tensor([3.0, -5.0]).view(2, 1, 1, 1)
    network[2].weight.data = torch.tensor([-1.0, 2.0]).view(1, 2, 1, 1)
    # w's signal (−1, 2) is rectified to (0, 2), wherever the input was positive; v takes it to 2 · −5
    found = deconvolution(network, torch.ones(1, 1, 1, 1), "3", [(0, 0, 0)])
    assert found.item() == -10
    assert deconvolution(network, torch.ones(1, 1, 1, 1), "3", [(0, 0, 0)], guided=True).item() == 0


@pytest.mark.parametrize("guided", [False, True])
def test_it_is_captums_where_captum_sees_the_rectifiers(guided):
    attr = pytest.importorskip("captum.attr")
    network = Modules().eval()
    strongest = tuple(index.item() for index in torch.unravel_index(network(IMAGE).argmax(), (5, 3, 3)))
    method = (attr.GuidedBackprop if guided else attr.Deconvolution)(network)
    with pytest.warns(UserWarning, match="hooks"):
        theirs = method.attribute(IMAGE.clone().requires_grad_(), target=strongest)
    ours = deconvolution(network, IMAGE, "relu2", [strongest], guided=guided)
    assert ours.abs().max() > 0
    assert torch.allclose(ours, theirs, atol=1e-6)


@pytest.mark.parametrize("guided", [False, True])
@pytest.mark.parametrize(
    "rectify",
    [
        nn.ReLU(),
        nn.ReLU(inplace=True),
        torch.relu,
        nn.functional.relu,
        lambda x: nn.functional.relu(x, inplace=True),
        torch.relu_,
        lambda x: x.relu(),
        lambda x: x.relu_(),
        nn.ReLU6(),
        nn.ReLU6(inplace=True),
        nn.functional.relu6,
        lambda x: nn.functional.hardtanh(x, 0.0, 6.0),
    ],
)
def test_every_form_of_rectifier_is_the_same(rectify, guided):
    units = [(1, 2, 0)]
    expected = deconvolution(Modules(), IMAGE, "relu2", units, guided=guided)
    assert torch.allclose(deconvolution(Rectified(rectify), IMAGE, "last", units, guided=guided), expected, atol=1e-6)


def test_what_is_no_rectifier_keeps_its_gradient():
    network = Rectified(lambda x: nn.functional.hardtanh(x, -1.0, 1.0))
    with pytest.raises(OptionError, match="no ReLU"):
        deconvolution(network, IMAGE, "last", [(0, 0, 0)])


def test_pictures_are_carried_back_each_by_itself():
    images = torch.rand(3, 3, 12, 12)
    units = [(0, 1, 1), (4, 0, 2), (2, 2, 0)]
    together = deconvolution(Modules(), images, "relu2", units)
    for index, unit in enumerate(units):
        alone = deconvolution(Modules(), images[index : index + 1], "relu2", [unit])
        assert torch.allclose(together[index], alone[0], atol=1e-6)


def test_it_stays_in_the_receptive_field(oxford):
    image = torch.rand(1, 3, 48, 48)
    found = deconvolution(oxford, image, "relu3_1", [(7, 5, 5)])[0].abs().sum(dim=0)
    rows = found.sum(dim=1).nonzero().flatten()
    assert rows.min() >= 5 * 4 - 10  # relu3_1 sees 24 pixels, from 4·i − 10 on
    assert rows.max() < 5 * 4 + 14


def test_dense_layers_have_units_too():
    network = networks.build("lenet5").eval()
    found = deconvolution(network, torch.rand(1, 1, 28, 28), "fc4", [(3, 0, 0)])
    assert found.shape == (1, 1, 28, 28)


def test_it_needs_no_gradients_around_it():
    network, units = Modules(), [(1, 1, 1)]
    expected = deconvolution(network, IMAGE, "relu2", units)
    with torch.no_grad():
        assert torch.equal(deconvolution(network, IMAGE, "relu2", units), expected)
    with torch.inference_mode():
        assert torch.equal(deconvolution(network, IMAGE.clone(), "relu2", units), expected)


def test_a_unit_at_the_bound_of_relu6_has_something_to_carry():
    network = nn.Sequential(nn.Conv2d(3, 1, 1), nn.ReLU6())
    network[0].weight.data.fill_(100.0)
    assert deconvolution(network, IMAGE, "1", [(0, 3, 3)], guided=True).any()


def test_each_picture_needs_a_unit():
    with pytest.raises(OptionError, match="1 pictures and 2 units"):
        deconvolution(Modules(), IMAGE, "relu2", [(1, 1, 1), (0, 0, 0)])


@pytest.mark.parametrize("unit", [(5, 0, 0), (0, 4, 0), (0, 0), (0, 0, -1)])
def test_units_that_are_not_there(unit):
    with pytest.raises(OptionError, match="up to"):
        deconvolution(Modules(), IMAGE, "relu2", [unit])
