"""Texts in classes."""

import pytest

from deepatelier.data.labelled_texts import open_labelled_texts
from deepatelier.errors import OptionError, UnknownNameError


def table(folder, rows, header="text,label"):
    path = folder / "mail.csv"
    path.write_text("\n".join([header, *rows]) + "\n")
    return str(path)


ROWS = [*(f"buy {each} now,spam" for each in range(3)), *(f"see you at {each},ham" for each in range(4))]


def test_a_table(tmp_path):
    rows = [*ROWS, "buy 1 now,spam", "hello,spam", "hello,ham", " ,ham"]
    data = open_labelled_texts(table(tmp_path, rows))
    assert (data.name, data.classes) == ("mail", ("ham", "spam"))
    assert [data.texts[each] for each in range(7) if data.labels[each] == 1] == ["buy 0 now", "buy 1 now", "buy 2 now"]
    assert len(data.texts) == 7
    assert data.notes == (
        "1 texts without words or label are left out.",
        "1 texts that occur in several classes are left out.",
    )
    other = open_labelled_texts(table(tmp_path, ROWS, "body,kind"), text_column="body", label_column="Kind")
    assert other.sha256() == data.sha256()


def test_a_folder_of_folders(tmp_path):
    for name in ("good", "bad"):
        (tmp_path / "reviews" / name).mkdir(parents=True)
        for each in range(3):
            (tmp_path / "reviews" / name / f"{each}.txt").write_text(f"{name}\n{each}\n")
    data = open_labelled_texts(str(tmp_path / "reviews"))
    assert (data.name, data.classes, data.texts[:1]) == ("reviews", ("bad", "good"), ("bad\n0",))


def test_the_lines_of_a_corpus():
    data = open_labelled_texts("topics")
    assert len(data.classes) == 10
    assert min(map(len, data.texts)) >= 20
    assert data.notes[-1].endswith("classes, the 10 with the most lines are used; --classes names others.")
    chosen = open_labelled_texts("topics", classes=("types", "debugger"))
    assert chosen.classes == ("debugger", "types")
    assert data.sha256() == open_labelled_texts("topics").sha256() != chosen.sha256()


def test_what_cannot_be_told_apart(tmp_path):
    with pytest.raises(OptionError, match="two classes or more; mail has only spam"):
        open_labelled_texts(table(tmp_path, ROWS[:3]))
    with pytest.raises(UnknownNameError, match="spam"):
        open_labelled_texts(table(tmp_path, ROWS), classes=("spma", "ham"))
    with pytest.raises(UnknownNameError, match="text"):
        open_labelled_texts(table(tmp_path, ROWS), text_column="txt")
    with pytest.raises(OptionError, match="topics is no table"):
        open_labelled_texts("topics", text_column="body")
    with pytest.raises(OptionError, match="Leave --data-dir out"):
        open_labelled_texts(table(tmp_path, ROWS), data_dir=tmp_path)
    with pytest.raises(UnknownNameError, match="python"):
        open_labelled_texts("pyton")
