from hypothesis import given
from hypothesis import strategies as st

from deepatelier.training.curves import curve_pairs, curves
from deepatelier.training.history import as_csv, from_csv

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
ROWS = st.lists(st.dictionaries(st.sampled_from(["epoch", "training loss", "lr"]), NUMBERS, min_size=1), max_size=5)


@given(ROWS)
def test_the_table_holds_the_rows(rows):
    assert from_csv(as_csv(rows)) == rows


def test_curves_of_several_and_of_short_trainings():
    row = {"epoch": 1, "training loss": 1.0, "validation loss": 2.0, "training accuracy": 0.5}
    for runs in ({"": [row]}, {"a": [row, {**row, "epoch": 2}], "b": [row]}, {"": [{"epoch": 1}]}):
        assert curves(runs, "accuracy").startswith(b"\x89PNG")
    assert curve_pairs({"none": [row], "a": [row], "b": []}, "accuracy").startswith(b"\x89PNG")
