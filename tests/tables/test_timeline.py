"""The index of a table, and how it is made regular."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from pandas.testing import assert_frame_equal, assert_series_equal

from forecast import regularize
from forecast.tables.timeline import fill_gaps, is_default


def moments(start, n, freq, tz=None):
    """Return timestamps that do not carry their frequency."""
    return pd.DatetimeIndex(pd.date_range(start, periods=n, freq=freq, tz=tz).to_list())


def test_an_index_that_only_numbers_the_rows_says_nothing():
    assert is_default(pd.RangeIndex(5))
    assert not is_default(pd.RangeIndex(1, 5))
    assert not is_default(pd.RangeIndex(0, 10, 2))
    assert not is_default(pd.Index([0, 1, 2]))


# Regularize


def test_regularize_opens_holes_and_merges_duplicates():
    times = pd.to_datetime(
        ["2024-01-01 03:10", "2024-01-01 00:00", "2024-01-01 03:40", "2024-01-01 01:00"]
    )
    frame = pd.DataFrame({"a": [1.0, 2.0, 5.0, 4.0], "b": [10.0, 20.0, 60.0, 40.0]}, index=times)
    index = pd.date_range("2024-01-01", periods=4, freq="h")
    expected = {
        "mean": 3.0,
        "sum": 6.0,
        "first": 1.0,
        "last": 5.0,
        "min": 1.0,
        "max": 5.0,
        "median": 3.0,
    }
    for how, value in expected.items():
        mended = regularize(frame, "h", how=how)
        assert_series_equal(
            mended["a"],
            pd.Series([2.0, 4.0, np.nan, value], index, name="a"),
            check_index_type=False,
        )


def test_regularize_fills_from_the_past_only():
    times = pd.to_datetime(["2024-01-01", "2024-01-04", "2024-01-06"])
    mended = regularize(pd.Series([1.0, np.nan, 7.0], index=times), "D", fill=True)
    assert_array_equal(mended, [1.0, 1.0, 1.0, 1.0, 1.0, 7.0])


def test_regularize_leaves_a_regular_table_as_it_is():
    frame = pd.DataFrame(
        {"a": np.arange(9.0)}, index=moments("2024-03-30 20:00", 9, "h", "Europe/Berlin")
    )
    assert_frame_equal(regularize(frame, "h"), frame, check_freq=False)
    again = regularize(frame.iloc[::-1], "h")
    assert_frame_equal(again, frame, check_freq=False)


def test_regularize_keeps_series_apart():
    index = pd.MultiIndex.from_tuples(
        [("b", "2024-01-03"), ("b", "2024-01-01"), ("a", "2024-02-01"), ("a", "2024-02-01")],
        names=["station", "time"],
    )
    frame = pd.DataFrame(
        {"t": [3.0, 1.0, 5.0, 7.0]},
        index=index.set_levels(pd.to_datetime(index.levels[1]), level=1),
    )
    mended = regularize(frame, "D", how="mean")
    assert mended.index.names == ["station", "time"]
    assert_array_equal(mended.loc["b", "t"], [1.0, np.nan, 3.0])
    assert_array_equal(mended.loc["a", "t"], [6.0])


@given(keep=st.sets(st.integers(0, 40), min_size=2), seed=st.integers(0, 9))
def test_regularize_keeps_every_value_and_adds_only_gaps(keep, seed):
    index = moments("2024-01-01", 41, "D")[sorted(keep)]
    series = pd.Series(np.random.default_rng(seed).normal(size=len(index)), index)
    shuffled = series.sample(frac=1, random_state=seed)
    mended = regularize(shuffled, "D")
    assert_series_equal(mended.dropna(), series, check_freq=False)
    assert len(mended) == max(keep) - min(keep) + 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"freq": "D", "how": "avg"}, "how must be one of 'mean', 'sum', .*; got 'avg'"),
        ({"freq": "parsec"}, "freq 'parsec' is no frequency: use 'h', 'D'"),
    ],
)
def test_regularize_refuses_what_it_does_not_know(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        regularize(pd.Series([1.0, 2.0], index=moments("2024", 2, "D")), **arguments)


def test_regularize_needs_timestamps():
    with pytest.raises(
        ValueError,
        match=r"regularize needs timestamps in the index; got int64\. Use pandas\.to_date",
    ):
        regularize(pd.Series([1.0, 2.0]), "D")


def test_regularize_merges_nothing_unless_it_is_told_how():
    times = pd.to_datetime(["2024-01-01 03:10", "2024-01-01 00:00", "2024-01-01 03:40"])
    log = pd.Series([1.0, 2.0, 5.0], index=times)
    with pytest.raises(ValueError, match="3 rows fall into 2 steps of frequency 'h'") as caught:
        regularize(log, "h")
    assert "2024-01-01 03:00:00 has 2. If a column" in str(caught.value)
    assert "--how mean" in caught.value.at_command_line()
    # What the sentence says heals.
    assert_array_equal(regularize(log, "h", how="sum"), [2.0, np.nan, np.nan, 6.0])


def test_regularize_counts_the_rows_of_an_event_log():
    times = pd.to_datetime(["2024-01-01 03:10", "2024-01-01 00:00", "2024-01-01 03:40"])
    events = pd.DataFrame({"what": ["in", "out", "in"]}, index=times)
    counted = regularize(events, "h", how="count")
    assert list(counted.columns) == ["count"]
    assert_array_equal(counted["count"], [1, 0, 0, 2])


def test_regularize_keeps_months_on_their_day():
    days = [pd.Timestamp(2024, month, 15) for month in (1, 2, 4, 5, 6, 7, 8)]
    mended = regularize(pd.Series(np.arange(7.0), index=days), "MS+14D", fill=True)
    assert list(mended.index) == [pd.Timestamp(2024, month, 15) for month in range(1, 9)]
    assert_array_equal(mended, [0, 1, 1, 2, 3, 4, 5, 6])


def test_a_step_that_the_table_cuts_has_no_value():
    # From 20 o'clock on the first day to 8 o'clock on the fourth.
    hours = pd.date_range("2024-01-01 20:00", "2024-01-04 08:00", freq="h")
    daily = regularize(pd.Series(1.0, index=hours), "D", how="sum", fill=True)
    assert_array_equal(daily, [np.nan, 24, 24, np.nan])
    # Whole days are whole, and a log of events tells nothing of its end.
    assert_array_equal(regularize(pd.Series(1.0, index=hours[4:-9]), "D", how="sum"), [24, 24])


def test_a_sum_over_a_hole_is_filled_with_nothing():
    times = pd.to_datetime(["2024-01-01 03:10", "2024-01-01 00:00", "2024-01-03 03:40"])
    sales = pd.Series([1.0, 2.0, 5.0], index=times)
    assert_array_equal(regularize(sales, "D", how="sum", fill=True), [3, 0, 5])
    assert_array_equal(regularize(sales, "D", how="max", fill=True), [2, 2, 5])


def test_only_the_history_of_a_series_is_filled():
    """In y the gap between two values; in x the same rows, but not those to forecast."""
    index = pd.MultiIndex.from_product([["a", "b"], range(5)], names=["series", "timestamp"])
    frame = pd.DataFrame(
        {
            "y": [np.nan, 1, np.nan, 3, np.nan, np.nan, 5, 6, np.nan, np.nan],
            "x": [1, np.nan, 3, 4, np.nan, np.nan, 7, np.nan, 9, 10],
        },
        index,
    )
    filled, notes = fill_gaps(frame, "y")
    assert notes == ["filled 3 cells with the value before"]
    assert_allclose(filled["y"], [np.nan, 1, 1, 3, np.nan, np.nan, 5, 6, np.nan, np.nan])
    assert_allclose(filled["x"], [1, 1, 3, 4, np.nan, np.nan, 7, 7, 9, 10])
    # Else each column ends with its own last value, as x of the second series.
    filled, notes = fill_gaps(frame.drop(index=("b", 4)))
    assert notes == ["filled 3 cells with the value before"]
    assert_allclose(filled["x"], [1, 1, 3, 4, np.nan, np.nan, 7, 7, 9])
    assert fill_gaps(filled)[1] == []


@pytest.mark.parametrize("freq", ["ns", "ms", "s"])
def test_steps_without_number_are_refused_before_they_are_made(freq):
    centuries = pd.Series(1.0, pd.to_datetime(["1800-01-01", "1900-01-01", "2000-01-01"]))
    with pytest.raises(ValueError, match=r"there are 6.31e\+\d+ steps .* but only 3 rows") as error:
        regularize(centuries, freq)
    assert str(error.value).endswith(
        "Choose a longer step, or correct the first or the last moment."
    )
    assert len(regularize(centuries, "MS")) == 2401


def test_hours_of_business_take_no_rows():
    hours = pd.Series(1.0, moments("2013-01-07 09:00", 8, "h"))
    with pytest.raises(ValueError, match=r"'bh' has steps by day only\. Choose another"):
        regularize(hours, "bh")
    assert len(regularize(hours, "h")) == 8
