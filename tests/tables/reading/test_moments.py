"""The moments of rows: dates in words, epochs in numbers, time zones."""

import numpy as np
import pandas as pd
import pytest
from csv_files import DAYS, csv_of

from forecast import read
from forecast.tables.reading.moments import looks_like_date

HOURS = pd.date_range("2013-01-31 13:00", periods=3, freq="h")
UTC = HOURS.tz_localize("UTC")
EPOCH = UTC.as_unit("ns").asi8


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2013-01-31", True),
        (" 2013/1/31 14:00 ", True),
        ("2013-01", True),
        ("31.1.2013", True),
        ("1/31/2013 2:00 PM", True),
        ("1/31-2013", False),
        ("2013", False),
        (20130131, False),
        ("14:00", False),
    ],
)
def test_dates_are_told_by_their_beginning(cell, expected):
    assert looks_like_date(cell) is expected


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
        ([2011, 2012, 2013], pd.Index([2011, 2012, 2013])),
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
        (
            ["2013-01-01", "2013-01-32", "2013-02-01"],
            "row 3, column 'time': '2013-01-32' is no time",
        ),
        (["morning", "noon", "night"], "row 2, column 'time': 'morning' is no time"),
        ([20130131, 20130132, 20130201], "row 3, column 'time': '20130132' is no date"),
        ([0.0, 0.1, 0.2], r"row 3, column 'time': '0\.1' is neither a time nor a whole number"),
        ([1, 2, 1356998400], "row 4, column 'time': '1356998400' is of another size"),
        (
            ["1/1/2013", "2/1/2013", "3/1/2013"],
            "row 3, .*'2/1/2013' may begin with the day or the mo",
        ),
        (
            ["30/1/2013", "31/1/2013", "32/1/2013"],
            "row 4, .*'32/1/2013' is no time like those above",
        ),
        (
            ["2013-01-01 00:00Z", "2013-01-01 01:00", "2013-01-01 02:00Z"],
            "row 3, column 'time': '2013-01-01 01:00' has no offset from UTC, unlike the first",
        ),
        (
            ["2013-01-01 00:00", "2013-01-01 01:00", "2013-01-01 02:00Z"],
            "row 4, column 'time': '2013-01-01 02:00Z' has an offset from UTC, unlike the first",
        ),
        (
            ["2013-03-31 01:00+01:00", "2013-03-31 03:00+02:00", "2013-03-31 04:00+02:00"],
            r"row 3, .*'2013-03-31 03:00\+02:00' has another offset .* time_zone='UTC'",
        ),
    ],
)
def test_unusable_times_are_named(file, times, sentence):
    with pytest.raises(ValueError, match=rf"my\.csv, {sentence}"):
        read(file(csv_of(times)))


@pytest.mark.parametrize(
    ("hours", "sentence"),
    [
        (
            ["2013-10-27 01:00", "2013-10-27 02:00", "2013-10-27 03:00"],
            "row 3, .*'2013-10-27 02:00' happened twice in Europe/Berlin: .* drop that hour",
        ),
        (
            ["2013-03-31 01:00", "2013-03-31 02:00", "2013-03-31 03:00"],
            "row 3, .*'2013-03-31 02:00' never happened in Europe/Berlin: .* shift that hour",
        ),
    ],
)
def test_hours_of_the_clock_change_are_refused(file, hours, sentence):
    with pytest.raises(ValueError, match=sentence):
        read(file(csv_of(hours)), time_zone="Europe/Berlin")


@pytest.mark.parametrize(
    ("content", "zone", "sentence"),
    [
        (csv_of(DAYS), "Europe/Berln", "is no IANA time zone; did you mean 'Europe/Berlin'"),
        (csv_of(DAYS), "?", r"is no IANA time zone; there are: 'UTC', 'Europe/Berlin'"),
        (csv_of([1, 2, 3]), "UTC", "column 'time': time_zone='UTC' needs timestamps"),
        ("y\n1\n2\n", "UTC", "has no time column for time_zone='UTC'"),
    ],
)
def test_time_zones_that_cannot_be_meant_are_refused(file, content, zone, sentence):
    with pytest.raises(ValueError, match=sentence):
        read(file(content), time_zone=zone)
