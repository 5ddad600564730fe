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
        ("date,time,y\n2013-01-01,7,1\n2013-01-02,8,2\n", None, ["time", "y"]),
        ("time,when,y\n7,2013-01-01,1\n8,2013-01-02,2\n", None, ["time", "y"]),
        ("hour,Datum,y\n7,1.1.2013,1\n8,2.1.2013,2\n", None, ["hour", "y"]),
        ("time,date,y\n00:00,2013-01-01,1\n00:00,2013-01-02,2\n", None, ["y"]),
        ("n,<DATE>,y\n1,20130101,1\n2,20130102,2\n", None, ["n", "y"]),
        ("n,Date (UTC),y\n1,01-Jan-2013,1\n2,02-Jan-2013,2\n", None, ["n", "y"]),
        ("station,valid,y\nA,2013-01-01 00:00,1\nA,2013-01-02 00:00,2\n", None, ["y"]),
        ("id,when,y\n7,2013-01-01,1\n8,2013-01-02,2\n", None, ["id", "y"]),
        ("time,when,y\n7,2013-01-01,1\n8,2013-01-02,2\n", "when", ["time", "y"]),
    ],
)
def test_the_time_column_is_found(file, content, time, columns):
    frame = read(file(content), time=time)
    assert list(frame) == columns
    assert list(frame.index) == list(INDEX[:2])


def test_a_column_called_time_may_hold_numbers(file):
    assert list(read(file("x,time,y\n1,7,1\n1,8,2\n")).index) == [7, 8]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("hour,year,y\n3,2013,1\n4,2014,2\n", ["2013-01-01", "2014-01-01"]),
        ("y,Unix Time\n1,1356998400\n2,1357084800\n", ["2013-01-01 00:00Z", "2013-01-02 00:00Z"]),
        ("valid,x,y\nyes,1,2\nno,2,3\n", None),
        ("n,y\n1356998400,1\n1357084800,2\n", None),
    ],
)
def test_numbers_are_times_where_their_column_is_called_so(file, content, expected):
    index = read(file(content)).index
    times = [0, 1] if expected is None else [*map(pd.Timestamp, expected)]
    assert list(index) == times


HOURS = pd.date_range("2013-01-31 22:00", periods=4, freq="h")
QUARTERS = pd.date_range("2013-01-01", periods=6, freq="QS")
WEEKS = pd.date_range("2013-01-28", periods=4, freq="7D")


@pytest.mark.parametrize(
    ("header", "form", "moments"),
    [
        ("date,time,y", "%d/%m/%Y,%H:%M:%S,1", HOURS),
        ("Date;Time;y", "%d/%m/%Y;%H.%M.%S;1", HOURS),
        ("y;date;clock", "1;%Y-%m-%d;%H:%M", HOURS),
        ("y;date;Anfang", "1;%Y-%m-%d;%H:%M", HOURS),
        ("y;date;time", "1;%Y-%m-%d 00:00:00;%H:%M", HOURS),
        ("<DATE>,<TIME>,y", "%Y%m%d,%H%M%S,1", HOURS),
        ("<DATE>\t<TIME>\ty", "%Y.%m.%d\t%H:%M:%S\t1", HOURS),
        ("date,hour,y", "%Y-%m-%d,%H,1", HOURS),
        ("date,hour,minute,y", "%Y-%m-%d,%H,%M,1", HOURS + pd.Timedelta("15min")),
        ("Date Local,Time GMT,Time Local,y", "%Y-%m-%d,00:00,%H:%M,1", HOURS),
        ("date,time,y", "%b %d %Y,%I:%M %p,1", HOURS),
        ("YEAR,MO,DY,HR,y", "%Y,%m,%d,%H,1", HOURS),
        ("year,month,day,hour,minute,y", "%Y,%m,%d,%H,%M,1", HOURS + pd.Timedelta("15min")),
        ("month,y,year", "%b,7,%Y", QUARTERS),
        ("y,Monat,Jahr", "7,%m,%Y", QUARTERS),
        ("YEAR,DOY,y", "%Y,%j,1", WEEKS),
        ("year,week,y", "%G,%V,1", WEEKS),
    ],
)
def test_a_moment_in_several_columns_is_joined(file, header, form, moments):
    rows = [header, *moments.strftime(form)]
    frame = read(file("\n".join(rows) + "\n"))
    assert list(frame.index) == list(moments)
    assert list(frame) == ["y"]


def test_year_and_quarter_are_joined(file):
    rows = [f"{moment.year},{moment.quarter},1\n" for moment in QUARTERS]
    assert list(read(file("year,quarter,y\n" + "".join(rows))).index) == list(QUARTERS)


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
        (csv_of(DAYS), {"time": "tiem"}, "has no column 'tiem' for the times; did you mean 'time'"),
        (
            csv_of(DAYS),
            {"series": "shop"},
            "has no column 'shop' for the series; there are: 'time', 'y'",
        ),
        (
            csv_of(DAYS),
            {"time": "time", "series": "time"},
            "column 'time' cannot hold both the times and the series",
        ),
        (
            'a;b;y\n"1, 2";3;1\n1;"2, 3";2\n',
            {"series": ["a", "b"]},
            "the columns 'a' and 'b' give two series the name '1, 2, 3'",
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


def test_an_hour_that_no_day_has_is_refused_among_years_months_and_days(file):
    rows = [f"2024,10,27,{hour},{hour}" for hour in range(1, 26)]
    with pytest.raises(ValueError, match="column 'hour': '25' is no hour"):
        read(file("\n".join(["year,month,day,hour,y", *rows])))
