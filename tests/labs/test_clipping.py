import math

import pytest
import torch

from deepatelier.labs import clipping
from deepatelier.labs.clipping import Delay, Reader, Stream, clipped_run, smoothed
from deepatelier.training.tasks.supervised import NETWORK


def test_without_clipping_it_explodes_and_with_clipping_it_does_not(monkeypatch):
    monkeypatch.setattr(clipping, "_EPOCHS", 1)
    found = {}
    for name, options in clipping._CLIPPED.items():
        torch.manual_seed(0)
        losses, norms = clipped_run(options)
        found[name] = losses
        assert len(losses) == len(norms)
    assert max(found.pop("without clipping")) > 1e6
    assert all(max(losses) < 10 > 10 * losses[-1] for losses in found.values())


def test_the_state_is_carried_without_its_gradient():
    torch.manual_seed(0)
    reader, task = Reader(), Delay()
    bits = torch.randint(2, (3, 8)).float()
    task.carried = {}
    turns = [next(task.turns({NETWORK: reader}, piece)) for piece in Stream(bits, bits, 4).epoch(0)]
    scores, _ = reader(bits, None)
    whole = torch.nn.functional.binary_cross_entropy_with_logits(scores, bits, reduction="none")
    for turn, piece in zip(turns, (whole[:, :4], whole[:, 4:]), strict=True):
        assert turn.objective.item() == pytest.approx(piece.mean().item(), rel=1e-5)
    assert not task.carried["h"].requires_grad


def test_the_mean_of_the_last_values():
    assert smoothed([1.0, 2.0, 6.0, 10.0], 2) == [1.0, 1.5, 4.0, 8.0]


def test_what_is_further_back_than_the_gradient_goes_is_not_learnt(monkeypatch):
    for name, value in {"_DELAY": 2, "_STEPS": 800, "_READER_RATE": 2e-2}.items():
        monkeypatch.setattr(clipping, name, value)
    last = {}
    for length in (2, 8):
        torch.manual_seed(0)
        last[length] = smoothed(clipping.truncated_run(length), 20)[-1]
    assert last[8] < 0.5 * math.log(2) < last[2]
