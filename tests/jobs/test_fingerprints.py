"""The fingerprint of what is minimised."""

import io
import os
import subprocess
import sys
from contextlib import redirect_stdout
from functools import partial

import pytest
import torch
from torch import nn

from deepatelier.jobs import fingerprint

_PROGRAM = """
import torch
from functools import partial
from torch import nn
from deepatelier.jobs import fingerprint

class Loss:
    def __init__(self, weight):
        self.weight, self.target = weight, torch.arange(6.0).reshape(2, 3)
    def __call__(self, x):
        return self.weight * (x - self.target).square().sum()

def make(factor):
    shift = torch.full((2,), 0.5)
    return lambda x: factor * (x + shift)

torch.manual_seed(3)
network = nn.Sequential(nn.Conv2d(3, 2, 3), nn.ReLU())
words, values = {"one", "two", "three"}, {"a": 1, 2: (None, "x")}
print(fingerprint(Loss(2.0), make(3), network, values, words, partial(max, 1), torch.float16))
"""


def _closure(tensor, factor=2):
    return lambda x: factor * (x - tensor)


class _Loss:
    def __init__(self, name="style", weight=1.0):
        self.name, self.weight = name, weight
        self.target = torch.arange(4.0)

    def __call__(self, x):
        return self.weight * (x - self.target).sum()


def _network(seed=0, act=nn.ReLU):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Conv2d(3, 4, 3), act())


def test_it_is_the_same_in_another_process():
    output = io.StringIO()
    with redirect_stdout(output):
        exec(_PROGRAM, {"__name__": "__main__"})
    other = str(1 + int(os.environ.get("PYTHONHASHSEED", "0").replace("random", "0")))
    environment = {"PYTHONHASHSEED": other}  # of the hashes of words, and with it of the order of sets
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True, env=environment)
    (found,) = {output.getvalue().strip(), done.stdout.strip()}
    assert len(found) == 32
    assert set(found) <= set("0123456789abcdef")


@pytest.mark.parametrize(
    "make",
    [
        lambda: torch.arange(5),
        lambda: _closure(torch.ones(2)),
        _Loss,
        lambda: _Loss().__call__,
        _network,
        lambda: partial(_closure(torch.ones(2)), x=3),
        lambda: {"a": [1, (2, None)], "b": slice(1, 5, None)},
        lambda: {torch.float32, "word", 3},
        lambda: (nn.ReLU, torch.relu, len),
    ],
)
def test_equal_things_have_one(make):
    assert fingerprint(make()) == fingerprint(make())
    assert len(fingerprint(make())) == 32


def test_a_changed_weight_is_seen():
    network = _network()
    before = fingerprint(network)
    with torch.no_grad():
        network[0].weight[0, 0, 0, 0] += 1e-3
    assert fingerprint(network) != before


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (_closure(torch.ones(2)), _closure(torch.zeros(2))),
        (_closure(torch.ones(2)), _closure(torch.ones(2), factor=3)),
        (lambda x: x + 1, lambda x: x + 2),
        (lambda x: x + 1, lambda x: x - 1),
        (lambda x, y=1: x, lambda x, y=2: x),
        (_Loss(), _Loss(weight=2.0)),
        (_Loss(), _Loss(name="content")),
        (_network(), _network(seed=1)),
        (_network(), _network(act=nn.GELU)),
        (nn.Conv2d(1, 1, 1, bias=False).requires_grad_(False), nn.Linear(1, 1, bias=False).requires_grad_(False)),
        (torch.zeros(4), torch.zeros(2, 2)),
        (torch.zeros(4), torch.zeros(4, dtype=torch.float64)),
        (torch.zeros(4), torch.zeros(5)),
        (1, 1.0),
        (1, True),
        ("1", 1),
        ("ab", ("a", "b")),
        (((1,), 2), (1, (2,))),
        ([1, 2], [2, 1]),
        ({"a": 1}, {"b": 1}),
        ({"a": None}, {"a": 0}),
        (partial(max, 1), partial(max, 2)),
        (partial(max, 1), partial(min, 1)),
        (slice(1, 2), slice(1, 3)),
        (_Loss().__call__, _Loss(weight=3.0).__call__),
        (torch.float16, torch.bfloat16),
        (nn.ReLU, nn.GELU),
    ],
)
def test_other_things_have_others(one, other):
    assert fingerprint(one) != fingerprint(other)


def test_what_stands_within_itself_ends():
    first, second = [1], [2]
    first.append(first)
    second.append(second)
    assert fingerprint(first) != fingerprint(second)


def test_what_is_met_twice_counts_twice():
    tensor = torch.ones(2)
    assert fingerprint(tensor, tensor) == fingerprint(tensor, tensor.clone()) != fingerprint(tensor)
