"""Local times in the hours when clocks change: told apart by their order, or refused."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from forecast.exceptions import InputError
from forecast.tables.reading.cells import RawColumn
from forecast.tables.reading.zones import in_zone

BERLIN = "Europe/Berlin"


def zoned(moments, zone=BERLIN, codes=None, merges=False):
    moments = pd.DatetimeIndex(moments)
    column = RawColumn(
        "my.csv", "t", moments.to_series().astype(str), np.arange(2, len(moments) + 2)
    )
    codes = np.zeros(len(moments), dtype=int) if codes is None else np.asarray(codes)
    return in_zone(column, moments, codes, zone, merges)


def local(start, freq, periods=30, zone=BERLIN):
    """Return regular moments of a zone."""
    return pd.date_range(start, periods=periods, freq=freq, tz="UTC").tz_convert(zone)


@pytest.mark.parametrize("step", [1, -1])
@pytest.mark.parametrize("freq", ["h", "30min", "15min", "10min"])
def test_hours_of_the_autumn_are_told_apart_by_their_order(freq, step):
    moments = local("2018-10-27 23:00", freq)[::step]
    found, notes = zoned(moments.tz_localize(None))
    assert list(found) == list(moments)
    assert notes == ["hours that clocks repeat told apart by their order"]


def test_each_series_and_each_year_has_its_own_autumn():
    years = pd.date_range("2017-01-01", periods=2 * 8760, freq="h", tz="UTC").tz_convert(BERLIN)
    both = years.repeat(2)  # the rows of two series alternate
    found, _ = zoned(both.tz_localize(None), codes=np.tile([0, 1], len(years)))
    # Versions of pandas write one zone in several ways.
    assert_array_equal(found.tz_convert("UTC"), both.tz_convert("UTC"))


@pytest.mark.parametrize(
    "hours",
    [
        ["01:00", "02:00", "03:00"],  # once only
        ["02:00", "02:00", "02:00", "03:00"],  # thrice
        ["03:00", "02:00", "01:00", "02:00", "00:00"],  # in no order
    ],
)
def test_hours_that_their_order_does_not_tell_apart_are_refused(hours):
    moments = pd.to_datetime([f"2018-10-28 {hour}" for hour in hours])
    with pytest.raises(InputError, match="happened twice in Europe/Berlin, and the rows") as error:
        zoned(moments)
    assert (
        error.value.args[1].at_command_line()
        == "If clocks never change in these times, give --time-zone Etc/GMT-1."
    )


def test_an_hour_that_never_happened_is_named_and_the_remedy_heals():
    hours = pd.date_range("2018-03-25 00:00", periods=5, freq="h")
    with pytest.raises(
        InputError, match=r"row 4, .*02:00:00' never happened in Europe/Berlin"
    ) as error:
        zoned(hours)
    assert (
        str(error.value.args[1])
        == "If clocks never change in these times, give time_zone='Etc/GMT-1'."
    )
    # Standard time of Berlin is an hour before UTC all year.
    assert list(zoned(hours, "Etc/GMT-1")[0]) == list(
        (hours - pd.Timedelta("1h")).tz_localize("UTC")
    )


@pytest.mark.parametrize(
    ("zone", "hour", "fixed"),
    [
        ("America/New_York", "2018-03-11 02:30", "Etc/GMT+5"),
        ("Europe/London", "2018-03-25 01:30", "UTC"),
        ("Australia/Sydney", "2018-10-07 02:30", "Etc/GMT-10"),
    ],
)
def test_standard_time_of_a_zone_is_offered(zone, hour, fixed):
    with pytest.raises(InputError, match="never happened") as error:
        zoned([hour], zone)
    assert fixed in error.value.args[1].at_command_line()


def test_standard_time_that_is_no_whole_hour_is_not_offered():
    with pytest.raises(InputError, match="never happened") as error:
        zoned(["2018-10-07 02:15"], "Australia/Adelaide")
    assert error.value.args[1].at_command_line() == "Leave --time-zone out."


def test_rows_that_stand_twice_in_other_hours_are_left_to_their_own_sentence():
    moments = pd.to_datetime(["2018-10-28 01:00"] * 2 + ["2018-10-28 02:00"] * 4)
    assert len(zoned(moments)[0]) == 6
    with pytest.raises(ValueError, match="happened twice"):
        zoned(moments, merges=True)


def test_times_with_an_offset_are_converted():
    moments = pd.date_range("2018-10-28", periods=4, freq="h", tz="UTC")
    found, notes = zoned(moments)
    assert list(found) == list(moments)
    assert str(found.tz) == BERLIN
    assert notes == []


def test_a_zone_of_numbers_is_refused():
    column = RawColumn("my.csv", "t", pd.Series([1, 2]), np.array([2, 3]))
    with pytest.raises(
        InputError, match="column 't': the time zone 'UTC' needs timestamps"
    ) as error:
        in_zone(column, pd.Index([1, 2]), np.zeros(2), "UTC")
    assert error.value.args[1].at_command_line() == "Leave --time-zone out."


@pytest.mark.parametrize(
    ("zone", "offer"),
    [
        ("Europe/Berln", "did you mean 'Europe/Berlin'"),
        ("Mars", "examples are 'UTC', 'Europe/Berlin' and 'Asia/Tokyo'"),
    ],
)
def test_unknown_zones_are_refused(zone, offer):
    with pytest.raises(ValueError, match=rf"is no IANA time zone; {offer}"):
        zoned(["2018-01-01"], zone)
