"""A state as bytes and back."""

import json
import struct
from contextlib import suppress

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save

from deepatelier.errors import StateError
from deepatelier.jobs import State

DTYPES = [
    torch.float32,
    torch.float64,
    torch.bfloat16,
    torch.float16,
    torch.int64,
    torch.int32,
    torch.uint8,
    torch.bool,
]


@st.composite
def _tensors(draw):
    shape = draw(st.lists(st.integers(0, 3), max_size=3))
    numbers = torch.randn(shape, generator=torch.Generator().manual_seed(draw(st.integers(0, 99))))
    tensor = (4 * numbers).to(draw(st.sampled_from(DTYPES)))
    return tensor.T if tensor.ndim == 2 and draw(st.booleans()) else tensor


_LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8) | _tensors()
_KEYS = st.text(max_size=5) | st.integers(-9, 9)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.lists(inner, max_size=3).map(tuple) | st.dictionaries(_KEYS, inner, max_size=3)
    ),
    max_leaves=12,
)


def _same(first, second):
    assert type(first) is type(second)
    if isinstance(first, torch.Tensor):
        assert first.dtype == second.dtype
        assert torch.equal(first, second)
    elif isinstance(first, dict):
        assert list(first) == list(second)
        for key, value in first.items():
            _same(value, second[key])
    elif isinstance(first, (list, tuple)):
        assert len(first) == len(second)
        for one, other in zip(first, second, strict=True):
            _same(one, other)
    else:
        assert first == second


@given(
    values=st.dictionaries(st.text(max_size=5), _VALUES, max_size=4),
    index=st.integers(0, 10**9),
    mark=st.text("0123456789abcdef", max_size=32),
)
@settings(max_examples=100, deadline=None)
def test_what_is_written_is_read(values, index, mark):
    state = State.from_bytes(State(index, values, mark).to_bytes())
    assert (state.index, state.fingerprint) == (index, mark)
    _same(dict(values), state.values)


def test_it_owns_its_memory():
    tensor = torch.zeros(3)
    data = State(1, {"a": tensor, "b": tensor[1:], "c": tensor}).to_bytes()
    tensor += 1
    read = State.from_bytes(data).values
    assert [read[name].sum().item() for name in "abc"] == [0, 0, 0]


@pytest.mark.parametrize("value", [object(), {1, 2}, b"bytes", 1j])
def test_what_it_cannot_hold_is_said(value):
    with pytest.raises(TypeError, match=f"A state holds tensors, numbers and strings, not {type(value).__name__}"):
        State(1, {"a": [value]}).to_bytes()


_GOOD = State(3, {"a": torch.ones(4), "b": {1: (2.5, None)}}, "abc").to_bytes()


def _headed(about):
    return save({"0": torch.ones(1)}, {"deepatelier": about})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"mine",
        b"\xff" * 64,
        _GOOD[:7],
        _GOOD[:-1],
        _GOOD + b"more",
        save({"a": torch.ones(2)}),
        save({"a": torch.ones(2)}, {"record": "{}"}),
        struct.pack("<Q", 2) + b"[]",
        struct.pack("<Q", 200_000) + b"[" * 200_000,
        _headed("no json"),
        _headed("[]"),
        _headed("{}"),
        _headed(json.dumps({"schema": "deepatelier-state/1", "index": 1, "fingerprint": "", "values": [1]})),
        _headed(json.dumps({"schema": "deepatelier-state/1", "index": 1, "fingerprint": "", "values": {"set": []}})),
        _headed(
            json.dumps({"schema": "deepatelier-state/1", "index": 1, "fingerprint": "", "values": {"tensor": "9"}})
        ),
        _headed(json.dumps({"schema": "deepatelier-state/1", "index": "x", "fingerprint": "", "values": {"dict": []}})),
    ],
)
def test_what_is_none_is_refused(data):
    with pytest.raises(StateError, match="holds no state to resume from, or is damaged"):
        State.from_bytes(data)


def test_one_of_another_version_is_told():
    about = json.dumps({"schema": "deepatelier-state/0", "index": 1, "fingerprint": "", "values": {"dict": []}})
    with pytest.raises(StateError, match="the schema 'deepatelier-state/0', expected 'deepatelier-state/1'"):
        State.from_bytes(_headed(about))


@given(place=st.integers(0, len(_GOOD) - 1), value=st.integers(0, 255))
@settings(max_examples=200, deadline=None)
def test_a_changed_byte_is_read_or_refused(place, value):
    data = bytearray(_GOOD)
    data[place] = value
    with suppress(StateError):  # anything else fails
        assert isinstance(State.from_bytes(bytes(data)), State)
