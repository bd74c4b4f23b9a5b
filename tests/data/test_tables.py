"""Tables of the user."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepatelier.data.tables import read_table
from deepatelier.errors import InputError, UnknownNameError

CELLS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r\0"), max_size=12)


@given(st.lists(st.tuples(CELLS.filter(bool), CELLS), min_size=1, max_size=5), st.sampled_from(",;\t"))
def test_cells_come_back(tmp_path_factory, rows, delimiter):
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(
        [("Label", "text", "text 2"), *((b, a, "") for a, b in rows)]
    )
    path = tmp_path_factory.getbasetemp() / "table.csv"
    path.write_bytes("\ufeff".encode() + text.getvalue().encode())
    assert [row.cells for row in read_table(path, ("text", "label"))] == rows


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("text,label\na,b\nc\n", r"Line 3 of .* has 1 cell, but the first line has 2"),
        (
            "text,label\na,b,c\n",
            r"Line 2 of .* has 3 cells, but the first line has 2\. Put a cell with commas in double",
        ),
        ("text,label\n", "no rows below them"),
        ('text,label\n"a,b\n', "Line 2 of .* is no row of a table: unexpected end of data"),
        ("", "is empty"),
    ],
)
def test_what_is_no_table(tmp_path, text, message):
    path = tmp_path / "table.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_table(path, ("text", "label"))


def test_near_names_of_a_missing_column(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("texts,label\na,b\n")
    with pytest.raises(UnknownNameError, match="texts"):
        read_table(path, ("text", "label"))
