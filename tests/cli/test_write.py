"""Language models on the command line: train, write, look at units."""

import json

import pytest
from small_jobs import small, write_inputs
from tests_support import run

from deepatelier.cli import write as write_command
from deepatelier.jobs import make, read_record


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("language")
    write_inputs(folder)
    make(small("train/language-model", folder), {"folder": folder / "language_run"})
    return folder


@pytest.fixture
def here(place, tmp_path, monkeypatch):
    monkeypatch.chdir(place)
    return tmp_path


WRITE = ("write", "language_run", "--length", "12", "--device", "cpu")


def test_train_says_what_to_do_next(capsys, here):
    flags = ("--width", "3", "--epochs", "1", "--batch-size", "8", "--truncate", "5", "--device", "cpu")
    code, out, err = run(capsys, "train", "./text.txt", *flags, "-o", here / "run")
    assert (code, out) == (0, "")
    assert "characters to train on" in err
    assert f"To use it: atelier write {here / 'run'} --temperature 0.8" in err
    assert (here / "run" / "sample.txt").read_text()


def test_the_text_goes_to_standard_output(capsys, here):
    code, out, err = run(capsys, *WRITE, "--prompt", "say(")
    assert (code, err) == (0, "")
    assert out.startswith("say(")
    assert len(out) == 4 + 12 + 1
    assert run(capsys, *WRITE, "--prompt", "say(")[1] == out
    assert run(capsys, *WRITE, "--prompt", "say(", "--seed", "1")[1] != out


def test_the_record_has_the_text(capsys, here):
    code, out, _ = run(capsys, *WRITE, "--json")
    assert code == 0
    record = json.loads(out)
    assert len(record["details"]["text"]) == 12
    assert record["job"]["kind"] == "write"


def test_the_text_is_written_to_a_file_and_made_again(capsys, here):
    code, out, err = run(capsys, *WRITE, "-o", here / "a.txt")
    assert code == 0
    assert (here / "a.txt").read_text() == out
    assert read_record(here / "a.txt").kind == "write"
    assert "Wrote" in err
    code, _, err = run(capsys, "rerun", here / "a.txt", "-o", here / "b.txt")
    assert code == 0
    assert "every character is as in the first one" in err


def test_an_interrupted_text_is_kept(capsys, here, monkeypatch):
    shown = []

    def show(step):
        shown.append(step.text)
        if step.index == 5:
            raise KeyboardInterrupt

    monkeypatch.setattr(write_command, "_show", show)
    code, _, err = run(capsys, *WRITE, "-o", here / "c.txt")
    assert code == 130
    assert "Interrupted after 5 of 12 tokens." in err
    assert (here / "c.txt").read_text() == "".join(shown) + "\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((*WRITE, "--prompt", "☃"), "none of the prompt's characters: '☃'"),
        ((*WRITE, "--label", "x"), "has no classes"),
        ((*WRITE, "--temperature", "-1"), "--temperature"),
        (("write", "photos"), "There is no training in photos"),
        ((*WRITE, "-o", "a.pdf"), "a.pdf"),
        (("train", "photo.png", "--task", "language-model"), "is not UTF-8"),
        (("look", "text-units", "language_run", "photo.png"), "is not UTF-8"),
        (("train", "topics", "--task", "language-model", "--test", "1"), "a fraction below 1"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(capsys, here, words, said):
    code, out, err = run(capsys, *words)
    assert (code, out) == (2, "")
    assert said in err
    assert "Traceback" not in err


def test_units(capsys, here):
    code, _, err = run(
        capsys, "look", "text-units", "language_run", "text.txt", "--count", "400", "-o", here / "u.png",
        "--html", here / "u.html", "--table", here / "u.json", "--device", "cpu",
    )  # fmt: skip
    assert code == 0
    assert "string: AUC of layer 1" in err
    assert set(json.loads((here / "u.json").read_text())["concepts"]) >= {"string", "comment", "parentheses", "quotes"}
    assert (here / "u.html").read_text().startswith("<!DOCTYPE html>")
