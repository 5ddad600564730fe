"""The wall clock: what its rows are, and where rows in equal steps stand among them."""

import naive as oracle
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from forecast.tables.panel import Panel
from forecast.tables.wall_clock import WallClock, spare_rows

# Each over one change at least: where, the step, the first row, how many rows.
CHANGES = {
    "Berlin, spring": ("Europe/Berlin", "h", "2024-03-30 22:00", 9),
    "Berlin, autumn": ("Europe/Berlin", "h", "2024-10-26 23:00", 9),
    "Berlin, quarters in spring": ("Europe/Berlin", "15min", "2024-03-31 01:00", 14),
    "Berlin, quarters in autumn": ("Europe/Berlin", "15min", "2024-10-27 01:15", 17),
    "New York": ("America/New_York", "30min", "2023-11-05 00:00", 12),
    "Sydney, spring": ("Australia/Sydney", "h", "2024-10-05 22:00", 9),
    "Sydney, autumn": ("Australia/Sydney", "h", "2024-04-06 22:00", 9),
    "Lord Howe, spring": ("Australia/Lord_Howe", "30min", "2024-10-06 00:30", 9),
    "Lord Howe, autumn": ("Australia/Lord_Howe", "30min", "2024-04-07 00:00", 9),
    "Moscow, 2011 for good": ("Europe/Moscow", "h", "2011-03-26 22:00", 9),
    "Moscow, 2014 for good": ("Europe/Moscow", "h", "2014-10-25 22:00", 9),
    "Tehran, rows at half past": ("Asia/Tehran", "h", "2021-09-21 20:30", 9),
    "Chatham, a quarter of an hour": ("Pacific/Chatham", "15min", "2024-04-07 02:00", 16),
    "Hong Kong, long ago": ("Asia/Hong_Kong", "h", "1979-10-20 22:00", 9),
}
# As above, but the rows are in order: no change, or the step is no part of it.
UNCHANGED = {
    "UTC": ("UTC", "h", "2024-10-26 23:00", 9),
    "an offset": ("-03:30", "15min", "2024-10-26 23:00", 9),
    "Kolkata": ("Asia/Kolkata", "h", "2024-10-26 23:30", 9),
    "no zone": (None, "h", "2024-10-26 23:00", 9),
    "six hours": ("Europe/Berlin", "6h", "2024-10-26", 9),
    "hours on Lord Howe": ("Australia/Lord_Howe", "h", "2024-04-06", 48),
    "seconds": ("Europe/Berlin", "10s", "2024-10-27 01:59:50", 9),
    "milliseconds": ("Europe/Berlin", "ms", "2024-10-27 01:59", 9),
    "days": ("Europe/Berlin", "D", "2024-10-26", 9),
    "weekdays": ("Europe/Berlin", "B", "2024-10-24", 9),
}


def series(zone, freq, start, n):
    index = pd.date_range(start, periods=n, freq=freq, tz=zone)
    return pd.Series(np.random.default_rng(0).normal(size=n), index)


def panel_of(y):
    """Return the panel of a series whose only feature is 100 times its values."""
    values = y.to_numpy()[:, None]
    return Panel.of(y.index, 100 * values, values)[0]


def prefix(y, n):
    """Return the first rows, whose frequency is still that of all."""
    whole = panel_of(y)
    return whole.take(np.arange(n))


@pytest.mark.parametrize("case", CHANGES)
def test_rows_are_those_of_a_dictionary_of_times(case):
    y = series(*CHANGES[case])
    clock = WallClock.of(panel_of(y))
    expected = oracle.by_wall_clock(y, pd.Timedelta(y.index.freq))
    assert list(clock.panel.times) == list(expected)
    assert_allclose(clock.panel.y[:, 0], list(expected.values()), rtol=1e-12)
    # A regular panel: its own frequency counts one step from row to row.
    panel = clock.panel
    steps = panel.frequency.steps(panel.times[0], panel.times)
    assert_array_equal(steps, np.arange(len(panel)))


@pytest.mark.parametrize("case", CHANGES)
def test_features_are_those_of_the_first_time(case):
    y = series(*CHANGES[case])
    clock = WallClock.of(panel_of(y))
    first = {}
    for moment, value in y.items():
        first.setdefault(moment.tz_localize(None), 100 * value)
    shown = clock.panel.times.isin(list(first))
    found = dict(zip(clock.panel.times[shown], clock.panel.X[shown, 0], strict=True))
    assert found == {time: first[time] for time in found}


@pytest.mark.parametrize("case", CHANGES)
def test_each_row_knows_its_place_and_what_is_known_then(case):
    y = series(*CHANGES[case])
    clock = WallClock.of(panel_of(y))
    for row, moment in enumerate(y.index):
        place = clock.place[row]
        if place < len(clock.panel):
            assert clock.panel.times[place] == moment.tz_localize(None)
        known = list(oracle.by_wall_clock(y[: row + 1], pd.Timedelta(y.index.freq)))
        assert clock.origin[row] == len(known) - 1


@pytest.mark.parametrize("case", CHANGES)
def test_later_rows_change_nothing_about_earlier_ones(case):
    y = series(*CHANGES[case])
    whole = WallClock.of(panel_of(y)).panel
    for n in range(1, len(y)):
        part = WallClock.of(prefix(y, n)).panel
        assert part.times.equals(whole.times[: len(part)])
        assert_array_equal(part.y, whole.y[: len(part)])
        assert_array_equal(part.X, whole.X[: len(part)])


@pytest.mark.parametrize("case", CHANGES)
@pytest.mark.parametrize("n", [1, 3])
def test_the_tail_makes_the_last_rows_again(case, n):
    y = series(*CHANGES[case])
    for end in range(1, len(y) + 1):
        clock = WallClock.of(prefix(y, end))
        if not len(clock.panel):
            continue
        last = clock.panel.tail(n)
        again = WallClock.of(clock.tail(n)).panel
        # More where it begins on the line between neighbours, one row never does.
        assert len(again) >= len(last)
        assert n > 1 or len(again) == 1
        kept = again.tail(len(last))
        assert kept.times.equals(last.times)
        assert_array_equal(kept.y, last.y)
        assert_array_equal(kept.X, last.X)


@pytest.mark.parametrize("case", UNCHANGED)
def test_where_no_clock_changes_the_panel_is_the_given_one(case):
    panel = panel_of(series(*UNCHANGED[case]))
    clock = WallClock.of(panel)
    assert clock.panel is panel
    assert spare_rows(panel) == 0
    rows = np.arange(len(panel))
    assert_array_equal(clock.place, rows)
    assert_array_equal(clock.origin, rows)
    assert_array_equal(clock.tail(3).times, panel.times[-3:])
    assert_array_equal(clock.steps(np.array([1, 4]), 3), [[1, 2, 3], [1, 2, 3]])


@pytest.mark.parametrize(
    "index", [pd.period_range("2024-10-26", periods=9, freq="h"), pd.RangeIndex(9)]
)
def test_periods_and_integers_have_no_clock(index):
    panel = panel_of(pd.Series(np.arange(9.0), index))
    assert WallClock.of(panel).panel is panel


def test_months_on_one_day_have_no_clock():
    # pandas has no alias for them.
    days = [pd.Timestamp(2024, month, 15, tz="Europe/Berlin") for month in range(1, 13)]
    given = panel_of(pd.Series(np.arange(12.0), pd.DatetimeIndex(days)))
    assert WallClock.of(given).panel is given
    assert spare_rows(given) == 0


def test_steps_over_a_change_are_one_more_or_one_less():
    spring = WallClock.of(panel_of(series("Europe/Berlin", "h", "2024-03-31", 9)))
    # From 01:00 the next hour is 03:00.
    assert_array_equal(spring.steps(np.array([0, 1, 2]), 3), [[1, 3, 4], [2, 3, 4], [1, 2, 3]])
    autumn = WallClock.of(panel_of(series("Europe/Berlin", "h", "2024-10-27", 9)))
    # From 01:00 the next two hours are both 02:00; what is known at the first is that of 01:00.
    assert_array_equal(
        autumn.steps(np.array([0, 1, 2, 3]), 3), [[1, 2, 2], [1, 1, 2], [1, 2, 3], [1, 2, 3]]
    )


def test_a_table_that_begins_in_the_hour_that_comes_twice_has_no_half_of_it():
    y = series("Europe/Berlin", "15min", "2024-10-27 01:30", 16)[4:]
    clock = WallClock.of(panel_of(y))
    # 02:30 and 02:45 summer time, then 02:00 … 03:45.
    assert clock.panel.times[0] == pd.Timestamp("2024-10-27 02:30")
    assert_array_equal(clock.panel.y[:, 0], y.to_numpy()[4:])
    assert_array_equal(clock.origin, [-1, -1, -1, -1, *range(8)])
    assert_array_equal(clock.place, [0, 1, -2, -1, *range(8)])


def test_features_of_the_second_time_stand_in_for_unknown_ones_of_the_first():
    y = series("Europe/Berlin", "h", "2024-10-27 01:00", 4)
    panel = panel_of(y)
    panel.X[1] = np.nan
    assert_array_equal(WallClock.of(panel).panel.X, panel.X[[0, 2, 3]])


def test_series_have_rows_of_their_own():
    parts = {
        "spring": series("Europe/Berlin", "h", "2024-03-30 20:00", 12),
        "none": series("Europe/Berlin", "h", "2024-05-01", 5),
        "begins and ends in the hour": series("Europe/Berlin", "h", "2023-10-29 01:00", 8738)[1:],
        "autumn": series("Europe/Berlin", "h", "2024-10-27 00:00", 7),
    }
    ends = parts["begins and ends in the hour"].index[[0, -1]]
    assert [str(end) for end in ends] == ["2023-10-29 02:00:00+02:00", "2024-10-27 02:00:00+02:00"]
    both = pd.concat(parts)
    values = both.to_numpy()[:, None]
    clock = WallClock.of(Panel.of(both.index, 100 * values, values)[0])
    begin = 0
    for number, y in enumerate(parts.values()):
        alone = WallClock.of(panel_of(y))
        rows = clock.panel.series()[number]
        assert clock.panel.times[rows].equals(alone.panel.times)
        assert_array_equal(clock.panel.y[rows], alone.panel.y)
        assert_array_equal(clock.panel.X[rows], alone.panel.X)
        given = slice(begin, begin + len(y))
        begin += len(y)
        first = rows.start
        assert_array_equal(clock.place[given], first + alone.place)
        assert_array_equal(
            clock.origin[given], np.where(alone.origin < 0, -1, first + alone.origin)
        )
    tails = clock.tail(2)
    expected = [WallClock.of(panel_of(y)).tail(2).times for y in parts.values()]
    assert list(tails.times) == [time for times in expected for time in times]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_moments_keep_their_unit(unit):
    y = series("Europe/Berlin", "h", "2024-10-27", 5)
    y.index = y.index.as_unit(unit)
    assert WallClock.of(panel_of(y)).panel.times.unit == unit
