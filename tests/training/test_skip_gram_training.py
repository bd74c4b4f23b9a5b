"""Word vectors, from a text to a run folder."""

import pytest
import torch

from deepatelier.errors import DivergenceError, InputError, OptionError, OutputError, RecordError, StateError
from deepatelier.jobs import Context, find_inputs, make, read_record, restored_job
from deepatelier.networks import WEIGHTS_NAME
from deepatelier.text import Embeddings
from deepatelier.training import CURVES_NAME, HISTORY_NAME, SkipGramJob, TrainJob, read_history
from deepatelier.training.run_folder import CHECKPOINT_NAME

PAIRS = (("sun", "moon"), ("cat", "dog"), ("red", "blue"))
"""Words that occur in the same places of the text."""

SMALL = {"dimensions": 8, "batch_size": 64, "subsample": 0.0, "epochs": 4, "validation": 0.2, "device": "cpu"}


@pytest.fixture
def text(tmp_path):
    """A text in which the words of a pair are exchangeable."""
    generator = torch.Generator().manual_seed(0)
    path, words = tmp_path / "text.txt", []
    for _ in range(150):
        for number, pair in enumerate(PAIRS):
            word = pair[torch.randint(2, (), generator=generator)]
            words += [f"before{number}", word, f"after{number}"]
    path.write_text(" ".join(words))
    return path


@pytest.fixture
def train(text, tmp_path):
    def run(folder="run", on_step=lambda _step: None, **options):
        job = SkipGramJob(dataset=str(text), **{**SMALL, **options})
        return make(job, {"folder": tmp_path / folder}, Context(), on_step=on_step).record

    return run


def vectors(folder):
    return Embeddings.load(folder).vectors


def test_exchangeable_words_become_neighbours(train, tmp_path):
    record = train(epochs=20, validation=0.0)
    known = Embeddings.load(tmp_path / "run")
    assert len(known.vocabulary) == 12
    assert known.ranks(PAIRS, 12) == [(1, 1)] * 3
    assert known.neighbours("sun", 1)[0].word == "moon"
    assert record.measures["running loss"] < 5


def test_the_run_folder(train, text, tmp_path):
    record = train()
    folder = tmp_path / "run"
    assert {path.name for path in folder.iterdir()} == {"record.json", WEIGHTS_NAME, HISTORY_NAME, CURVES_NAME}
    assert read_record(folder) == record
    assert record.details == {"state": "finished", "epochs": 4, "words": 12, "tokens": 1350, "parameters": 192}
    assert (record.inputs["dataset"].name, record.job["dataset"]) == ("text.txt", "text.txt")
    rows = read_history(folder)
    assert [row["epoch"] for row in rows] == [1, 2, 3, 4]
    assert {"running loss", "validation loss", "validation accuracy"} <= rows[0].keys()
    assert rows[-1]["validation loss"] < rows[0]["validation loss"]
    job = restored_job(record, find_inputs(record, [tmp_path]))
    make(job, {"folder": tmp_path / "again"})
    assert torch.equal(vectors(folder), vectors(tmp_path / "again"))


@pytest.mark.parametrize("after", [3, 14])
def test_an_interrupted_training_resumes_to_the_same_vectors(train, tmp_path, after):
    def stop(step):
        if step.index == after:
            raise KeyboardInterrupt

    whole = train("whole")
    assert whole.steps > 14
    record = train("run", stop)
    assert (record.steps, record.interrupted, record.details["state"]) == (after, True, "interrupted")
    assert (tmp_path / "run" / CHECKPOINT_NAME).exists()
    assert not torch.equal(vectors(tmp_path / "run"), vectors(tmp_path / "whole"))
    again = train("run", resume=True)
    assert torch.equal(vectors(tmp_path / "run"), vectors(tmp_path / "whole"))
    assert (again.steps, again.details) == (whole.steps, whole.details)
    with pytest.raises(OptionError, match="is finished"):
        train("run", resume=True)


def test_the_options_of_a_resumed_training(train, text, tmp_path):
    def stop(step):
        raise KeyboardInterrupt

    train("run", stop)
    with pytest.raises(OptionError, match=r"--window was \d in .*run\. Resume with the same value"):
        train("run", resume=True, window=9)
    with pytest.raises(OutputError, match="--resume"):
        train("run")
    with pytest.raises(RecordError, match="not a run folder"):
        train("nowhere", resume=True)
    text.write_text(text.read_text() + " more more more")
    before = read_record(tmp_path / "run")
    with pytest.raises(StateError, match="another training"):
        train("run", resume=True)
    assert read_record(tmp_path / "run") == before


def test_a_folder_of_another_training(tmp_path):
    make(TrainJob(dataset="line", epochs=1), {"folder": tmp_path / "line"})
    with pytest.raises(RecordError, match="belongs to train"):
        make(SkipGramJob(dataset="topics", resume=True), {"folder": tmp_path / "line"})


def test_a_text_that_is_too_short(train, text):
    text.write_text("once upon a time")
    with pytest.raises(InputError, match="no token that occurs 3 times"):
        train()
    text.write_text("…\n")
    with pytest.raises(InputError, match="no token"):
        train(at_least=1)


def test_one_word(train, text, tmp_path):
    text.write_text("word")
    assert train(at_least=1).details["words"] == 1
    assert vectors(tmp_path / "run").isfinite().all()


def test_a_training_that_diverges(train, tmp_path, monkeypatch):
    monkeypatch.setattr("deepatelier.training.tasks.negative_sampling.functional.softplus", lambda x: x * float("nan"))
    with pytest.raises(DivergenceError):
        train()
    assert read_record(tmp_path / "run").details["state"] == "failed"


def test_the_validation_part_is_a_fraction():
    with pytest.raises(ValueError, match="fraction below 1"):
        SkipGramJob(dataset="topics", validation=1.0)
