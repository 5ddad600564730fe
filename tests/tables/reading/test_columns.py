"""The columns of the times and of the series: those that are named, else those that show."""

import pandas as pd
import pytest
from csv_files import DAYS, INDEX, csv_of

from forecast import read
from forecast.tables.reading.columns import begins_with_date


@pytest.mark.parametrize(
    ("content", "time", "columns"),
    [
        ("id,Date Time,y\n7,2013-01-01,1\n8,2013-01-02,2\n", None, ["id", "y"]),
        ("date,timestamp,y\n7,2013-01-01,1\n8,2013-01-02,2\n", None, ["date", "y"]),
        ("time,date,y\n10:00,2013-01-01,1\n11:00,2013-01-02,2\n", None, ["y"]),
        ("id,when,y\n7,2013-01-01,1\n8,2013-01-02,2\n", None, ["id", "y"]),
        ("time,when,y\n7,2013-01-01,1\n8,2013-01-02,2\n", "when", ["time", "y"]),
    ],
)
def test_the_time_column_is_found(file, content, time, columns):
    frame = read(file(content), time=time)
    assert list(frame) == columns
    assert list(frame.index) == list(INDEX[:2])


def test_a_column_called_time_may_hold_numbers(file):
    content = "date,time,y\n2013-01-01,7,1\n2013-01-02,8,2\n"
    assert list(read(file(content)).index) == [7, 8]  # time comes before date


def test_the_only_column_called_time_is_it_whatever_it_holds(file):
    with pytest.raises(ValueError, match="row 2, column 'time': 'noon' is no time"):
        read(file("time,y\nnoon,1\nnight,2\n"))


@pytest.mark.parametrize("series", [None, "series"])
def test_a_text_column_called_series_holds_the_series(file, series):
    path = file("series,time,y\nN,2013-01-01,1\nS,2013-01-01,2\nN,2013-01-02,3\nS,2013-01-02,4\n")
    frame = read(path, series=series)
    assert list(frame.index.get_level_values("series").unique()) == ["N", "S"]


def test_a_column_of_numbers_called_series_is_one_of_values(file):
    assert list(read(file("series,y\n5,1\n6,2\n"))) == ["series", "y"]


def test_blanks_around_the_names_of_series_do_not_count(file):
    frame = read(file("y,shop\n1,N\n2,N \n3,'S'\n4, 'S' \n"), series="shop")
    assert list(frame.index.get_level_values("series")) == ["N", "N", "'S'", "'S'"]


@pytest.mark.parametrize(
    ("content", "arguments", "sentence"),
    [
        (csv_of(DAYS), {"time": "tiem"}, r"has no column 'tiem' \(time=\); did you mean 'time'"),
        (
            csv_of(DAYS),
            {"series": "shop"},
            r"has no column 'shop' \(series=\); there are: 'time', 'y'",
        ),
        (
            csv_of(DAYS),
            {"time": "time", "series": "time"},
            "column 'time' cannot hold both the times and the series",
        ),
        (
            "shop,time,y\nN,2013-01-01,1\n,2013-01-01,2\n",
            {"series": "shop"},
            "row 3, column 'shop': the cell names no series",
        ),
    ],
)
def test_columns_that_cannot_be_meant_are_refused(file, content, arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        read(file(content), **arguments)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["2013-01-01", "x"], True),
        ([None, "1.2.2013"], True),
        (["x", "2013-01-01"], False),
        ([None, None], False),
        ([20130101, 20130102], False),
    ],
)
def test_the_first_filled_text_says_whether_a_column_begins_with_a_date(cells, expected):
    assert begins_with_date(pd.Series(cells)) is expected
