import pytest

from deepatelier.jobs import Context, carried_out
from deepatelier.labs.computed import WordsLab


def test_it_shows_the_matrix_of_the_slides_and_both_columns():
    found = carried_out(WordsLab(), Context()).measure(None).measures
    assert found["vocabulary"] == "0 and, 1 is, 2 one, 3 shining, 4 sun, 5 sweet, 6 the, 7 two, 8 weather"
    assert found["counts of x[3]"] == "2 3 2 1 1 1 2 1 1"
    assert found["is: TF in x[3]"] == pytest.approx(3 / 14)
    assert (found["is: IDF"], found["is: IDF as printed"]) == (0, pytest.approx(-0.2218487))
    assert (found["and: IDF"], found["and: IDF as printed"]) == pytest.approx((0.47712125, 0.17609126))
