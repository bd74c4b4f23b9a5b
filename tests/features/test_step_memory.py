import pytest
from tests_support import extractor

from deepatelier.errors import MemoryLimitError
from deepatelier.features import memory, peak_memory, take_memory, within_memory
from deepatelier.networks import is_checkpointed


def test_a_step_of_vgg19_needs_what_was_measured(monkeypatch):
    """1600 and 2700 bytes a pixel to relu5_1, rounded up; less to a lower layer."""
    for precision, measured in (("bfloat16", 1600), ("float32", 2700)):
        deep, low = (extractor((layer,), precision=precision) for layer in ("relu5_1", "relu2_1"))
        monkeypatch.setattr("deepatelier.features.step_memory.available_memory", lambda _, m=measured: m * 10**6)
        with pytest.raises(MemoryLimitError, match=r"about 9\d\d pixels"):
            take_memory(deep, 10**6, 1000, 0)
        take_memory(low, 10**6, 1000, 0)
        monkeypatch.setattr("deepatelier.features.step_memory.available_memory", lambda _, m=measured: m * 11 * 10**5)
        take_memory(deep, 10**6, 1000, 0)


@pytest.mark.parametrize("precision", ["bfloat16", "float32"])
def test_where_memory_is_short_stages_are_computed_twice(monkeypatch, precision):
    network = extractor(("relu5_1",), precision=precision)
    needed = memory(network, 10**6)

    def within(part):
        monkeypatch.setattr("deepatelier.features.step_memory.available_memory", lambda _: int(part * needed))
        return within_memory(network, (10**6, 0), 1000)

    assert within(1.01) is network
    checkpointed = within(0.9)
    assert is_checkpointed(checkpointed.module)
    assert memory(checkpointed, 10**6) < 0.85 * needed
    with pytest.raises(MemoryLimitError, match="pixels would fit"):
        within(0.5)


def test_freed_memory_is_kept_where_there_is_plenty(monkeypatch):
    kept = []
    monkeypatch.setattr("deepatelier.features.step_memory.keep_freed_memory", lambda: not kept.append(1))
    network = extractor(("relu2_1",))
    needed = memory(network, 10**6)
    monkeypatch.setattr("deepatelier.features.step_memory.available_memory", lambda _: 2 * needed)
    take_memory(network, 10**6, 1000, 0)
    assert (kept, peak_memory(network, 10**6, 0)) == ([], needed)
    monkeypatch.setattr("deepatelier.features.step_memory.available_memory", lambda _: 4 * needed)
    take_memory(network, 10**6, 1000, 0)
    assert kept
    assert peak_memory(network, 10**6, 0) > needed
