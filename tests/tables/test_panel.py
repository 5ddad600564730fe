"""Panels: series after series, in the order of time."""

import math
from itertools import combinations_with_replacement

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from forecast.tables.panel import Panel


def table(lengths=(5, 3, 4), interleaved=True):
    """Return a panel of three series, and X, whose first column is 100 · series + position."""
    tuples = [(key, t, 100 * s + i) for s, (key, n) in enumerate(zip("bac", lengths, strict=True))
              for i, t in enumerate(pd.date_range("2024-01-01", periods=n, freq="h"))]  # fmt: skip
    if interleaved:
        tuples.sort(key=lambda row: row[1])
    index = pd.MultiIndex.from_tuples([row[:2] for row in tuples])
    X = np.array([[row[2], -1.0] for row in tuples], dtype=float)
    return (*Panel.of(index, X, 2 * X[:, :1]), X)


def test_a_panel_holds_series_after_series():
    panel, rows, X = table()
    assert panel.names == ("b", "a", "c")
    assert_array_equal(panel.X[:, 0], [0, 1, 2, 3, 4, 100, 101, 102, 200, 201, 202, 203])
    assert_array_equal(panel.X[rows], X)
    assert_array_equal(panel.bounds, [0, 5, 8, 12])
    assert_array_equal(panel.lengths, [5, 3, 4])
    assert_array_equal(panel.last, [4, 7, 11])
    assert_array_equal(panel.codes, [0] * 5 + [1] * 3 + [2] * 4)
    assert_array_equal(panel.position, [0, 1, 2, 3, 4, 0, 1, 2, 0, 1, 2, 3])
    assert len(panel) == 12
    assert [panel.X[part, 0].tolist() for part in panel.series()][1] == [100, 101, 102]
    assert panel.name(6) == "2024-01-01 01:00:00 of series 'a'"
    assert list(panel.index(np.array([0, 7]))) == [
        ("b", pd.Timestamp("2024-01-01")),
        ("a", pd.Timestamp("2024-01-01 02:00")),
    ]


def test_a_single_series_has_no_name():
    index = pd.date_range("2024-01-01", periods=4, freq="h")
    panel, rows = Panel.of(index, np.zeros((4, 0)), np.arange(4.0)[:, None])
    assert panel.names == (None,)
    assert_array_equal(rows, np.arange(4))
    assert panel.index(np.array([2])).equals(index[[2]])
    assert panel.name(2) == "2024-01-01 02:00:00"


def test_tail_take_and_select():
    panel, _, _ = table()
    assert_array_equal(panel.tail(2).X[:, 0], [3, 4, 101, 102, 202, 203])
    assert_array_equal(panel.tail(4).lengths, [4, 3, 4])
    assert_array_equal(panel.take(np.array([0, 4, 9])).lengths, [2, 0, 1])
    chosen = panel.select(np.array([2, 0]))
    assert [chosen.name_of(s) for s in range(2)] == ["c", "b"]
    assert_array_equal(chosen.numbers, [2, 0])
    assert_array_equal(chosen.X[:, 0], [200, 201, 202, 203, 0, 1, 2, 3, 4])
    assert_array_equal(chosen.bounds, [0, 4, 9])


def test_rows_know_their_series():
    panel, _, _ = table()
    empty = panel.take(np.array([0, 4, 9]))  # no row of the second series
    for each in (panel, empty):
        assert_array_equal(each.series_of(np.arange(len(each))), each.codes)


def test_append_puts_rows_behind_those_of_their_series():
    panel, _, _ = table()
    head = panel.take(np.array([0, 1, 2, 5, 8, 9]))
    rest = panel.take(np.array([3, 4, 10, 11])).select(np.array([2, 0]))
    both = head.append(rest)
    assert both.names == ("b", "a", "c")
    assert_array_equal(both.X[:, 0], [0, 1, 2, 3, 4, 100, 200, 201, 202, 203])
    assert_array_equal(both.lengths, [5, 1, 4])
    assert_array_equal(both.times[both.last].hour, [4, 0, 3])


def test_extend_puts_future_rows_behind_each_series():
    panel, _, _ = table()
    longer = panel.extend(2)
    assert_array_equal(longer.lengths, [7, 5, 6])
    assert_array_equal(np.isnan(longer.y[:, 0]), longer.position >= np.repeat([5, 3, 4], [7, 5, 6]))
    assert_array_equal(longer.times[longer.last].hour, [6, 4, 5])
    assert_array_equal(longer.y[~np.isnan(longer.y[:, 0])], panel.y)


def naive_origins(panel, lookback, horizon):
    found = []
    for part in panel.series():
        for row in range(part.start, part.stop):
            if row - lookback + 1 >= part.start and row + horizon < part.stop:
                found += [row]
    return found


@given(
    lengths=st.lists(st.integers(2, 9), min_size=3, max_size=3),
    lookback=st.integers(1, 5),
    horizon=st.integers(1, 5),
)
def test_origins_have_their_history_and_future_in_their_series(lengths, lookback, horizon):
    panel, _, _ = table(lengths)
    assert_array_equal(panel.origins(lookback, horizon), naive_origins(panel, lookback, horizon))


def naive_split(times, origins, horizon, fraction):
    """Part origins at a moment, by hand: the earlier ones, and the latest."""
    moments = sorted(set(times[origins]))
    kept = math.ceil(len(moments) * (1 - fraction))
    kept = min(kept, len(moments) - min(10, len(moments) // 3))
    cut = moments[min(kept, len(moments) - 1)]
    earlier = [row for row in origins if times[row + horizon] <= cut]
    return earlier, [row for row in origins if times[row] >= cut]


# Each number of moments to keep is one outcome, and there are at most eleven moments.
FRACTIONS = [0.05, *(1 - n / 11 for n in range(2, 11)), 0.9]


@pytest.mark.parametrize("horizon", [1, 2, 3])
@pytest.mark.parametrize("longest", range(4, 13))
def test_split_leaks_no_target_of_the_later_part(longest, horizon):
    for others in combinations_with_replacement((4, 5, 7, longest), 2):
        panel, _, _ = table((*others, longest))
        origins = panel.origins(2, horizon)
        times = panel.times.hour.to_numpy()
        for fraction in FRACTIONS if len(origins) else ():
            earlier, later = naive_split(times, origins, horizon, fraction)
            split = panel.split(origins, horizon, fraction)
            # Errors are measured in sample only where one of the parts would be empty.
            assert split.is_held_out == bool(earlier and later)
            if not split.is_held_out:
                assert_array_equal(split.earlier, origins)
                assert_array_equal(split.latest, origins)
                continue
            assert_array_equal(split.earlier, earlier)
            assert_array_equal(split.latest, later)
            # In every series, what is learned from ends where the later part begins.
            assert times[split.earlier + horizon].max() <= times[split.latest].min()


def test_nothing_is_held_out_where_a_part_would_be_empty():
    panel, _, _ = table((4, 4, 4))
    origins = panel.origins(2, 2)  # one in each series, at the same moment
    assert not panel.split(origins, 2, 0.5).is_held_out
    assert not panel.split(panel.origins(2, 1), 1, 0.0).is_held_out
    assert panel.split(panel.origins(2, 1), 1, 0.5).is_held_out


def test_series_without_rows_are_no_training_series():
    panel, _, _ = table()
    begun = panel.take(np.array([0, 1, 8])).as_training()
    assert begun.names == ("b", "c")
    assert_array_equal(begun.numbers, [0, 1])
    assert_array_equal(begun.lengths, [2, 1])


def test_rows_up_to_origins_are_those_that_forecasts_from_there_may_read():
    panel, _, _ = table((3, 3, 3))
    found = panel.up_to(np.array([7, 1, 0]))
    assert found.tolist() == [True, True, False, *[False] * 3, True, True, False]
