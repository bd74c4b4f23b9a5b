import pytest
import torch
from conftest import gradient_picture

from deepatelier.synthesis import StyleOptions, StyleTransfer

OWN = {"network": "conftest:TinyNetwork", "device": "cpu", "content_layers": ("relu2",), "style_layers": ("relu1",)}


def _transfer(**options):
    return StyleTransfer(gradient_picture(64, 96), gradient_picture(48, 48), StyleOptions(**OWN, **options))


def test_nothing_is_painted_and_nothing_changes():
    transfer = _transfer(size=128, steps=30)
    torch.manual_seed(7)
    expected = torch.rand(1)
    torch.manual_seed(7)
    found = transfer.expected()
    assert found.seconds > 0
    assert found.memory > 0
    assert torch.equal(torch.rand(1), expected)
    assert transfer.planned == 30


def test_time_and_memory_grow_with_the_picture_and_the_steps(monkeypatch):
    """Times as a clock gives them that goes by one second at each look."""
    clock = iter(range(10**6))
    monkeypatch.setattr("deepatelier.devices.time.perf_counter", lambda: float(next(clock)))

    def expected(**options):
        return _transfer(levels=1, margin=0, optimizer="adam", **options).expected()

    small, long, large = expected(size=256, steps=10), expected(size=256, steps=1010), expected(size=1024, steps=10)
    assert long.seconds - small.seconds == pytest.approx(1000)
    assert large.seconds > small.seconds
    assert large.memory > small.memory


@pytest.mark.parametrize("size", [(16, 256), (300, 20)])
def test_thin_pictures_are_tried_as_large_as_they_begin(size):
    options = StyleOptions(**OWN, size=300, margin=12, levels=1, steps=2)
    assert StyleTransfer(gradient_picture(*size), gradient_picture(*size), options).expected().seconds > 0
