"""``atelier translate`` and ``atelier look attention``."""

import io
import json
import sys

import pytest

from deepatelier import cli
from deepatelier.jobs import Context, make, read_record
from deepatelier.training.sequences.translation_job import TranslationJob

SMALL = {"width": 6, "embedding": 4, "epochs": 1, "batch_size": 4, "validation": 0, "test": 0, "device": "cpu"}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A training with attention and one without."""
    folder = tmp_path_factory.mktemp("runs")
    (folder / "pairs.tsv").write_text("a b\tb a\nab\tba\nb\tb\na\ta\n")
    for name, attention in {"run": True, "plain": False}.items():
        job = TranslationJob(dataset=str(folder / "pairs.tsv"), attention=attention, **SMALL)
        make(job, {"folder": folder / name}, Context())
    return folder


def failed(*words):
    with pytest.raises(SystemExit) as stop:
        cli.main([*map(str, words)])
    return stop.value.code


def test_a_line_for_each_text(runs, capsys):
    cli.main(["translate", str(runs / "run"), "a b", "b", "--beam", "5"])
    found = capsys.readouterr()
    assert len(found.out.split("\n")) == 3
    assert found.err == ""


def test_standard_input_and_json(runs, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"ab\n\na b\r\n")))
    cli.main(["translate", str(runs / "run"), "b", "-", "--json"])
    rows = json.loads(capsys.readouterr().out)["translations"]
    assert [row["source"] for row in rows] == ["b", "ab", "a b"]
    assert all(row["score"] < 0 for row in rows)


def test_a_file(runs, tmp_path, capsys):
    target = tmp_path / "written.txt"
    cli.main(["translate", str(runs / "plain"), "ab", "-o", str(target)])
    captured = capsys.readouterr()
    assert captured.out == ""
    assert read_record(target).job["texts"] == ["ab"]
    cli.main(["translate", str(runs / "plain"), "ab"])
    assert capsys.readouterr().out == target.read_text()


def test_messages(runs, capsys, monkeypatch):
    run = runs / "run"
    cli.main(["translate", str(run), "aq"])
    assert capsys.readouterr().err == "'q' was not in the training part, and was read as <unknown>.\n"
    cli.main(["translate", str(run), "ababababab"])
    assert "The text has 10 tokens" in capsys.readouterr().err
    for words, message in {
        (run, ""): "The text to translate is empty",
        (run, "xyz"): "no token that was in the training part",
        (run,): "TEXT is needed",
        (runs, "a"): "There is no training in",
        (run, "a", "-o", "written.png"): ".txt",
    }.items():
        assert failed("translate", *words) == 2
        assert message in capsys.readouterr().err
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff\n")))
    assert failed("translate", run, "-") == 2
    assert "not UTF-8" in capsys.readouterr().err


def test_the_map_of_attention(runs, tmp_path, capsys):
    target = tmp_path / "attention.png"
    cli.main(["look", "attention", str(runs / "run"), "a b", "-o", str(target)])
    assert target.exists()
    assert "a b → " in capsys.readouterr().err
    assert failed("look", "attention", runs / "plain", "a b", "-o", target) == 2
    assert "was trained with --no-attention" in capsys.readouterr().err


def test_flags_of_training(runs, capsys, tmp_path):
    words = ["--width", "6", "--embedding", "4", "--epochs", "1", "--validation", "0", "--test", "0"]
    folder = tmp_path / "run"
    cli.main(["train", str(runs / "pairs.tsv"), "--no-attention", "--reverse", *words, "-o", str(folder)])
    assert (read_record(folder).job["attention"], read_record(folder).job["reverse"]) == (False, True)
    assert "atelier translate" in capsys.readouterr().err
    assert failed("train", runs / "pairs.tsv", "--reverse", *words, "-o", tmp_path / "other") == 2
    assert "--reverse needs --no-attention" in capsys.readouterr().err
