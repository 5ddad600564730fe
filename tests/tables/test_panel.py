"""Panels: series after series, in the order of time."""

import numpy as np
import pandas as pd
from hypothesis import assume, given
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


@given(
    lengths=st.lists(st.integers(4, 12), min_size=3, max_size=3),
    horizon=st.integers(1, 3),
    fraction=st.floats(0.05, 0.9),
)
def test_split_leaks_no_target_of_the_later_part(lengths, horizon, fraction):
    panel, _, _ = table(lengths)
    origins = panel.origins(2, horizon)
    assume(len(origins))
    earlier, later, is_held_out = panel.split(origins, horizon, fraction)
    assert set(earlier) | set(later) <= set(origins)
    if not is_held_out:  # nothing was left for one of the parts
        assert set(earlier) == set(later) == set(origins)
        return
    assert len(earlier)
    assert len(later)
    assert not set(earlier) & set(later)
    # in every series, what the earlier part learns from ends where the later part begins
    assert panel.times[earlier + horizon].max() <= panel.times[later].min()
    purged = sorted(set(origins) - set(earlier) - set(later))
    for row in purged:
        assert panel.times[row] < panel.times[later].min() < panel.times[row + horizon]


def test_series_without_rows_are_no_training_series():
    panel, _, _ = table()
    begun = panel.take(np.array([0, 1, 8])).as_training()
    assert begun.names == ("b", "c")
    assert_array_equal(begun.numbers, [0, 1])
    assert_array_equal(begun.lengths, [2, 1])
