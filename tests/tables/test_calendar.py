"""Calendar features: waves that go on in rows to come, and the place of a moment in its cycles."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from pandas.testing import assert_frame_equal

from forecast import fourier_terms
from forecast.tables.calendar import calendar_features


@pytest.mark.parametrize("zone", [None, "UTC", "America/New_York"])
def test_waves_of_later_rows_continue_those_of_earlier_ones(zone):
    index = pd.date_range("2024-03-01", periods=400, freq="h", tz=zone)
    whole = fourier_terms(index, "7D", 3)
    assert list(whole)[:3] == ["sin 7D 1", "cos 7D 1", "sin 7D 2"]
    assert_frame_equal(
        fourier_terms(index[300:], pd.Timedelta("7D"), 3).set_axis(whole.columns, axis=1),
        whole[300:],
    )
    # What the clock showed when 1970 began in UTC.
    begin = "1969-12-31 19:00" if zone == "America/New_York" else "1970-01-01"
    seconds = (index.tz_localize(None) - pd.Timestamp(begin)) / pd.Timedelta("1s")
    assert_allclose(whole["cos 7D 3"], np.cos(2 * np.pi * 3 * seconds / (7 * 86400)), atol=1e-9)


def test_waves_of_integers_periods_and_many_series():
    assert_allclose(
        fourier_terms(pd.RangeIndex(3, 6), 12)["sin 12 1"], np.sin(2 * np.pi * np.arange(3, 6) / 12)
    )
    months = pd.period_range("2020-01", periods=24, freq="M")
    assert_allclose(
        fourier_terms(months, "365.25D"), fourier_terms(months.to_timestamp(), "365.25D")
    )
    many = pd.MultiIndex.from_product([["a", "b"], months])
    both = fourier_terms(many, "365.25D")
    assert both.index.equals(many)
    assert_allclose(both.loc["b"], both.loc["a"])


@pytest.mark.parametrize(
    ("index", "period", "words"),
    [
        (pd.RangeIndex(5), "7D", "a positive number of rows for this index; got '7D'"),
        (pd.RangeIndex(5), 0, "a positive number of rows"),
        (pd.date_range("2024", periods=5), "7", "a positive length of time"),
        (pd.date_range("2024", periods=5), np.int64(7), "a positive length of time"),
        (pd.RangeIndex(5), np.inf, "a positive number of rows"),
        (
            pd.date_range("2024", periods=5),
            7,
            "a positive length of time such as '7D' for this index; got 7",
        ),
        (pd.date_range("2024", periods=5), "week", "a positive length of time"),
        (pd.date_range("2024", periods=5), "-1D", "a positive length of time"),
    ],
)
def test_wrong_periods_are_refused(index, period, words):
    with pytest.raises(ValueError, match=words):
        fourier_terms(index, period)


@pytest.mark.parametrize(
    ("index", "words"), [([1, 2], "got list"), (pd.Index(["a"]), "timestamps, periods or integers")]
)
def test_waves_of_what_is_no_index_are_refused(index, words):
    with pytest.raises(TypeError, match=words):
        fourier_terms(index, 7)


@pytest.mark.parametrize("period", ["1D", "12h", "7D"])
def test_waves_of_days_follow_the_clock(period):
    times = pd.date_range("2024-03-01", "2024-11-30", freq="h", tz="Europe/Berlin")
    by_clock = pd.date_range("2024-03-01", "2024-11-30", freq="h")
    expected = fourier_terms(by_clock - pd.Timedelta("1h"), period)  # Berlin was an hour ahead
    found = fourier_terms(times, period)
    place = by_clock.get_indexer(times.tz_localize(None))
    assert_allclose(found, expected.iloc[place], atol=1e-7)


@pytest.mark.parametrize("period", ["12.42h", "365.25D"])
@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kolkata", "-03:30"])
def test_other_waves_go_by_elapsed_time(period, zone):
    times = pd.date_range("2024-03-01", "2024-11-30", freq="6h", tz=zone)
    expected = fourier_terms(times.tz_convert("UTC"), period)
    assert_array_equal(fourier_terms(times, period), expected)


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "-03:30"])
def test_where_no_clock_changes_waves_of_days_go_by_elapsed_time(zone):
    times = pd.date_range("2024-03-01", "2024-11-30", freq="6h", tz=zone)
    expected = fourier_terms(times.tz_convert("UTC"), "1D")
    assert_array_equal(fourier_terms(times, "1D"), expected)


# Features of the recurrent forecaster

PARTS = ("day_of_year", "hour", "day_of_week")


def naive_features(moment):
    """Return the sine and cosine of PARTS at one timestamp."""
    day = moment.hour / 24 + moment.minute / 1440
    shares = [
        (moment.day_of_year - 1 + day) / 365.25,
        day,
        (moment.day_of_week + day) / 7,
    ]
    angles = 2 * np.pi * np.array(shares)
    return [*np.sin(angles), *np.cos(angles)]


@pytest.mark.parametrize("zone", [None, "Europe/Berlin"])
def test_features_are_sine_and_cosine_of_the_clock_and_the_calendar(zone):
    times = pd.date_range("2024-02-27 20:30", periods=90, freq="40min", tz=zone)
    features = calendar_features(times, PARTS)
    assert features.dtype == np.float32
    assert_allclose(features, [naive_features(moment) for moment in times], atol=1e-6)
    assert_allclose(calendar_features(times, PARTS[1:2]), features[:, [1, 4]])


def test_features_of_periods_are_those_of_their_beginnings():
    months = pd.period_range("2020-01", periods=24, freq="M")
    assert_allclose(
        calendar_features(months, PARTS), calendar_features(months.to_timestamp(), PARTS)
    )


def test_features_of_numbers_are_refused():
    words = r"calendar=\['hour'\] needs timestamps, but the moments are numbers like 3"
    with pytest.raises(ValueError, match=words):
        calendar_features(pd.RangeIndex(3, 9), ["hour"])
