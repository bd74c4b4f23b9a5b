"""Classes of texts, from a table to a run folder, and the words that decided."""

import pytest
import torch

from deepatelier.errors import InputError, OptionError, UnknownNameError
from deepatelier.interpretation.figures.words_figure import decided
from deepatelier.interpretation.words_job import WordsJob
from deepatelier.jobs import Context, make, read_record
from deepatelier.text.text_classes import TextClasses
from deepatelier.training import EvaluationJob
from deepatelier.training.sequences.classify_job import ClassifyJob
from deepatelier.training.sequences.predict_job import PredictJob

SMALL = {"embedding": 8, "width": 8, "batch_size": 16, "device": "cpu", "dropout": 0.0, "at_least": 1}
FILLER = [
    "the",
    "a",
    "of",
    "and",
    "to",
    "in",
    "on",
    "with",
    "for",
    "at",
    "by",
    "from",
    "as",
    "is",
    "was",
    "are",
    "be",
    "it",
    "that",
    "this",
]


def text(number, word):
    drawn = torch.randint(len(FILLER), (7,), generator=torch.Generator().manual_seed(number)).tolist()
    words = [FILLER[each] for each in drawn]
    words.insert(number % 8, word)
    return " ".join(words)


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """Texts whose class depends on one word, at any place."""
    path = tmp_path_factory.mktemp("data") / "mail.csv"
    rows = [f"{text(each, 'cheap' if each % 2 else 'dear')},{'spam' if each % 2 else 'ham'}" for each in range(240)]
    path.write_text("text,label\n" + "\n".join(rows) + "\n")
    return str(path)


@pytest.fixture(scope="module")
def run(table, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "run"
    make(ClassifyJob(dataset=table, epochs=6, **SMALL), {"folder": folder}, Context())
    return folder


def test_it_learns_the_word_that_decides(run, table, tmp_path):
    job = EvaluationJob(training=str(run), dataset=table)
    finished = make(job, {"table": tmp_path / "t.json", "confusion": tmp_path / "c.png"}, Context())
    values = finished.result.files["table"].values
    assert values["accuracy"] == 1.0
    assert values["table"]["spam"] == {"texts": 12, "precision": 1.0, "recall": 1.0}
    assert values["accuracy of the most frequent class"] == 0.5
    assert read_record(run).details["texts to learn from"] == 194


def test_the_word_that_decided_is_found(run):
    decision = decided(TextClasses.of(run, "cpu"), "this is a cheap one for the house")
    assert decision.label == "spam"
    assert decision.tokens[int(decision.values.argmax())] == "cheap"
    other = decided(TextClasses.of(run, "cpu"), "this is a cheap one for the house", "ham")
    assert torch.allclose(other.values, -decision.values, atol=1e-4)  # of two classes


def test_the_picture_and_the_page(run, tmp_path):
    job = WordsJob(training=str(run), text="cheap <b>the</b>", device="cpu")
    finished = make(job, {"picture": tmp_path / "w.png", "page": tmp_path / "w.html"}, Context())
    assert finished.record.measures["for it"].split(", ")[0] == "cheap"
    assert "".join(finished.record.details["tokens"]) == "cheap <b>the</b>"
    page = (tmp_path / "w.html").read_text()
    assert "&lt;" in page
    assert "<b>" not in page
    with pytest.raises(UnknownNameError, match="spam"):
        make(job.model_copy(update={"class_": "spma"}), {"picture": tmp_path / "x.png"}, Context())
    with pytest.raises(InputError, match="is empty"):
        make(job.model_copy(update={"text": " "}), {"picture": tmp_path / "x.png"}, Context())


def test_predictions_of_texts_and_files(run, tmp_path):
    (tmp_path / "a.txt").write_text("it is dear to the house")
    job = PredictJob(training=str(run), given=("cheap, cheap", str(tmp_path / "a.txt")), top=2)
    finished = make(job, {"table": tmp_path / "p.csv"}, Context())
    rows = finished.result.details["predictions"]
    assert [(row["text"], row["class"]) for row in rows[::2]] == [("cheap, cheap", "spam"), ("a.txt", "ham")]
    assert rows[0]["probability"] + rows[1]["probability"] == pytest.approx(1, abs=1e-3)
    assert (tmp_path / "p.csv").read_text().startswith('text,class,probability\n"cheap, cheap",spam,')


def test_a_text_of_unknown_words_only(run, tmp_path):
    with pytest.raises(InputError, match="have none of the words-and-signs of 'zzz'"):
        make(PredictJob(training=str(run), given=("zzz",)), {"table": tmp_path / "p.csv"}, Context())


def test_a_class_of_two_texts_cannot_be_split(tmp_path):
    path = tmp_path / "mail.csv"
    path.write_text("text,label\na,spam\nb,spam\nc,ham\nd,ham\ne,ham\n")
    with pytest.raises(InputError, match="The class spam of mail has 2 different texts"):
        ClassifyJob(dataset=str(path)).fitting(Context())


def test_other_data_are_evaluated_as_a_whole(run, tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("text,label\n" + "".join(f"cheap {each},spam\ndear {each},ham\n" for each in range(5)))
    finished = make(EvaluationJob(training=str(run), dataset=str(path)), {"table": tmp_path / "t.json"}, Context())
    assert finished.record.measures["texts"] == 10
    assert "all 10 texts are evaluated" in finished.result.notes[0]
    path.write_text(path.read_text().replace("spam", "junk"))
    with pytest.raises(OptionError, match="other classes"):
        make(EvaluationJob(training=str(run), dataset=str(path)), {"table": tmp_path / "u.json"}, Context())
