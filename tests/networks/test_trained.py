import json

import pytest
import torch
from safetensors.torch import save_file

from deepatelier import networks
from deepatelier.errors import OptionError, UnknownNameError, WeightsError
from deepatelier.networks import Trained
from deepatelier.networks.layers import InputNormalization

ABOUT = {"network": "resnet20", "options": {"num_classes": 3, "in_channels": 1}, "input_size": (1, 16, 16)}


@pytest.fixture
def folder(tmp_path):
    torch.manual_seed(0)
    network = networks.build("resnet20", num_classes=3, in_channels=1)
    network.normalization = InputNormalization((0.3,), (0.2,))
    about = Trained.normalized(network, **ABOUT, classes=("cat", "dog", "crane"))
    (tmp_path / networks.WEIGHTS_NAME).write_bytes(networks.save_trained(network, about))
    return tmp_path, network.eval()


def test_a_folder_and_its_file_are_the_network(folder):
    path, network = folder
    image = torch.rand(2, 1, 16, 16)
    for name in (str(path), str(path / networks.WEIGHTS_NAME)):
        assert networks.is_own(name)
        loaded = networks.build(name)
        assert not loaded.training
        assert loaded.classes == ("cat", "dog", "crane")
        with torch.no_grad():
            assert torch.equal(loaded(image), network(image))
    assert networks.blueprint(str(path)).normalization.mean == (0.3,)


def test_its_head_can_be_left_out(folder):
    path, _ = folder
    with torch.no_grad():
        assert networks.build(str(path), num_classes=0)(torch.rand(1, 1, 16, 16)).ndim == 4


def test_names_are_not_paths(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert not networks.is_own("resnet20")
    (tmp_path / "resnet20").mkdir()
    assert not networks.is_own("resnet20")
    assert networks.is_own("./resnet20")
    with pytest.raises(UnknownNameError):
        networks.build("resnet21")


def test_what_cannot_be(folder, tmp_path):
    path, _ = folder
    with pytest.raises(OptionError, match="trained weights of its own"):
        networks.build(str(path), weights="imagenet")
    with pytest.raises(OptionError, match="no file"):
        networks.build(str(tmp_path / "other"))
    save_file({"a": torch.zeros(1)}, tmp_path / "plain.safetensors")
    with pytest.raises(WeightsError, match="does not say which network"):
        networks.build(str(tmp_path / "plain.safetensors"))
    (tmp_path / "cut.safetensors").write_bytes((path / networks.WEIGHTS_NAME).read_bytes()[:100])
    with pytest.raises(WeightsError, match="damaged"):
        networks.build(str(tmp_path / "cut.safetensors"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema": "deepatelier-weights/9"}, "to another version"),
        ({"classes": ["a\nb"]}, "to another version"),
        ({"network": "resnet56"}, "do not fit resnet56"),
        ({"network": "no_such"}, "no network named"),
        ({"options": {"num_classes": 4}}, "do not fit resnet20"),
    ],
)
def test_a_header_that_was_changed(folder, tmp_path, change, message):
    _, network = folder
    about = Trained.normalized(network, **ABOUT).model_dump(mode="json", by_alias=True)
    changed = tmp_path / "changed.safetensors"
    save_file(network.state_dict(), changed, {"deepatelier": json.dumps({**about, **change})})
    with pytest.raises((WeightsError, UnknownNameError), match=message):
        networks.build(str(changed))
