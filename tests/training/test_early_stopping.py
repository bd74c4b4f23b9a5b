import torch
from torch import nn

from deepatelier.training.early_stopping import EarlyStopping


def _ends(stopping, losses):
    network, ends = nn.Linear(1, 1, bias=False), []
    for epoch, loss in enumerate(losses, 1):
        with torch.no_grad():
            network.weight.fill_(epoch)
        ends.append(stopping.ends_after({"epoch": epoch, "validation loss": loss}, network))
    return ends


def test_it_waits_and_keeps_the_best():
    stopping = EarlyStopping(patience=2, tolerance=0.0)
    assert _ends(stopping, [3, 2, 2.5, 1, 1, 1.5]) == [False, False, False, False, False, True]
    assert stopping.best_epoch == 4
    assert stopping.weights["weight"].item() == 4


def test_a_small_improvement_is_kept_but_does_not_count():
    stopping = EarlyStopping(patience=2, tolerance=0.5)
    assert _ends(stopping, [2, 1.9, 1.8]) == [False, False, True]
    assert stopping.best_epoch == 3


def test_a_loss_that_is_not_finite_ends_it():
    assert _ends(EarlyStopping(patience=9, tolerance=0.0), [2, float("nan")]) == [False, True]


def test_its_state_goes_on():
    first, second = EarlyStopping(2, 0.0), EarlyStopping(2, 0.0)
    _ends(first, [2, 3])
    second.load_state_dict(first.state_dict())
    assert second.best_epoch == 1
    assert second.ends_after({"epoch": 3, "validation loss": 2.5}, nn.Linear(1, 1))
