"""The moments of rows: dates in words, epochs in numbers, time zones."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from csv_files import csv_of

from forecast import read
from forecast.exceptions import InputError

HOURS = pd.date_range("2013-01-31 13:00", periods=3, freq="h")
UTC = HOURS.tz_localize("UTC")
EPOCH = UTC.as_unit("ns").asi8


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (HOURS.strftime("%Y-%m-%d %H:%M"), HOURS),
        (HOURS.strftime("%Y-%m-%dT%H:%M:%S"), HOURS),
        (HOURS.strftime("%Y/%m/%d %H:%M"), HOURS),
        (HOURS.strftime("%d.%m.%Y %H:%M"), HOURS),
        (HOURS.strftime("%d/%m/%Y %H:%M:%S"), HOURS),
        (HOURS.strftime("%m/%d/%Y %I:%M %p"), HOURS),
        (HOURS.strftime("%Y-%m-%dT%H:%MZ"), UTC),
        (HOURS.strftime("%Y-%m-%d %H:%M UTC"), UTC),
        (HOURS.strftime("%Y-%m-%d %H:%M:%S+01:00"), UTC - pd.Timedelta("1h")),
        (["2013-01-31 13:00-00:00", "2013-01-31 14:00+00", "2013-01-31 15:00Z"], UTC),
        (EPOCH // 10**9, UTC),
        (EPOCH / 10**9 + 0.5, UTC + pd.Timedelta("500ms")),
        (EPOCH // 10**6, UTC),
        (EPOCH // 10**3, UTC),
        (EPOCH + 1, UTC + pd.Timedelta("1ns")),
        ([20130130, 20130131, 20130201], pd.date_range("2013-01-30", periods=3, freq="D")),
        (["2013-01", "2013-02", "2013-03"], pd.date_range("2013-01-01", periods=3, freq="MS")),
        ([2011, 2012, 2013], pd.date_range("2011-01-01", periods=3, freq="YS")),
        ([11, 12, 13], pd.Index([11, 12, 13])),
        (["2013-W01", "2013-W02", "2013-W03"], pd.date_range("2012-12-31", periods=3, freq="7D")),
        (["Q4 2012", "Q1 2013", "Q2 2013"], pd.date_range("2012-10-01", periods=3, freq="QS")),
    ],
)
def test_times_are_understood(file, times, expected):
    index = read(file(csv_of(times))).index
    assert index.name == "timestamp"
    assert list(index) == list(expected)
    assert str(getattr(index, "tz", None)) == str(getattr(expected, "tz", None))


@pytest.mark.parametrize(
    ("times", "zone", "first"),
    [
        (HOURS.strftime("%Y-%m-%d %H:%M"), "Europe/Berlin", "2013-01-31 13:00+01:00"),
        (HOURS.strftime("%Y-%m-%dT%H:%MZ"), "Europe/Berlin", "2013-01-31 14:00+01:00"),
        (EPOCH // 10**9, "Europe/Berlin", "2013-01-31 14:00+01:00"),
        (
            ["2013-03-31 01:00+01:00", "2013-03-31 03:00+02:00", "2013-03-31 04:00+02:00"],
            "UTC",
            "2013-03-31 00:00Z",
        ),
    ],
)
def test_a_time_zone_localizes_or_converts(file, times, zone, first):
    index = read(file(csv_of(times)), time_zone=zone).index
    assert str(index.tz) == zone
    assert index[0] == pd.Timestamp(first)
    assert (np.diff(index) == np.timedelta64(1, "h")).all()


@pytest.mark.parametrize(
    ("times", "sentence"),
    [
        (["2013-01-01", "", "2013-01-03"], "row 3, column 'time': the cell is empty"),
        (["2013-01-01", "2013-01-32", "2013-02-01"], "row 3, column 'time': '2013-01-32' is no"),
        (["morning", "noon", "night"], "row 2, column 'time': 'morning' is no time"),
        ([20130131, 20130132, 20130201], "row 3, column 'time': '20130132' is no date like"),
        (["1", "2", "x"], "row 4, column 'time': 'x' is no number like '1' above"),
    ],
)
def test_unusable_times_are_named(file, times, sentence):
    with pytest.raises(ValueError, match=rf"my\.csv, {sentence}"):
        read(file(csv_of(times)))


@pytest.mark.parametrize(
    ("moments", "expected"),
    [
        (HOURS, HOURS),
        (UTC, UTC),
        (UTC.tz_convert("Asia/Tokyo"), UTC.tz_convert("Asia/Tokyo")),
        (HOURS.to_period("h"), HOURS.to_period("h")),
        ([*HOURS.date[:1], *(HOURS + pd.DateOffset(days=1)).date[:1]], HOURS[:1].normalize()),
        (EPOCH, UTC),
        ([2011, 2012, 2013], pd.date_range("2011-01-01", periods=3, freq="YS")),
    ],
)
@pytest.mark.parametrize("order", [1, -1])
def test_columns_of_parquet_keep_their_moments(file, moments, expected, order):
    frame = pd.DataFrame({"time": moments, "y": range(len(moments))})[::order]
    index = read(file(frame, "my.parquet")).index
    assert list(index[: len(expected)]) == list(expected)


def test_tables_of_pyarrow_keep_their_moments(tmp_path):
    table = pa.table({"y": [1.0, 2.0, 3.0], "t": pa.array(UTC.tz_convert("Europe/Berlin"))})
    pq.write_table(table, tmp_path / "my.parquet")
    index = read(tmp_path / "my.parquet").index
    assert list(index) == list(UTC)
    assert str(index.tz) == "Europe/Berlin"


def test_whole_numbers_that_are_an_index_stay_numbers(file):
    frame = pd.DataFrame({"y": [1.0, 2.0]}, index=pd.Index([2011, 2012], name="year"))
    assert list(read(file(frame, "my.parquet")).index) == [2011, 2012]


def test_a_zone_without_times_is_refused(file):
    with pytest.raises(InputError, match="has no time column for the time zone 'UTC'") as error:
        read(file("y\n1\n2\n"), time_zone="UTC")
    assert error.value.args[1].at_command_line() == "Name it with --time."


def test_moments_outside_of_the_calendar_are_refused(file):
    far = pd.Series(np.array([0, 2**50, 60], dtype="datetime64[s]"))
    with pytest.raises(ValueError, match=r"row 2, .* lies outside of the years 1 to 9999"):
        read(file(pd.DataFrame({"time": far, "y": [1, 2, 3]})))
