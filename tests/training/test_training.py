"""Trainings from beginning to end, on scikit-learn's digits."""

import multiprocessing
import os
import signal
import subprocess
import sys
from random import Random

import pytest
import torch
from safetensors.torch import load_file

from deepatelier import networks
from deepatelier.data import Dataset, Labelled, open_dataset
from deepatelier.errors import (
    DivergenceError,
    OptionError,
    OutputError,
    RecordError,
    StateError,
    UnknownNameError,
)
from deepatelier.jobs import State, changes, read_record
from deepatelier.training import Training, TrainingOptions, evaluate, read_history, read_training, resumed_options
from deepatelier.training.fit_options import OPTIMIZERS
from deepatelier.training.run_folder import CHECKPOINT_NAME


def weights(training):
    return load_file(training.folder / networks.WEIGHTS_NAME)


def same(first, second):
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


def test_it_learns_and_writes_what_it_says(trained):
    training = trained(epochs=5, batch_size=64)
    read = read_training(training.folder)
    assert (read.record, read.details, read.options) == (training.record, training.details, training.options)
    assert read.details.state == "finished"
    assert read.record == read_record(training.folder)
    assert read.record.kind == "train"
    assert read.record.measures["validation accuracy"] > 0.9
    assert [part.pictures for part in read.details.parts.values()] == [1150, 288, 359]
    rows = read_history(training.folder)
    assert [row["epoch"] for row in rows] == [1, 2, 3, 4, 5]
    assert rows[-1]["training loss"] < rows[0]["training loss"]
    assert rows[-1]["validation loss"] == pytest.approx(read.record.measures["validation loss"])
    assert (training.folder / "curves.png").read_bytes().startswith(b"\x89PNG")
    network = networks.build(str(training.folder))
    assert network.classes == tuple("0123456789")
    normalization = network.normalization
    images = training._parts.train.pixels()
    assert normalization.mean == pytest.approx((images.mean().item(),), rel=1e-5)
    assert normalization.std == pytest.approx((images.std().item(),), rel=1e-3)


def test_the_seed_repeats_it(trained):
    options = {"epochs": 2, "dropout": 0.2, "augment": ["flip", "crop", "rotation"], "limit": 80}
    first, second, other = (trained(str(seed), **options, seed=seed % 2) for seed in (0, 2, 1))
    assert same(weights(first), weights(second))
    assert not same(weights(first), weights(other))


@pytest.mark.parametrize("options", [{}, {"optimizer": "airbench", "limit": 60, "batch_size": 12}])
def test_interrupted_and_resumed_is_as_not_interrupted(trained, options):
    options = {"epochs": 4, "batch_size": 50, "limit": 200, "dropout": 0.0, "augment": ["flip", "crop"], **options}
    whole = trained("whole", **options)
    steps = whole.details.parts["train"].pictures // options["batch_size"]
    taken = []

    def press(_):
        taken.append(0)
        if len(taken) == 2 * steps + 1:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        trained("half", progress=press, **options)
    half = whole.folder.with_name("half")
    read = read_training(half)
    assert (read.details.state, read.details.epochs, read.record.interrupted) == ("interrupted", 2, True)
    assert networks.build(str(half))  # what it had learnt is there
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    resumed = trained("half", resume=True, **options)
    assert same(weights(whole), weights(resumed))
    assert [row["validation loss"] for row in resumed.rows] == [row["validation loss"] for row in whole.rows]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("kills", [10, pytest.param(20, marks=pytest.mark.long)])
def test_killed_at_random_batches_and_resumed(trained, monkeypatch, kills):
    """SIGKILL, after which no code runs; what is lost is what came after the last checkpoint."""
    options = {"network": "linear", "epochs": 2 * kills, "batch_size": 20, "limit": 100, "augment": ["crop"]}
    whole = trained("whole", **options)
    monkeypatch.setattr("deepatelier.training.training._CHECKPOINT_SECONDS", 0)
    draw = Random(kills)
    for number in range(kills):
        left = draw.randint(1, 7)
        process = multiprocessing.get_context("fork").Process(
            target=trained, args=("killed",), kwargs={**options, "resume": number > 0, "progress": _Killer(left)}
        )
        process.start()
        process.join()
        assert process.exitcode == -signal.SIGKILL
    checkpoint = (whole.folder.with_name("killed") / CHECKPOINT_NAME).read_bytes()
    assert len(State.from_bytes(checkpoint).values["rows"]) > 2
    assert same(weights(whole), weights(trained("killed", resume=True, **options)))


class _Killer:
    """Kills its process after so many steps."""

    def __init__(self, left):
        self.left = left

    def __call__(self, step):
        self.left -= 1
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)


def test_resuming_takes_the_options_of_the_record(trained, digits):
    folder = trained(epochs=1, learning_rate=0.01, schedule="constant", limit=100).folder
    options = resumed_options(folder, TrainingOptions(epochs=2))
    assert (options.epochs, options.learning_rate, options.limit) == (2, 0.01, 100)
    training = Training(digits, options, folder, resume=True)
    training.fit()
    assert training.details.epochs == 2
    assert "started with --epochs 1 and resumed with --epochs 2" in read_training(folder).details.not_reproducible
    assert changes(training.record, training.record, {}) == [training.details.not_reproducible]
    with pytest.raises(OptionError, match=r"has 2 epochs\. Give more"):
        Training(digits, options, folder, resume=True)
    with pytest.raises(OptionError, match=r"--learning-rate was 0.01"):
        Training(digits, options.model_copy(update={"learning_rate": 0.1}), folder, resume=True)
    with pytest.raises(OptionError, match="not the pictures of the training"):
        Training(open_dataset("digits", classes=("0", "1")), options, folder, resume=True)
    with pytest.raises(OutputError, match="contains a training already"):
        Training(digits, options, folder)
    with pytest.raises(RecordError, match="is not a run folder"):
        Training(digits, options, folder.with_name("none"), resume=True)


def test_a_checkpoint_of_another_network_or_a_damaged_one(trained):
    options = {"epochs": 1, "limit": 100}
    folder = trained("small", **options).folder
    other = trained("other", network="linear", **options).folder
    (other / CHECKPOINT_NAME).rename(folder / CHECKPOINT_NAME)
    with pytest.raises(StateError, match="of another training"):
        trained("small", resume=True, **options | {"epochs": 2})
    (folder / CHECKPOINT_NAME).write_bytes(b"damaged")
    with pytest.raises(StateError, match=r"is damaged\. Start again in another folder"):
        trained("small", resume=True, **options | {"epochs": 2})


def test_a_loss_that_is_no_number_ends_it_with_advice(trained, tmp_path):
    with pytest.raises(DivergenceError, match=r"diverged: .* at step \d+, in epoch 1\. .* lower --learning-rate"):
        trained(optimizer="sgd", loss="squared", learning_rate=1e6, epochs=3)
    assert read_training(tmp_path / "run").details.state == "failed"
    assert not (tmp_path / "run" / networks.WEIGHTS_NAME).exists()
    with pytest.raises(OptionError, match="left no weights: its state is failed"):
        evaluate(tmp_path / "run", open_dataset("digits"))
    assert trained(epochs=1, limit=50).details.state == "finished"  # in the same folder: nothing was kept there


def test_a_last_step_that_diverges_is_seen_by_its_validation_loss(trained):
    with pytest.raises(DivergenceError, match=r"the training loss is (inf|nan) at step 2, in epoch 2"):
        trained(optimizer="sgd", batch_size="all", learning_rate=1e6, schedule="constant", epochs=2)


def test_with_more_epochs_the_schedule_is_that_of_all(trained):
    options = {"optimizer": "sgd", "schedule": "step", "learning_rate": 0.1, "limit": 100, "batch_size": 50}
    trained(epochs=2, **options)
    rates = [row["learning rate"] for row in trained(epochs=8, resume=True, **options).rows]
    assert rates[2] == pytest.approx(0.1)  # half of the steps have not been taken


def test_early_stopping_waits_again_if_more_epochs_are_asked_for(trained):
    options = {"early_stopping": 1, "tolerance": 9.0, "limit": 60}
    assert len(trained(epochs=5, **options).rows) == 2
    again = trained(epochs=9, resume=True, **options)
    assert len(again.rows) == 3


def test_gradients_can_be_clipped(trained):
    training = trained(optimizer="sgd", loss="squared", learning_rate=1e4, clip_gradient=1e-6, epochs=1, limit=100)
    assert training.details.state == "finished"


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_learns(trained, optimizer):
    training = trained(optimizer=optimizer, epochs=6, batch_size=32, limit=500)
    assert training.record.measures["validation accuracy"] > 0.7


@pytest.mark.parametrize("batch_size", [1, "all"])
def test_stochastic_and_batch_descent(trained, batch_size):
    training = trained(optimizer="sgd", batch_size=batch_size, epochs=3, limit=60, learning_rate=0.02)
    assert training.rows[-1]["step"] == {1: 180, "all": 3}[batch_size]
    assert training.rows[-1]["training loss"] < training.rows[0]["training loss"] + 1e-3


def test_early_stopping_keeps_the_best(trained):
    training = trained(
        optimizer="momentum", learning_rate=0.2, early_stopping=2, epochs=40, limit=150, schedule="constant"
    )
    losses = [row["validation loss"] for row in training.rows]
    best = training.details.best_epoch
    assert losses[best - 1] == min(losses)
    assert len(losses) == best + 2 < 40
    assert training.record.measures["validation loss"] == min(losses)
    task, part = training.task, training._parts.validation
    network = networks.build(str(training.folder))
    assert task.loss(network(part.pixels()), part.targets).item() == pytest.approx(min(losses), rel=1e-4)
    options = {"optimizer": "momentum", "learning_rate": 0.2, "early_stopping": 2, "limit": 150, "schedule": "constant"}
    with pytest.raises(OptionError, match=r"epochs, and stopped early, of 40\. Give more"):
        trained(resume=True, epochs=40, **options)
    again = trained(resume=True, epochs=50, **options)
    assert again.details.best_epoch >= best
    losses = [row["validation loss"] for row in again.rows]
    assert again.record.measures["validation loss"] == min(losses) == losses[again.details.best_epoch - 1]


def test_penalties_make_weights_small(trained):
    def size(**options):
        state = weights(trained("-".join(options) or "none", epochs=20, limit=300, learning_rate=0.01, **options))
        return sum(each.abs().sum().item() for name, each in state.items() if name.endswith("weight"))

    plain = size()
    assert size(l1=5e-3) < 0.5 * plain
    assert size(l2=1e-2) < 0.7 * plain


def test_the_plateau_divides_the_learning_rate(trained):
    training = trained(schedule="plateau", optimizer="sgd", learning_rate=1e-7, epochs=12, limit=100)
    assert training.rows[-1]["learning rate"] < 1e-7


@pytest.mark.parametrize("views", [2, 6])
def test_validation_is_seldom_but_always_at_the_end(trained, views):
    training = trained(epochs=3, validate_every=2, limit=100, views=views)
    assert ["validation loss" in row for row in training.rows] == [False, True, True]


def test_no_validation(trained):
    training = trained(epochs=1, validation=0, limit=100)
    assert training.record.measures == {}
    assert training.details.parts["validation"].pictures == 0


def test_pretrained_layers_and_a_new_head(trained):
    begin = trained("first", epochs=4, limit=300).folder
    few = open_dataset("digits", classes=("3", "5", "8"))
    options = {"dataset": few, "weights": str(begin), "limit": 60}
    head = trained("head", head_epochs=5, epochs=0, **options)
    old, new = load_file(begin / networks.WEIGHTS_NAME), weights(head)
    assert torch.equal(old["classifier.0.weight"], new["classifier.0.weight"])
    assert new["classifier.4.weight"].shape == (3, 512)
    assert head.details.epochs == 5
    both = trained("both", head_epochs=5, epochs=2, **options)
    assert [row["epoch"] for row in both.rows] == list(range(1, 8))
    losses = [[row["validation loss"] for row in each.rows[:5]] for each in (head, both)]
    assert losses[0] == losses[1]
    assert not torch.equal(old["classifier.0.weight"], weights(both)["classifier.0.weight"])
    gently = trained("gently", head_epochs=5, epochs=1, learning_rate=1e-6, **options)
    assert [row["validation loss"] for row in gently.rows[:5]] == losses[0]
    assert gently.rows[5]["validation loss"] == pytest.approx(losses[0][-1], rel=1e-3)
    slow = trained("slow", head_epochs=5, epochs=0, learning_rate=1e-6, **options)
    assert slow.rows[4]["validation loss"] > losses[0][-1]


def test_a_head_on_cached_features_is_the_networks_own(trained):
    """The validation measured on features is that of the whole network."""
    begin = trained("first", epochs=1, network="resnet20", limit=64).folder
    training = trained("head", weights=str(begin), head_epochs=2, epochs=0, limit=64)
    part = training._parts.validation
    network = networks.build(str(training.folder))
    with torch.no_grad():
        loss = training.task.loss(network(part.pixels()), part.targets).item()
    assert loss == pytest.approx(training.record.measures["validation loss"], rel=1e-4)


def test_the_best_epoch_is_counted_over_both_phases(trained):
    begin = trained("first", epochs=1, limit=64).folder
    training = trained("next", weights=str(begin), head_epochs=2, epochs=3, early_stopping=5, limit=64)
    best = training.details.best_epoch
    assert 3 <= best <= 5
    assert training.record.measures["validation loss"] == training.rows[best - 1]["validation loss"]
    again = trained("next", weights=str(begin), head_epochs=2, epochs=4, early_stopping=5, limit=64, resume=True)
    assert again.details.epochs == 6


def test_weights_by_a_name_that_is_also_a_folder_or_by_their_file(trained, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    trained("mlp", epochs=1, limit=64)
    first = load_file("mlp/weights.safetensors")["classifier.0.weight"]
    for number, words in enumerate(("mlp", "mlp/weights.safetensors", "./mlp")):
        training = trained(str(number), weights=words, head_epochs=1, epochs=0, limit=64)
        assert torch.equal(weights(training)["classifier.0.weight"], first)
        mean = networks.build("mlp/").normalization.mean
        assert networks.build(str(training.folder)).normalization.mean == mean


def test_weights_that_do_not_fit_the_pictures(trained, tmp_path):
    begin = trained("first", epochs=1, network="resnet20", limit=32).folder
    colors = torch.randint(0, 256, (20, 3, 8, 8), dtype=torch.uint8)
    dataset = Dataset("colors", Labelled(colors, torch.arange(20) % 2), None, ("a", "b"))
    with pytest.raises(OptionError, match=r"do not fit these pictures.*conv1.weight has the shape \(16, 1, 3, 3\)"):
        trained("next", dataset=dataset, weights=str(begin))
    with pytest.raises(OptionError, match="belong to resnet20, not to mlp"):
        trained("next", network="mlp", weights=str(begin))


def test_weights_of_pictures_of_another_size(trained):
    begin = trained("first", epochs=1, limit=64).folder
    pictures = torch.randint(0, 256, (20, 1, 12, 12), dtype=torch.uint8)
    dataset = Dataset("larger", Labelled(pictures, torch.arange(20) % 2), None, ("a", "b"))
    with pytest.raises(OptionError, match=r"pictures of 8 x 8 pixels, but these have 12 x 12 pixels\. Give pictures"):
        trained("next", dataset=dataset, weights=str(begin))


def test_batch_normalisation_comes_with_the_weights(trained):
    begin = trained("first", epochs=1, batch_norm=True, limit=64).folder
    training = trained("next", weights=str(begin), epochs=1, limit=64)
    assert any(isinstance(module, torch.nn.BatchNorm1d) for module in training.network.modules())
    old, new = load_file(begin / networks.WEIGHTS_NAME), weights(training)
    statistics = [name for name in old if "running_" in name]
    assert statistics
    assert all(torch.equal(old[name], new[name]) for name in statistics)
    scales = [name.replace("running_var", "weight") for name in statistics if "var" in name]
    assert not any(torch.equal(old[name], new[name]) for name in scales)


def test_a_network_that_takes_larger_pictures_is_given_such(trained):
    training = trained(network="digits_conv32", epochs=1, limit=16, validation=8, test=8, batch_size=8)
    assert training.notes == ["digits_conv32 does not accept pictures of 8 x 8 pixels: they are resized to 28 x 28."]
    assert training._parts.train.images.shape[-1] == 28


def test_bfloat16(trained):
    training = trained(precision="bfloat16", epochs=5, batch_size=64)
    assert training.record.precision == "bfloat16"
    assert training.record.measures["validation accuracy"] > 0.85
    assert {tensor.dtype for tensor in weights(training).values()} == {torch.float32}


def test_small_pictures_first(trained):
    training = trained(network="resnet20", epochs=2, progressive_resizing=1, limit=64, batch_size=32)
    assert training.details.state == "finished"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"head_epochs": 3}, "give --weights too"),
        ({"epochs": 0}, "--epochs 0 would train nothing"),
        ({"early_stopping": 2, "validation": 0}, "--early-stopping needs validation pictures"),
        ({"early_stopping": 2, "validate_every": 2}, "--early-stopping needs the validation loss"),
        ({"optimizer": "nesterov", "momentum": 0}, "nesterov without --momentum is sgd"),
        ({"cutout": 0.5}, "--cutout has no effect without --augment cutout"),
        ({"tolerance": 0.1}, "--tolerance has no effect without --early-stopping"),
        ({"momentum": 0.5}, "no effect without --optimizer momentum or nesterov or airbench"),
        ({"schedule": "plateau", "warm_up": 1}, "--warm-up has no effect with --schedule plateau"),
        ({"preset": "fast", "augment": ["flip"], "rotation": 3}, "--rotation has no effect"),
        ({"schedule": "plateau", "validation": 0}, "--schedule plateau needs validation pictures"),
        ({"schedule": "plateau", "validate_every": 2}, "--schedule plateau needs the validation loss"),
        ({"batch_size": "all", "limit": 99, "processes": 2}, "batch of 99 pictures cannot be split"),
        ({"batch_size": 33, "processes": 2}, "cannot be split evenly over 2 processes"),
        ({"progressive_resizing": 1}, "only one picture size"),
        ({"network": "resnet20", "dropout": 0.5}, "resnet20 has no dropout"),
        ({"network": "resnet20", "batch_norm": True}, "no option --batch-norm"),
        ({"validation": 5000}, "leaves none of"),
        ({"weights": "nowhere.pth"}, "no file nowhere.pth"),
    ],
)
def test_options_that_cannot_be(trained, options, message):
    with pytest.raises(OptionError, match=message):
        trained(**options)


def test_names_that_are_not_known(trained):
    for options in ({"network": "mpl"}, {"initialization": "he2"}, {"preset": "quick"}):
        with pytest.raises(UnknownNameError):
            trained(**options)


def test_values_and_classes_are_told_apart(trained):
    line = open_dataset("line")
    for options, message in (
        ({"label_smoothing": 0.1}, "values, not classes"),
        ({"augment": ["crop"]}, "--augment would change the target values"),
        ({"progressive_resizing": 1}, "--progressive-resizing would change"),
    ):
        with pytest.raises(OptionError, match=message):
            trained(dataset=line, **options)


def test_a_channel_that_is_the_same_everywhere(trained):
    images = torch.zeros(40, 1, 8, 8, dtype=torch.uint8)
    grey = Dataset("grey", Labelled(images, torch.arange(40) % 2), None, ("a", "b"))
    assert trained(dataset=grey, epochs=1).details.state == "finished"


def test_two_processes_have_the_curve_of_one(tmp_path, trained):
    one = trained("one", epochs=2, batch_size=32, limit=96)
    words = [
        "train",
        "digits",
        "-o",
        "two",
        "--epochs",
        "2",
        "--batch-size",
        "32",
        "--limit",
        "96",
        "--processes",
        "2",
    ]
    script = tmp_path / "atelier.py"
    script.write_text("from deepatelier.cli import main\nmain()\n")
    command = [sys.executable, str(script), *words]
    environment = {name: value for name, value in os.environ.items() if name != "LOCAL_RANK"}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("Wrote two") == 1
    for mine, theirs in zip(one.rows, read_history(tmp_path / "two"), strict=True):
        for name in ("running loss", "training loss", "validation loss", "validation accuracy"):
            assert theirs[name] == pytest.approx(mine[name], rel=1e-4)
