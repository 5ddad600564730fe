"""Digits mean what all of them together can mean."""

import numpy as np
import pandas as pd
import pytest
from csv_files import csv_of

import forecast
from forecast.tables.reading.cells import RawColumn
from forecast.tables.reading.digits import digits_of, looks_compact, read_digits


def read(cells):
    cells = pd.Series(cells)
    column = RawColumn("my.csv", "time", cells, np.arange(2, len(cells) + 2))
    return read_digits(column, digits_of(cells))


HOURS = pd.date_range("2010-11-28 21:00", periods=30, freq="h")


@pytest.mark.parametrize(
    ("form", "freq"),
    [
        ("%Y%m", "MS"),
        ("%Y%m%d", "D"),
        ("%Y%m%d%H", "h"),
        ("%Y%m%d%H%M", "15min"),
        ("%Y%m%d%H%M%S", "s"),
    ],
)
@pytest.mark.parametrize("step", [1, -1])
@pytest.mark.parametrize("kind", [str, int])
def test_compact_dates_are_read(form, freq, step, kind):
    moments = pd.date_range("2010-11-01", periods=300, freq=freq)[::step]
    found = read([*map(kind, moments.strftime(form))])
    assert found.kind == "date"
    assert list(found.moments) == list(moments)


def test_hour_24_of_a_compact_date_is_midnight():
    found = read(["2010112823", "2010112824", "2010112901"])
    assert list(found.moments) == list(pd.date_range("2010-11-28 23:00", periods=3, freq="h"))


def test_a_compact_date_that_is_none_is_named():
    with pytest.raises(
        ValueError, match=r"row 4, column 'time': '2010113103' is no date like 20130131"
    ):
        read(["2010113001", "2010113002", "2010113103"])


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("start", ["1973-06-01", "2013-01-31 13:00", "2040-01-01"])
def test_time_since_1970_is_told_by_its_size(unit, start):
    moments = pd.date_range(start, periods=40, freq="h", tz="UTC")
    counts = moments.as_unit("ns").asi8 // pd.Timedelta(1, unit=unit).value
    found = read(counts.astype(str))
    assert found.kind == "epoch"
    assert list(found.moments) == list(moments)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1356998400.5", "1356998401"], ["2013-01-01 00:00:00.5", "2013-01-01 00:00:01"]),
        (
            ["1356998400.123456789", "1356998401.0"],
            ["2013-01-01 00:00:00.123456789", "2013-01-01 00:00:01"],
        ),
        (
            ["1356998400000.25", "1356998400001"],
            ["2013-01-01 00:00:00.00025", "2013-01-01 00:00:00.001"],
        ),
        (["-1356998400.5", "-1356998399"], ["1926-12-31 23:59:59.5", "1927-01-01 00:00:01"]),
    ],
)
def test_fractions_of_time_since_1970_are_exact(cells, expected):
    assert list(read(cells).moments) == [pd.Timestamp(each, tz="UTC") for each in expected]


def test_years_are_timestamps_of_their_first_day():
    found = read(["1990", "1991", "1992"])
    assert found.kind == "year"
    assert list(found.moments) == list(pd.date_range("1990-01-01", periods=3, freq="YS"))


@pytest.mark.parametrize("digits", [2, 3, 6, 12])
@pytest.mark.parametrize(("n_steps", "freq"), [(12, "MS"), (4, "QS")])
def test_parts_of_a_year_are_months_or_quarters(digits, n_steps, freq):
    cells = [f"{1949 + step / n_steps:.{digits}f}" for step in range(40)]
    assert list(read(cells).moments) == list(pd.date_range("1949-01-01", periods=40, freq=freq))


@pytest.mark.parametrize("form", ["%Y.%m", "%m.%Y"])
def test_a_year_and_the_number_of_a_month_are_read(form):
    months = pd.date_range("1990-01-01", periods=40, freq="MS")
    assert list(read(months.strftime(form)).moments) == list(months)


@pytest.mark.parametrize("cells", [["1", "2", "3"], ["-5", "0", "5"], ["43131", "43132"], [0, 1]])
def test_other_whole_numbers_stay_numbers(cells):
    found = read(cells)
    assert found.kind == "count"
    assert found.moments.tolist() == [*map(int, cells)]


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        (["0.0", "0.1"], r"row 3, .*'0\.1' is neither a time nor a whole number"),
        (["1949.5", "1949.51"], "row 2, .*'1949.5' is neither a time nor a whole number"),
        (["1", "2", "1356998400"], "row 4, .*'1356998400' is of another size than the times above"),
    ],
)
def test_numbers_that_mean_nothing_are_refused(cells, sentence):
    with pytest.raises(ValueError, match=sentence):
        read(cells)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["20130131", "20130201", "20130202"], True),
        (["20130202", "20130201", "20130131"], True),
        (["20130201", "20130131", "20130202"], False),
        (["20130131", "20130132", "20130133"], False),
        (["20130131", "20130201"], False),
        (["1", "2", "3"], False),
        (["2013", "2014", "2015"], False),
        (["20130131", None, "20130201", "20130202"], True),
        ([None, None], False),
    ],
)
def test_dates_in_order_show_themselves(cells, expected):
    assert looks_compact(pd.Series(cells, dtype=object)) is expected


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([1.0, 2.5], ["1", "2.5"]),
        ([1e18, 2e18], ["1000000000000000000", "2000000000000000000"]),
        (["1", "-2.5"], ["1", "-2.5"]),
        (["1", "x"], None),
        (["1e5", "2e5"], None),
        ([True, False], None),
        ([[1], [2]], None),
    ],
)
def test_digits_are_texts_without_exponents(cells, expected):
    found = digits_of(pd.Series(cells))
    assert (None if found is None else found.tolist()) == expected


@pytest.mark.parametrize("first", [10**16, 10**19, 10**30])
def test_numbers_that_no_float_tells_apart_count_no_rows(file, first):
    times = [first + row for row in range(3)]
    with pytest.raises(
        ValueError, match=rf"'{first}' is too large to count rows\. Give timestamps"
    ):
        forecast.read(file(csv_of(times)))


def test_infinite_times_are_no_times(file):
    path = file(pd.DataFrame({"time": [1.0, np.inf, 3.0], "y": [1, 2, 3]}))
    with pytest.raises(ValueError, match=r"column 'time': '1\.0' is no time"):
        forecast.read(path)


def test_an_empty_column_of_times_is_refused(file):
    with pytest.raises(ValueError, match="row 2, column 'time': the cell is empty"):
        forecast.read(file(csv_of(["", "", ""])))
