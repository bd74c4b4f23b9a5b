"""The dictionaries and the tables of the benchmarks of translation."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks import translation, verses
from deepatelier.data import Pairs, number_words

ENGLISH = ("the house", "the book", "a book", "the house is red", "a red book")
SPANISH = ("la casa", "el libro", "un libro", "la casa es roja", "un libro rojo")


@pytest.fixture
def pairs():
    return Pairs("some", ENGLISH * 3, SPANISH * 3, ENGLISH * 3)


def test_dictionaries_find_the_words(pairs):
    for name, dictionary in verses.dictionaries(pairs).items():
        assert dictionary["▁book"] == "▁libro", name
        assert verses.word_by_word(dictionary, "a book, Peter") == "un libro, Peter"


def test_a_training_is_made_once(monkeypatch, tmp_path):
    monkeypatch.setattr(number_words, "_COUNT", 600)
    options = {"epochs": 1, "width": 4, "embedding": 2, "seed": 0, "device": "cpu"}
    rows = [translation.row("numbers", "reverse", tmp_path / "run", **options) for _ in range(2)]
    assert rows[0] == rows[1]
    whole, parts = rows[0]
    assert (whole["items to learn"], whole["items held out"]) == (480, 60)
    assert set(parts) == {"data", "variant", "en", "de", "fr", "es"}


def test_a_run_is_scored_beside_the_dictionaries(tmp_path, pairs):
    from deepatelier.jobs import Context, make
    from deepatelier.training.sequences.translation_job import TranslationJob

    path = tmp_path / "verses.tsv"
    lines = [f"{english} {n}\t{spanish} {n}\n" for n in "12" for english, spanish in zip(ENGLISH, SPANISH, strict=True)]
    path.write_text("".join(lines))
    job = TranslationJob(dataset=str(path), tokens="words", epochs=1, width=4, test=0.2, validation=0, device="cpu")
    make(job, {"folder": tmp_path / "run"}, Context())
    rows, examples = verses.score(tmp_path / "run", str(path), "test", 1)
    assert [row["verses"] for row in rows] == [2] * 4
    assert all(example["source"] + "\t" + example["target"] + "\n" in lines for example in examples)
