"""Trainings and evaluations as jobs."""

import random
import subprocess
import sys
import tempfile
import threading

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from deepatelier import networks
from deepatelier.errors import OptionError
from deepatelier.jobs import Context, make, read_record, restored
from deepatelier.training import EvaluationJob, TrainJob, read_training

OPTIONS = {"dataset": "digits", "limit": 100, "epochs": 2, "batch_size": 50, "dropout": 0.3}
ONE = TrainJob(**OPTIONS)


def place():
    numpys = np.random.get_state()[1].tolist()  # noqa: NPY002
    return torch.get_rng_state().tolist(), numpys, random.getstate()


def weights(folder):
    return load_file(folder / networks.WEIGHTS_NAME)


def same(first, second):
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


def finished(steps):
    """The steps, and the result."""
    taken = []
    while True:
        try:
            taken.append(next(steps))
        except StopIteration as done:
            return taken, done.value


def test_its_steps_and_its_record(tmp_path):
    before = place()
    steps = []

    def on_step(step):
        assert place() == before
        steps.append(step)

    result = make(ONE, {"folder": tmp_path / "run"}, on_step=on_step).result
    assert place() == before
    assert [(step.index, step.of) for step in steps] == [(number, 4) for number in (1, 2, 3, 4)]
    assert [step.values["epoch"] for step in steps] == [1, 1, 2, 2]
    assert set(steps[-1].values) == {"epoch", "loss", "validation loss", "validation accuracy"}
    record = read_record(tmp_path / "run")
    assert record == result.record
    assert (record.kind, record.steps, record.interrupted, record.part) == ("train", 4, False, "folder")
    assert "resume" not in record.job
    assert record.inputs["dataset"].name == record.job["dataset"] == "digits"
    assert record.measures == read_training(tmp_path / "run").record.measures
    again = restored(record.job)
    assert isinstance(again, TrainJob)
    assert again.limit == 100


def test_cancelled_from_another_thread_and_resumed(tmp_path):
    finished(ONE.run(Context(folder=tmp_path / "whole")))
    context = Context(folder=tmp_path / "half")
    steps = ONE.run(context)
    for _ in range(3):
        step = next(steps)
    thread = threading.Thread(target=context.cancel)
    thread.start()
    thread.join()
    rest, result = finished(steps)
    assert (rest, step.index, result.interrupted) == ([], 3, True)
    assert read_training(tmp_path / "half").details.epochs == 1
    resumed = TrainJob(dataset="digits", resume=True)
    taken, result = finished(resumed.run(Context(folder=tmp_path / "half")))
    assert [(step.index, step.of) for step in taken] == [(4, 4)]
    assert result.record.steps == 4
    assert same(weights(tmp_path / "whole"), weights(tmp_path / "half"))


def test_closed_it_keeps_what_it_has_learnt(tmp_path):
    steps = ONE.run(Context(folder=tmp_path / "run"))
    next(steps)
    steps.close()
    assert read_training(tmp_path / "run").details.state == "interrupted"
    assert weights(tmp_path / "run")


def test_resumed_with_pretrained_weights_by_their_path(tmp_path):
    finished(ONE.run(Context(folder=tmp_path / "first")))
    job = TrainJob(**OPTIONS, weights=str(tmp_path / "first"))
    finished(job.run(Context(folder=tmp_path / "next")))
    record = read_record(tmp_path / "next")
    assert record.inputs["weights"].name == record.job["weights"] == networks.WEIGHTS_NAME
    assert str(tmp_path) not in record.to_json()
    resumed = TrainJob(dataset="digits", resume=True, epochs=3)
    _, result = finished(resumed.run(Context(folder=tmp_path / "next")))
    assert result.record.details["epochs"] == 3


def test_without_a_folder_it_says_where_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    _, result = finished(ONE.run())
    (note,) = result.notes
    (folder,) = tmp_path.iterdir()
    assert str(folder) in note
    assert read_record(folder) == result.record


def test_a_plan_writes_nothing(tmp_path):
    context = Context(folder=tmp_path / "run")
    assert ONE.plan(context).steps == 4
    assert not list(tmp_path.iterdir())
    with pytest.raises(OptionError, match="name it with -o"):
        TrainJob(dataset="digits", resume=True).plan(Context())


def test_an_evaluation(tmp_path):
    finished(ONE.run(Context(folder=tmp_path / "run")))
    job = EvaluationJob(training=str(tmp_path / "run"), dataset="digits", part="validation")
    assert job.plan(Context()).steps == 1
    before = place()
    finished_ = make(job, {"table": tmp_path / "table.json", "confusion": tmp_path / "confusion.png"})
    assert place() == before
    table = finished_.result.files["table"].values
    record = read_record(tmp_path / "table.json")
    assert (record.kind, record.part, record.inputs["training"].name) == ("evaluate", "table", "run")
    assert record.inputs["dataset"] == read_training(tmp_path / "run").record.inputs["dataset"]
    assert record.measures["accuracy"] == table["accuracy"] > 0.3
    assert (table["part"], table["network"], len(table["table"])) == ("validation", "mlp", 10)
    assert read_record(tmp_path / "confusion.png").part == "confusion"


@pytest.mark.parametrize("module", ["training.train_job", "training.evaluation_job", "painters.painter_job"])
def test_a_job_is_made_without_torch(module):
    script = f"import sys, deepatelier.{module}\nassert not {{'torch', 'lightning', 'numpy'}} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True)
