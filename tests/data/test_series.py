"""Series, by name and of the user."""

import numpy as np
import pytest

from deepatelier.data.series import SERIES, open_series
from deepatelier.errors import InputError, UnknownNameError


@pytest.fixture
def written(tmp_path):
    def write(*rows, header="date,value"):
        path = tmp_path / "sales.csv"
        path.write_text("\n".join([header, *rows]) + "\n")
        return str(path)

    return write


@pytest.mark.parametrize(("name", "count", "season", "last"), [("co2", 2284, 52, 371.5), ("sunspots", 309, 11, 2.9)])
def test_the_series_by_name(name, count, season, last):
    series = open_series(name)
    assert (len(series), series.season, series.values[-1]) == (count, season, last)
    assert np.isfinite(series.values).all()
    assert SERIES.keys() == {"co2", "sunspots"}


def test_the_dates_of_co2_are_those_of_its_file():
    series = open_series("co2")
    assert (series.time(0).isoformat(), series.time(len(series) - 1).isoformat()) == (
        "1958-03-29T00:00:00",
        "2001-12-29T00:00:00",
    )
    assert "59 of 2,284 values are missing" in series.notes[0]


def test_gaps_are_interpolated_and_rows_sorted(written):
    path = written(
        "2020-04,7", "2020-01,1", "2020-02,NaN", "2020-05,", "2020-06,9", "2020-07,9", "2020-08,9", "2021-01,9"
    )
    with pytest.raises(InputError, match=r"7 of the 13 values of .* are missing, one each month"):
        open_series(path)
    path = written("2020-04,7", "2020-01,1", "2020-02,3", "2020-05,8", "2020-06,9", "2020-07,")
    series = open_series(path)
    assert series.values.tolist() == [1, 3, 5, 7, 8, 9]
    assert (series.name, str(series.spacing), series.season) == ("sales", "month", 12)
    assert open_series(path, season=3).season == 3


@pytest.mark.parametrize(
    ("rows", "spacing", "next_time"),
    [
        (("1999,1", "2000,2", "2001,3"), "year", "2002-01-01"),
        (("2000-11,1", "2000-12,2"), "month", "2001-01-01"),
        (("2000-10-31,1", "2000-11-30,2"), "month", "2000-12-31"),
        (("2020-01-01,1", "2020-04-01,2", "2020-07-01,3"), "quarter", "2020-10-01"),
        (("2020-01-30,1", "2020-02-06,2"), "week", "2020-02-13"),
        (("2020/02/28,1", "2020/02/29,2"), "day", "2020-03-01"),
        (("2020-01-01T22:00,1", "2020-01-01T23:00,2"), "hour", "2020-01-02"),
        (("2020-01-01,1", "2020-01-04,2", "2020-01-07,2"), "3 days, 0:00:00", "2020-01-10"),
        (("2020-01-01,1", "2020-01-29,2", "2020-02-26,2", "2020-04-22,2"), "28 days, 0:00:00", "2020-05-20"),
        (("2020-01-01T00:00+01:00,1", "2020-01-01T02:00+02:00,2", "2020-01-01T01:00Z,2"), "hour", "2020-01-01T03"),
    ],
)
def test_the_spacing_is_that_of_the_dates(written, rows, spacing, next_time):
    series = open_series(written(*rows))
    assert str(series.spacing) == spacing
    assert series.time(len(series)).isoformat().startswith(next_time)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (("2020-01-01,1", "1 Feb 2020,2"), r"Line 3 of .* has the date '1 Feb 2020'\. Write it as 2020"),
        (("2020-01-01,1", "2020-01-02,2;5"), r"Line 3 of .* has the value '2;5', which is no number"),
        (("2020-01-01,1", '2020-01-02,"2,5"'), "Write decimals with a point"),
        (("2020-01-01,1", "2020-01-01,2"), "has the date 2020-01-01 again"),
        (("2020-01-01,1", "2020-01-02,2", "2020-01-03,3", "2020-01-03T12:00,3"), "not evenly spaced"),
        (("2020-01-01,1", "2020-01-02,nan"), r"has 1 values\. A series needs two"),
        (("2020-01-01,1", "2020-01-02,inf"), "an infinite value"),
        (("2020-01-01,1", "2020-01-02,2,3"), "Line 3 of .* has 3 cells"),
    ],
)
def test_what_is_no_series(written, rows, message):
    with pytest.raises(InputError, match=message):
        open_series(written(*rows))


def test_near_names(written):
    with pytest.raises(UnknownNameError, match="values"):
        open_series(written("2020,1", header="date,values"))
    with pytest.raises(UnknownNameError, match="co2"):
        open_series("co3")
