"""The same keys, shapes and outputs as torchvision's and timm's networks, recorded by record_peers.py."""

import gzip
import json
from pathlib import Path

import pytest
import torch
from peer_weights import filled, picture

from deepatelier import networks
from deepatelier.networks import vgg
from deepatelier.networks.catalogue import CATALOGUE

PEERS = json.loads(gzip.decompress((Path(__file__).parent / "peers.json.gz").read_bytes()))
OURS = {
    "alexnet": "alexnet_torchvision",
    "googlenet": "googlenet_torchvision",
    "legacy_seresnet50": "se_resnet50",
    "legacy_senet154": "senet154",
}


def _shapes(network):
    return {key: list(value.shape) for key, value in network.state_dict().items()}


def _blueprint(name):
    options = {"auxiliary": True} if name == "googlenet" else {}
    return networks.blueprint(OURS.get(name, name), **options).eval()


def _peer_shapes(package, name):
    shapes = PEERS[package][name]["shapes"]
    return PEERS[shapes][name]["shapes"] if isinstance(shapes, str) else shapes


def _check(outputs, record):
    for output, logits, norm in zip(outputs, record["logits"], record["norm"], strict=True):
        assert torch.linalg.norm(output[:10] - torch.tensor(logits)) <= 1e-5 * norm
        assert output.norm().item() == pytest.approx(norm, rel=1e-5)


@pytest.mark.parametrize("name", PEERS["torchvision"])
def test_keys_and_shapes_are_torchvisions(name):
    assert _shapes(_blueprint(name)) == PEERS["torchvision"][name]["shapes"]


BETWEEN = {"vgg13", "vgg13_bn", "vgg16", "vgg16_bn", "resnet34", "resnet101", "densenet161", "densenet169"}
"""Between the smallest and the largest of a family, which repeat the same blocks."""


def test_those_between_are_peers():
    assert PEERS["torchvision"].keys() > BETWEEN


@pytest.mark.parametrize("name", [name for name in PEERS["torchvision"] if name not in BETWEEN])
def test_outputs_are_torchvisions(name):
    network = _blueprint(name)
    network.load_state_dict(
        {key: filled(key, shape) for key, shape in PEERS["torchvision"][name]["shapes"].items()}, assign=True
    )
    with torch.no_grad():
        if name == "googlenet":
            outputs, *auxiliaries = network.outputs(picture(64, 96))
            for number, auxiliary in enumerate(auxiliaries, start=1):
                _check(auxiliary, PEERS["torchvision"][name][f"aux{number}"])
        else:
            outputs = network(picture(64, 96))
    _check(outputs, PEERS["torchvision"][name])


@pytest.mark.parametrize("name", PEERS["timm"])
def test_weights_on_the_hub_fit_strictly(name):
    with torch.device("meta"):
        state = {key: torch.empty(shape) for key, shape in _peer_shapes("timm", name).items()}
    if name.startswith("vgg"):
        state = vgg.from_timm(state)
    _blueprint(name).load_state_dict(state, strict=True, assign=True)


@pytest.mark.parametrize("name", ["vgg11", "legacy_seresnet50", "legacy_senet154"])
def test_outputs_are_timms(name):
    network = _blueprint(name)
    state = {key: filled(key, shape) for key, shape in _peer_shapes("timm", name).items()}
    network.load_state_dict(vgg.from_timm(state) if name == "vgg11" else state, assign=True)
    with torch.no_grad():
        _check(network(picture(64, 96)), PEERS["timm"][name])


@pytest.mark.parametrize("name", PEERS["timm"])
def test_the_hubs_normalisation_is_recorded(name):
    record = PEERS["timm"][name]["pretrained"]
    normalization = CATALOGUE[OURS.get(name, name)].weights["imagenet"].normalization()
    assert list(normalization.mean) == record["mean"]
    assert list(normalization.std) == record["std"]


@pytest.mark.parametrize("size", [(224, 224), (64, 96)])
def test_efficientnet_lite_is_the_published_one(size):
    network = networks.build("efficientnet_lite0", weights="imagenet")
    with torch.no_grad():
        outputs = network(picture(*size))
    _check(outputs, PEERS["efficientnet_lite0"]["x".join(map(str, size))])
