"""Training on sequences, from the command's options to the record."""

import pytest
import torch

from deepatelier import networks
from deepatelier.data import open_dataset
from deepatelier.data.adding import adding
from deepatelier.errors import OptionError
from deepatelier.training import TrainingOptions, evaluate, read_training
from deepatelier.training.task_of import task_of
from deepatelier.training.tasks.supervised import NETWORK

QUICK = {"width": 4, "epochs": 1, "batch_size": 20}


@pytest.fixture(scope="module")
def sums():
    return adding(length=6, seed=0, count=100)


@pytest.mark.parametrize("name", ["rnn", "lstm", "gru", "lstm_peephole"])
def test_it_is_trained_recorded_and_evaluated(trained, sums, tmp_path, name):
    training = trained(name, sums, network=name, layers=2, bidirectional=True, dropout=0.1, **QUICK)
    details = read_training(tmp_path / name).details
    assert details.recurrent_layers == training.network.computed_by
    assert f"The recurrent layers are computed by {details.recurrent_layers}." in training.notes
    assert (tmp_path / name / "curves.png").exists()
    found = evaluate(tmp_path / name, sums)
    assert found.measures["sequences"] == 20
    assert list(found.rows[0].numbers) == ["mean error", "median error"]
    outputs = training.network.eval()(found.part.images)
    assert found.measures["loss"] == pytest.approx((outputs - found.part.targets).square().mean().item(), rel=1e-5)


def test_a_resumed_training_is_the_same(trained, sums):
    def interrupt(step):
        if step.index == 5:
            raise KeyboardInterrupt

    whole = trained("whole", sums, **{**QUICK, "epochs": 3}).network.state_dict()
    with pytest.raises(KeyboardInterrupt):
        trained("parts", sums, progress=interrupt, **{**QUICK, "epochs": 3})
    parts = trained("parts", sums, resume=True, **{**QUICK, "epochs": 3}).network.state_dict()
    assert all(torch.equal(whole[name], each) for name, each in parts.items())


def test_lstm_is_the_default(trained, sums):
    assert trained(dataset=sums, **QUICK).details.network == "lstm"


def test_the_gradient_is_truncated(sums):
    task = task_of(sums, sums.train, TrainingOptions(truncate=2))
    given = sums.train.images[:3].clone().requires_grad_()
    network = networks.build("gru", width=4)
    (turn,) = task.turns({NETWORK: network}, (given, sums.train.targets[:3]))
    turn.objective.backward()
    assert not given.grad[:, :-2].any()
    assert given.grad[:, -2:].any()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"network": "mlp"}, "mlp takes pictures, but adding contains sequences"),
        ({"augment": ["flip"]}, "--augment has no effect on sequences"),
        ({"views": 2}, "--views has no effect on sequences"),
        ({"truncate": 3, "bidirectional": True}, "Leave --bidirectional out"),
        ({"batch_norm": True}, "no option --batch-norm"),
    ],
)
def test_options_that_do_not_suit_sequences(trained, sums, options, message):
    with pytest.raises(OptionError, match=message):
        trained(dataset=sums, **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"network": "lstm"}, "lstm takes sequences, but digits contains pictures"),
        ({"width": 3}, "--width has no effect on pictures"),
        ({"truncate": 3}, "--truncate has no effect on pictures"),
    ],
)
def test_options_that_do_not_suit_pictures(trained, options, message):
    with pytest.raises(OptionError, match=message):
        trained(**options)


def test_the_length_and_the_seed_are_the_datas():
    first, again, other = (open_dataset("adding", length=6, seed=seed).train.images for seed in (0, 0, 1))
    assert first.shape == (12_000, 6, 2)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    with pytest.raises(OptionError, match="line has no sequences of a length to choose"):
        open_dataset("line", length=6)
