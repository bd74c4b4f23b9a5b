"""Linear regression in closed form, from the command to the picture."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from tests_support import run

from deepatelier import images, networks
from deepatelier.data import Labelled, open_dataset
from deepatelier.data.eyes import eyes
from deepatelier.errors import OptionError
from deepatelier.jobs import read_record, restored
from deepatelier.training import LINEAR_NAME, ClosedFormJob, evaluate, read_training
from deepatelier.training.closed_form import solve
from deepatelier.training.tasks.classification import Classification
from deepatelier.training.tasks.ellipse import EllipseRegression


def test_the_line_of_the_points(capsys, tmp_path):
    folder = tmp_path / "run"
    words = ("train", "line", "--closed-form", "--validation", 0, "--test", 0, "-o", folder)
    code, out, err = run(capsys, *words, "--json")
    assert code == 0
    assert "rank 2 of 2." in err
    assert re.search(r"weight \d\.\d+; bias \d\.\d+", err)
    assert json.loads(out)["job"]["kind"] == "train/closed-form"
    line = open_dataset("line").train
    wanted = np.polyfit(line.images.flatten(), line.targets.flatten(), 1)
    found = load_file(folder / networks.WEIGHTS_NAME)
    found = torch.cat([each.flatten() for each in found.values()]).sort(descending=True).values
    np.testing.assert_allclose(found, wanted, rtol=1e-5)
    assert {path.name for path in folder.iterdir()} == {
        "weights.safetensors",
        "record.json",
        "options.json",
        "linear.png",
    }
    assert images.decode((folder / LINEAR_NAME).read_bytes()).std() > 0.05
    assert run(capsys, *words)[0] == 2  # the folder is taken
    assert isinstance(restored(read_record(folder).job), ClosedFormJob)


def test_digits_and_their_evaluation(capsys, tmp_path):
    folder = tmp_path / "run"
    assert run(capsys, "train", "digits", "--closed-form", "--ridge", "0.01", "-o", folder)[0] == 0
    assert images.decode((folder / LINEAR_NAME).read_bytes()).std() > 0.1
    read = read_training(folder)
    assert (read.details.network, read.options.l2) == ("linear", 0.01)
    assert read.record.measures["validation accuracy"] > 0.85
    found = evaluate(folder, open_dataset("digits"))
    assert found.own
    assert found.measures["accuracy"] > 0.85


@pytest.mark.parametrize("words", [("--epochs", "3"), ("--optimizer", "adam"), ("--resume",)])
def test_options_of_steps_are_refused(capsys, tmp_path, words):
    code, _, err = run(capsys, "train", "digits", "--closed-form", *words, "-o", tmp_path / "run")
    assert code == 2
    assert f"With --closed-form, {words[0]} would have no effect" in err


def test_the_normal_equations_hold():
    part = Labelled(torch.rand(50, 1, 3, 3, generator=torch.Generator().manual_seed(0)), torch.arange(50) % 3)
    network = networks.build("linear", num_classes=3, input_size=3)
    task = Classification(("a", "b", "c"), "squared")
    solve(network, part, task)
    residual = network(part.images).double() - task.as_outputs(part.targets)
    inputs = torch.cat([part.images.flatten(1), torch.ones(50, 1)], dim=1).double()
    assert (inputs.T @ residual).abs().max().item() == pytest.approx(0, abs=1e-4)


def test_ellipses():
    whole = eyes(count=80)
    half = Labelled(whole.train.images[..., ::2, ::2], whole.train.targets * torch.tensor([0.5, 0.5, 0.5, 0.5, 1]))
    drawn = replace(whole, train=half)
    task = EllipseRegression.of(half.targets)
    size = half.images.shape[-1]
    network = networks.build("linear", num_classes=5, in_channels=half.images.shape[1], input_size=size)
    solve(network, drawn.train, task, ridge=10.0)
    with torch.no_grad():
        assert task.metric(network(half.pixels()), half.targets).mean() < 3


def test_other_networks_have_no_closed_form():
    part = Labelled(torch.rand(4, 1, 28, 28), torch.arange(4))
    with pytest.raises(OptionError, match="needs a network of one dense layer"):
        solve(networks.build("mlp"), part, Classification(tuple("abcd"), "squared"))
