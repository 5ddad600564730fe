"""Parts of a moment in several columns."""

import numpy as np
import pandas as pd
import pytest

from forecast import read
from forecast.tables.reading.cells import RawTable
from forecast.tables.reading.parts import is_clock_time, joined, part_of, plain_name


def table(**columns):
    cells = pd.DataFrame(columns)
    return RawTable("my.csv", cells, np.arange(2, len(cells) + 2))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("<DATE>", "date"),
        ("Date Time", "datetime"),
        ("TIME_PERIOD", "timeperiod"),
        ("MTU (CET/CEST)", "mtu"),
        ("time [UTC]", "time"),
        (7, "7"),
    ],
)
def test_of_a_name_its_letters_count(name, expected):
    assert plain_name(name) == expected


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("Year", "year"),
        ("MO", "month"),
        ("Time Local", "hour"),
        ("hr", "hour"),
        ("<TIME>", "hour"),
        ("Timeout", None),
        ("y", None),
    ],
)
def test_columns_are_called_like_parts(name, part):
    assert part_of(name) == part


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("14:00", True), ("18.00.00", True), ("2:00 PM", True), ("18.00", False), ("14", False)],
)
def test_a_clock_time_is_told_by_its_form(cell, expected):
    assert is_clock_time(pd.Series([None, cell])) is expected


def texts(table, *names):
    column, notes = joined(table, names)
    assert column.name == ",".join(names)
    return column.cells.tolist(), notes


@pytest.mark.parametrize(
    ("columns", "written"),
    [
        ({"y": ["2013", "2013"], "m": ["1", "2"], "d": [1.0, 28.0]}, ["2013-01-01", "2013-02-28"]),
        ({"year": [2013, 2013], "month": ["Jan", "Feb"]}, ["2013-Jan", "2013-Feb"]),
        ({"year": [2013, 2013], "quarter": ["q1", "Q2"]}, ["2013-Q1", "2013-Q2"]),
        ({"year": [2013, 2013], "week": [1, 52]}, ["2013-W1", "2013-W52"]),
        ({"year": [2012, 2013], "doy": [60, 366]}, ["2012-02-29", "2013, 366"]),
    ],
)
def test_years_and_their_parts_are_written_as_dates(columns, written):
    found, notes = texts(table(**columns), *columns)
    assert found == written
    *others, last = columns
    assert notes == [f"moments from {', '.join(others)} and {last}"]


@pytest.mark.parametrize(
    ("hours", "clocks"),
    [
        (["0", "23"], ["00", "23"]),
        (["0", "100", "2300"], ["0000", "0100", "2300"]),
        (["0000", "0015"], ["0000", "0015"]),
        (["000000", "001500"], ["000000", "001500"]),
        (["93000", "153000"], ["093000", "153000"]),
        (["9:30", "15:30"], ["9:30", "15:30"]),
        ([0, 23], ["00", "23"]),
    ],
)
def test_hours_are_written_as_they_are_meant(hours, clocks):
    parts = table(day=["1.2.2013"] * len(hours), time=hours)
    assert texts(parts, "day", "time")[0] == [f"1.2.2013 {clock}" for clock in clocks]


def test_hours_to_24_are_said_to_be_ends():
    parts = table(day=["1.2.2013"] * 24, hour=[*map(str, range(1, 25))])
    found, notes = texts(parts, "day", "hour")
    assert found[-1] == "1.2.2013 24"
    assert notes[1] == "'hour' runs to 24: each moment is the end of its hour"


def test_a_row_without_a_part_has_no_moment():
    found, _ = texts(table(year=["2013", None], month=["1", "2"]), "year", "month")
    assert found[0] == "2013-01"
    assert pd.isna(found[1])


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"date": ["1.2.2013"] * 2, "hour": ["1", "990000"]}, "row 3, column 'hour': .*is no hour"),
        ({name: ["2013"] for name in "abcdefg"}, "the columns 'a', .* are more than the parts"),
    ],
)
def test_parts_that_are_none_are_named(columns, sentence):
    with pytest.raises(ValueError, match=rf"my\.csv.*{sentence}"):
        joined(table(**columns), [*columns])


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ("2013,12,1\n2013,13,2\n", "row 3, column 'year,month': '2013-13' is no time"),
        ("2013,12,1\nx,1,2\n", "row 3, column 'year,month': 'x-01' is no time"),
    ],
)
def test_parts_that_make_no_date_are_refused(file, rows, sentence):
    with pytest.raises(ValueError, match=rf"my\.csv, {sentence}"):
        read(file(f"year,month,y\n{rows}"), time=("year", "month"))


def test_a_day_with_a_name_is_no_part(file):
    path = file("year,month,day,y\n2013,1,Mon,1\n2014,1,Tue,2\n2015,1,Wed,3\n")
    assert list(read(path).columns) == ["month", "y"]


def test_a_25th_hour_is_refused_and_the_repeated_hour_written_twice_is_read(file):
    # The clocks of Berlin show 2:00 twice on this day, which has 25 hours.
    labels = [1, 2, 2, *range(3, 25)]
    for hours in (range(1, 26), labels):
        days = ["2024-10-27"] * 25 + ["2024-10-28"] * 24
        hours = [*hours, *range(1, 25)]
        cells = zip(days, hours, range(49), strict=True)
        path = file("\n".join(["date,hour,load", *(f"{d},{h},{y}" for d, h, y in cells)]))
        if 25 in hours:
            with pytest.raises(ValueError, match=r"'25' is no hour of a clock.*1, 2, 2, 3"):
                read(path)
    frame = read(path, time_zone="Europe/Berlin")
    first = pd.Timestamp("2024-10-27 01:00", tz="Europe/Berlin")
    # Versions of pandas write one zone in several ways.
    expected = pd.date_range(first.tz_convert("UTC"), periods=49, freq="h", name="timestamp")
    assert frame.index.tz_convert("UTC").equals(expected)
    assert frame["load"].tolist() == [*range(49)]
