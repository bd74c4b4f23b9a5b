"""Which tasks data allow."""

from typing import get_args

import pytest

from deepatelier.data import CORPORA
from deepatelier.errors import InputError, OptionError, UnknownNameError
from deepatelier.networks.recurrent import LAYERS
from deepatelier.training.sequences.possible_tasks import TASKS_OF, possible_tasks, task_for
from deepatelier.training.sequences.sequence_options import SequenceOptions


def test_every_text_has_tasks():
    assert CORPORA.keys() <= TASKS_OF.keys()


def test_all_recurrent_layers_can_be_chosen():
    assert get_args(SequenceOptions.model_fields["network"].annotation) == tuple(LAYERS)


@pytest.mark.parametrize(
    ("name", "text", "tasks"),
    [
        ("a.txt", "words", ("language-model",)),
        ("a.csv", "\ufeffDate,Value\n2000,1\n", ("forecast",)),
        ("a.csv", "text,label\nhello,greeting\n", ("classify",)),
        ("a.csv", "date;value\n2000;1\n", ("forecast",)),
        ("a.tsv", "one\tuno\n", ("translate",)),
        ("a.png", "", ()),
        ("folder/a.txt", "words", ("language-model",)),
        ("folder/one/a.txt", "words", ("classify", "language-model")),
        ("folder/one/a.png", "", ()),
    ],
)
def test_the_tasks_of_files(tmp_path, name, text, tasks):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    source = tmp_path / name.split("/", maxsplit=1)[0]
    assert possible_tasks(str(source)) == tasks


def test_the_task_is_given_where_there_are_several(tmp_path, monkeypatch):
    assert task_for("co2", None) == "forecast"
    assert task_for("digits", None) is None
    assert task_for("python", "classify") == "classify"
    with pytest.raises(UnknownNameError, match="python"):
        task_for("pyhton", None)
    with pytest.raises(OptionError, match="Give --task classify or --task language-model"):
        task_for("python", None)
    with pytest.raises(OptionError, match="Leave it out for digits"):
        task_for("digits", "language-model")
    with pytest.raises(OptionError, match="--task forecast is impossible with numbers"):
        task_for("numbers", "forecast")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "python").write_text("my own text")
    assert task_for("./python", "language-model") == "language-model"
    with pytest.raises(OptionError, match="tells no task"):
        task_for("./python", None)


def test_a_table_that_is_not_utf8(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"caf\xe9,label\n")
    with pytest.raises(InputError, match="is not UTF-8"):
        possible_tasks(str(path))


def test_a_folder_of_pictures_with_a_text_is_one_of_pictures(tmp_path):
    (tmp_path / "cats").mkdir()
    (tmp_path / "cats" / "a.PNG").touch()
    (tmp_path / "README.txt").write_text("cats")
    assert possible_tasks(str(tmp_path)) == ()
