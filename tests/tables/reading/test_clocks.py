"""Clock times after a date in ISO order."""

import numpy as np
import pandas as pd
import pytest

from forecast.tables.reading.clocks import offsets_of, read_iso

DAY = pd.Timestamp("2013-01-31", tz="UTC")


@pytest.mark.parametrize(
    ("clock", "since"),
    [
        ("", "0h"),
        ("T14", "14h"),
        ("T14:05", "14h 5min"),
        ("T1405", "14h 5min"),
        ("T140506", "14h 5min 6s"),
        ("T9:05", "9h 5min"),
        ("T18.05.06", "18h 5min 6s"),
        ("T18.05", "18h 5min"),
        ("T14h05", "14h 5min"),
        ("T14:05:06.25", "14h 5min 6.25s"),
        ("T14:05:06,25", "14h 5min 6.25s"),
        ("T14:05:06.123456789", "14h 5min 6s 123456789ns"),
        ("T24:00", "24h"),
        ("T24:00:00", "24h"),
        ("T24", "24h"),
        ("T12:05 AM", "5min"),
        ("T1:05 am", "1h 5min"),
        ("T12:05 PM", "12h 5min"),
        ("T2 p.m.", "14h"),
        ("T14:05Z", "14h 5min"),
        ("T14:05 +01:00", "13h 5min"),
        ("T14.05-0130", "15h 35min"),
        ("T2:05 PM+02", "12h 5min"),
    ],
)
def test_clock_times_are_read(clock, since):
    moments, _ = read_iso(pd.Series([f"2013-01-31{clock}"]))
    assert moments[0] == DAY + pd.Timedelta(since)


@pytest.mark.parametrize(
    "clock", ["T25:00", "T24:01", "T14:60", "T14:05:60", "T13:00 PM", "T0:00 AM", "Tnoon"]
)
def test_clock_times_that_are_none_are_none(clock):
    moments, n_midnights = read_iso(pd.Series([f"2013-01-31{clock}"]))
    assert moments.isna().all()
    assert n_midnights == 0


def test_midnights_after_a_day_are_counted():
    texts = pd.Series(["2013-01-30T24:00", "2013-01-31T00:00", "2013-01-31T24:00:00"])
    assert read_iso(texts)[1] == 2


def test_a_clock_time_without_am_or_pm_among_others_is_none():
    texts = pd.Series(["2013-01-31T11:00 AM", "2013-01-31T12:00 PM", "2013-01-31T1:00"])
    assert list(read_iso(texts)[0].isna()) == [False, False, True]


@pytest.mark.parametrize("day", ["2013-02-29", "2013-13-01", "", "2013-02-29T24:00"])
def test_days_that_are_none_are_none(day):
    moments, _ = read_iso(pd.Series([day, "2013-01-31"]))
    assert list(moments.isna()) == [True, False]


def test_offsets_are_brought_to_one_form():
    clocks = ["14:00Z", "14:00+01", "14:00+01:00", "14:00 -0130", "14:00-00:00", "14:00", "2 PM+02"]
    offsets = offsets_of(pd.Series([f"2013-01-31T{clock}" for clock in clocks]))
    expected = ["+0000", "+0100", "+0100", "-0130", "+0000", "", "+0200"]
    np.testing.assert_array_equal(offsets, expected)
