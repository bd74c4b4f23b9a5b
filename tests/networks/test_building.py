"""Every network of the registry, in one place."""

import sys
from functools import lru_cache

import pytest
import torch
from record_listing import facts_of
from safetensors.torch import save_file
from torch import nn

from deepatelier import networks
from deepatelier.errors import InputError, OptionError, ShapeError, UnknownNameError, WeightsError
from deepatelier.features import extract, trace
from deepatelier.networks import catalogue, densenet, senet
from deepatelier.networks.autoencoders import Autoencoder
from deepatelier.networks.layers import InputNormalization

# the documents' and papers' counts; torchvision's own where it has the network
PARAMETERS = {
    "linear": 7_850,
    "mlp": 669_706,
    "digits_dense": 301_290,
    "digits_conv5": 297_440,
    "digits_conv32": 36_042,
    "digits_conv64": 123_882,
    "lenet5": 61_706,
    "lenet5_original": 60_000,
    "alexnet": 62_378_344,
    "alexnet_torchvision": 61_100_840,
    "zfnet": 107_627_624,
    "vgg11": 132_863_336,
    "vgg11_bn": 132_868_840,
    "vgg11_gap": 15_418_728,
    "vgg11_lrn": 132_863_336,
    "vgg13": 133_047_848,
    "vgg13_bn": 133_053_736,
    "vgg13_gap": 15_603_240,
    "vgg16": 138_357_544,
    "vgg16_bn": 138_365_992,
    "vgg16_c": 133_638_952,
    "vgg16_gap": 20_912_936,
    "vgg19": 143_667_240,
    "vgg19_bn": 143_678_248,
    "vgg19_gap": 26_222_632,
    "googlenet": 6_998_552,
    "googlenet_auxiliary": 13_378_280,
    "googlenet_naive": 97_526_008,
    "googlenet_torchvision": 6_624_904,
    "resnet18": 11_689_512,
    "resnet34": 21_797_672,
    "resnet50": 25_557_032,
    "resnet101": 44_549_160,
    "resnet152": 60_192_808,
    "resnet20": 269_722,
    "resnet20_projection": 272_474,
    "plain20": 269_722,
    "resnet56": 853_018,
    "resnet56_projection": 855_770,
    "plain56": 853_018,
    "densenet121": 7_978_856,
    "densenet161": 28_681_000,
    "densenet169": 14_149_480,
    "densenet201": 20_013_928,
    "se_resnet50": 28_088_024,
    "senet154": 115_088_984,
    "efficientnet_lite0": 4_652_008,
    "airbench": 1_971_640,
    # 784-512-256-32 and back; two convolutions of 32 and 64 filters, 3,136-32 and back
    "autoencoder": 1_083_696,
    "autoencoder_conv": 256_001,
    "autoencoder_denoising": 256_001,
    "autoencoder_sparse": 402_448,
    "vae": 356_385,
    "encoder_conv": 64_746,
    # 128 units, two values a step, one output: gates * 128 * (2 + 128 + 2), peepholes, and 129
    "rnn": 17_025,
    "lstm": 67_713,
    "lstm_peephole": 116_865,
    "lstm_peephole_diagonal": 68_097,
    "gru": 50_817,
    "gru_reset_before": 50_817,
}

every = pytest.mark.parametrize("name", networks.names())
PICTURES = networks.names("pictures")
of_pictures = pytest.mark.parametrize("name", PICTURES)
DEEP = {"resnet101", "resnet152", "densenet161", "densenet169", "densenet201", "senet154"}
DEEP |= {
    "resnet34",
    "resnet56",
    "resnet56_projection",
    "plain56",
    "vgg13",
    "vgg13_bn",
    "vgg13_gap",
    "vgg16",
    "vgg16_bn",
}
DEEP |= {"vgg16_gap", "vgg19", "vgg19_bn", "vgg19_gap"}
"""They repeat the blocks of shorter ones."""
SHALLOW = [name for name in PICTURES if name not in DEEP]
of_shallow = pytest.mark.parametrize("name", SHALLOW)


@lru_cache
def _blueprint(name):
    return networks.blueprint(name).eval()


def _output(network, image):
    """The shape of what the network makes of an image, without arithmetic."""
    return tuple(trace(network, image.to("meta"))[-1].output)


def _smallest_image(network, batch: int = 1) -> torch.Tensor:
    channels, *size = network.input_size
    return torch.rand(batch, channels, *(size if network.exact else [network.smallest] * 2))


def _one_of_each_class():
    blueprints = {name: _blueprint(name) for name in PICTURES}
    fewest = sorted(blueprints, key=lambda name: len(list(blueprints[name].modules())))
    return {type(blueprints[name]): name for name in reversed(fewest)}.values()


EXACT = [name for name in PICTURES if _blueprint(name).exact]
BOUNDED = [name for name in PICTURES if not _blueprint(name).exact and _blueprint(name).smallest > 1]
"""They take any picture that is not smaller than this."""
AUTOENCODERS = [name for name in PICTURES if issubclass(networks.class_of(name), Autoencoder)]
WITH_OPTIONS = [name for name in SHALLOW if name not in ("lenet5_original", *AUTOENCODERS)]
"""That one is as published: ten digits in one channel. Autoencoders have no classes."""
POOLED = [name for name in WITH_OPTIONS if any(isinstance(each, nn.MaxPool2d) for each in _blueprint(name).modules())]


@every
def test_parameters(name):
    network = _blueprint(name)
    assert all(parameter.is_meta for parameter in network.parameters())
    assert sum(parameter.numel() for parameter in network.parameters()) == PARAMETERS[name]


@every
def test_the_list_tells_what_the_network_is(name):
    told = "python tests/networks/record_listing.py writes listing.json anew"
    assert networks.listed()[name] == facts_of(name, _blueprint(name)), told


def test_the_list_is_whole_and_in_order():
    assert list(networks.listed()) == networks.names()


def test_every_count_belongs_to_a_network():
    assert set(PARAMETERS) == set(networks.names())


@of_shallow
def test_every_named_layer_runs_and_can_be_extracted(name):
    network = _blueprint(name)
    with torch.no_grad():
        found = extract(network, torch.empty(1, *network.input_size, device="meta"), network.layers)
    assert list(found) == list(network.layers)
    assert len(set(network.layers.values())) == len(network.layers)


@of_pictures
def test_convolutions_and_dense_layers_have_names(name):
    network = _blueprint(name)
    named = set(network.layers.values())
    for path, module in network.named_modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            assert path in named


@of_shallow
def test_the_smallest_input_is_legal_and_another_shape_names_what_is_wanted(name):
    network = _blueprint(name)
    image = _smallest_image(network).to("meta")
    scores = (1000 if network.input_size[1] == 224 else 10,)
    assert _output(network, image) == (1, *(network.input_size if name in AUTOENCODERS else scores))
    with pytest.raises(ShapeError, match=f"B, {network.input_size[0]}, .*received"):
        network(torch.empty(1, 7, 64, 64, device="meta"))
    with pytest.raises(ShapeError, match="received"):
        network(torch.empty(3, 64, 64, device="meta"))


@pytest.mark.parametrize("name", [*EXACT, *BOUNDED])
def test_a_smaller_input_names_what_is_wanted(name):
    network = _blueprint(name)
    side = network.input_size[2] if network.exact else network.smallest
    with pytest.raises(ShapeError, match=str(side)):
        network(_smallest_image(network).to("meta")[..., :-1])


@pytest.mark.parametrize("name", BOUNDED)
def test_one_pixel_less_than_the_smallest_would_fail(name, monkeypatch):
    network = _blueprint(name)
    image = torch.empty(1, network.input_size[0], network.smallest - 1, network.smallest - 1, device="meta")
    monkeypatch.setattr(network, "smallest", 1)
    with pytest.raises(RuntimeError, match=r"too small|[Kk]ernel size|non-zero"), torch.no_grad():
        network(image)


@pytest.mark.parametrize("name", [name for name in BOUNDED if name.startswith("vgg")])
def test_vggs_smallest_input_is_what_the_last_pooling_needs(name, monkeypatch):
    network = _blueprint(name)
    image = torch.empty(1, 3, network.smallest - 1, network.smallest - 1, device="meta")
    monkeypatch.setattr(network, "smallest", 1)
    assert extract(network, image, ["pool4"])["pool4"].shape[-1] == 1


@of_shallow
def test_every_parameter_gets_a_gradient(name):
    network = networks.blueprint(name).train()
    image = _smallest_image(network, batch=2).to("meta")
    outputs = network.outputs(image) if hasattr(network, "outputs") else (network(image),)
    sum(output.square().sum() for output in outputs).backward()
    assert not [key for key, parameter in network.named_parameters() if parameter.grad is None]


# of every class one that is built in moments: without the large dense layers
LIGHT = ["linear", "digits_conv5", "lenet5", "lenet5_original", "alexnet_torchvision", "vgg11_gap", "googlenet"]
LIGHT += ["resnet18", "resnet50", "plain20", "resnet20", "densenet121", "se_resnet50", "efficientnet_lite0", "airbench"]


@pytest.mark.parametrize("name", LIGHT)
def test_evaluation_is_deterministic_and_finite(name):
    torch.manual_seed(0)
    network = networks.build(name).eval()
    image = _smallest_image(network, batch=2)
    with torch.no_grad():
        first = network(image)
        assert torch.equal(first, network(image))
    assert torch.isfinite(first).all()


SHORT = {
    "densenet121": (densenet, 121, (32, 64, (2, 1, 1, 2))),
    "se_resnet50": (senet, "se_resnet50", ((2, 1, 1, 1), False)),
}
"""Blocks repeat: a few of each tell whether all can be exported."""


@pytest.mark.parametrize("name", _one_of_each_class())
def test_export(name, monkeypatch):
    if name in SHORT:
        module, *configuration = SHORT[name]
        monkeypatch.setitem(module.CONFIGURATIONS, *configuration)
    network = networks.blueprint(name).eval()
    image = _smallest_image(network).to("meta")
    program = torch.export.export(network, (image,))
    assert program.module()(image).shape == network(image).shape


def _takes_two_channels_to_seven_classes(name, **options):
    network = networks.blueprint(name, num_classes=7, in_channels=2, **options).eval()
    channels, height, width = network.input_size
    assert channels == 2
    assert _output(network, torch.empty(1, 2, height, width)) == (1, 7)
    return network


@pytest.mark.parametrize("name", [name for name in WITH_OPTIONS if name not in POOLED])
def test_options_that_networks_share(name):
    _takes_two_channels_to_seven_classes(name)


@pytest.mark.parametrize("name", POOLED)
def test_options_that_networks_share_and_pooling(name):
    averaged = _takes_two_channels_to_seven_classes(name, pooling="average")
    maxima = [module for module in _blueprint(name).modules() if isinstance(module, nn.MaxPool2d)]
    assert not any(isinstance(module, nn.MaxPool2d) for module in averaged.modules())
    assert sum(isinstance(module, nn.AvgPool2d) for module in averaged.modules()) >= len(maxima)


@pytest.mark.parametrize("name", [name for name in SHALLOW if _blueprint(name).head])
def test_without_a_head_maps_come_out(name):
    network, headless = _blueprint(name), networks.blueprint(name, num_classes=0)
    image = torch.empty(1, *network.input_size)
    assert len(_output(headless, image)) == 4
    left_out = network.state_dict().keys() - headless.state_dict().keys()
    assert left_out == {key for key in network.state_dict() if key.startswith(network.head)}


def test_unknown_names_are_answered_with_near_ones():
    with pytest.raises(UnknownNameError, match="vgg19"):
        networks.build("vgg91")
    with pytest.raises(UnknownNameError, match="oxford"):
        networks.build("vgg19", weights="oxfrod")
    with pytest.raises(UnknownNameError, match="num_classes"):
        networks.build("vgg19", num_clases=3)
    with pytest.raises(UnknownNameError, match="average"):
        networks.blueprint("alexnet", pooling="avrage")
    with pytest.raises(UnknownNameError, match="glorot"):
        networks.build("lenet5", initialization="gloro")


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("vgg19", {"weights": "oxford", "num_classes": 10}, "need num_classes=0"),
        ("efficientnet_lite0", {"weights": "imagenet", "in_channels": 1}, "need in_channels=3"),
        ("mlp", {"num_classes": 0}, "num_classes of mlp must be at least 1; received 0"),
        ("resnet18", {"num_classes": -1}, "num_classes of resnet18 must be at least 0"),
        ("resnet18", {"in_channels": 0}, "in_channels of resnet18 must be at least 1"),
        ("lenet5", {"input_size": 8}, "12 x 12"),
        ("digits_conv32", {"input_size": 12}, "larger pictures than 12 x 12"),
        ("googlenet", {"weights": "imagenet"}, "no pretrained weights for googlenet"),
        ("vgg19", {"weights": "oxford", "initialization": "he"}, "not both"),
        ("os:getcwd", {"weights": "imagenet"}, "your own"),
        ("resnet18", {"num_classes": "3"}, "an integer; received '3'"),
        ("lenet5_original", {"num_classes": 3}, "has no options"),
        ("resnet18", {"weights": "none.pth"}, "There is no file none.pth"),
    ],
)
def test_options_that_cannot_be(name, options, message):
    with pytest.raises(OptionError, match=message):
        networks.build(name, **options)


def test_a_name_is_registered_once():
    with pytest.raises(ValueError, match="twice"):
        catalogue._register("vgg19", networks.paper_of("vgg19"), nn.Identity)


def test_weights_and_papers():
    assert networks.weights_of("vgg19") == ["imagenet", "oxford"]
    assert networks.weights_of("zfnet") == []
    assert networks.paper_of("resnet50").year == 2015


def test_initialisation_is_the_networks_own_unless_chosen():
    torch.manual_seed(0)
    assert networks.build("alexnet", num_classes=10).features[0].weight.std().item() == pytest.approx(0.01, rel=0.02)
    assert networks.build("mlp", initialization="zero").classifier[0].weight.count_nonzero() == 0
    norm = networks.build("resnet20").bn1
    assert torch.equal(norm.weight, torch.ones(16))
    assert torch.equal(norm.running_var, torch.ones(16))
    torch.manual_seed(3)
    first = networks.build("lenet5").features[0].weight
    torch.manual_seed(3)
    assert torch.equal(first, networks.build("lenet5").features[0].weight)


def test_a_network_of_ones_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine_for_test.py").write_text(
        "from torch import nn\n"
        "def network(): return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU())\n"
        "def text(): return 'no network'\n"
        "def broken(): raise ValueError('out of order')\n"
    )
    try:
        assert isinstance(networks.build("mine_for_test:network"), nn.Sequential)
        for name, message in {
            "mine_for_test:text": "returned str",
            "mine_for_test:broken": "out of order",
            "mine_for_test:none": "no attribute",
            "no_such_module:network": "No module named",
        }.items():
            with pytest.raises(InputError, match=message):
                _blueprint(name)
    finally:
        sys.modules.pop("mine_for_test", None)


def test_weights_from_a_file(tmp_path):
    torch.manual_seed(0)
    trained = networks.build("resnet20")
    path = tmp_path / "trained.pth"
    torch.save({"state_dict": trained.state_dict()}, path)
    loaded = networks.build("resnet20", weights=path)
    assert not loaded.training
    assert all(torch.equal(a, b) for a, b in zip(trained.parameters(), loaded.parameters(), strict=True))
    with pytest.raises(WeightsError, match="do not fit resnet56"):
        networks.build("resnet56", weights=str(path))


def test_weights_without_their_head(tmp_path):
    torch.manual_seed(0)
    lite = networks.build("efficientnet_lite0", weights="imagenet", num_classes=0)
    assert "_fc.weight" not in lite.state_dict()
    assert isinstance(lite.normalization, InputNormalization)
    assert lite(torch.rand(1, 3, 64, 96)).shape == (1, 1280, 2, 3)


def test_a_file_with_a_head_serves_a_network_without_one(tmp_path):
    torch.manual_seed(0)
    trained = networks.build("googlenet_torchvision", num_classes=10, auxiliary=True)
    path = tmp_path / "trained.pth"
    torch.save(trained.state_dict(), path)
    headless = networks.build("googlenet_torchvision", weights=path, num_classes=0)
    assert not {"fc.weight", "aux1.fc1.weight"} & headless.state_dict().keys()
    plain = networks.build("googlenet_torchvision", weights=path, num_classes=10)
    image = torch.rand(1, 3, 32, 32)
    with torch.no_grad():
        assert torch.equal(plain(image), trained.eval()(image))


def test_a_file_of_1000_classes_is_taken_for_imagenets(tmp_path):
    torch.manual_seed(0)
    path = tmp_path / "downloaded.pth"
    torch.save(networks.build("resnet18").state_dict(), path)
    assert networks.build("resnet18", weights=path).normalization.mean == (0.485, 0.456, 0.406)
    assert networks.build("resnet18", weights=path, num_classes=0).normalization.mean == (0.485, 0.456, 0.406)


@pytest.mark.parametrize("dtype", [torch.float16, torch.float64])
@pytest.mark.parametrize("name", ["lenet5_original", "resnet20", "mlp", "efficientnet_lite0"])
def test_a_round_trip_through_a_file_keeps_the_outputs(name, dtype, tmp_path):
    torch.manual_seed(0)
    options = {} if name == "lenet5_original" else {"num_classes": 10}
    trained = networks.build(name, **options).eval()
    for parameter in trained.parameters():
        parameter.data = parameter.half().float()
    path = tmp_path / "trained.pth"
    torch.save({key: value.to(dtype) for key, value in trained.state_dict().items()}, path)
    loaded = networks.build(name, weights=path, **options)
    image = _smallest_image(trained, batch=2)
    with torch.no_grad():
        assert torch.allclose(loaded(image), trained(image), rtol=1e-3, atol=1e-3)


def test_initialisations_are_the_networks_own():
    found = {_blueprint(name).initialization for name in networks.names()}
    assert found == {"alexnet", "zfnet", "lenet", "he", "identity"}
    assert networks.blueprint("alexnet_torchvision").initialization == "he"


def test_a_module_that_uses_the_name_layers_for_something_else():
    class Usual(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU())

        def forward(self, x):
            return self.layers(x)

    assert networks.named_layers(Usual()) == {}
    assert extract(Usual(), torch.rand(1, 3, 8, 8), ["layers.1"])["layers.1"].shape == (1, 4, 6, 6)
    with pytest.raises(UnknownNameError, match=r"layers\.1"):
        extract(Usual(), torch.rand(1, 3, 8, 8), ["layers.2"])


@pytest.mark.parametrize(("name", "classes"), [("resnet18", 7), ("digits_conv64", 4), ("lenet5", 10)])
def test_a_file_tells_how_many_classes_there_are(tmp_path, name, classes):
    path = tmp_path / "weights.safetensors"
    network = networks.build(name, num_classes=classes).eval()
    save_file(network.state_dict(), path)
    again = networks.build(name, weights=path)
    image = torch.rand(1, *network.input_size)
    assert torch.allclose(again(image), network(image), atol=1e-4)
    with pytest.raises(OptionError, match=f"need num_classes={classes}"):
        networks.build(name, weights=path, num_classes=classes + 1)
