"""What is laid over a process is what it says."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from forecast.simulation import patterns

ROWS, SERIES = 240, 400


def drawn(name, *arguments):
    return getattr(patterns, name)(np.random.default_rng(0), ROWS, SERIES, *arguments)


@pytest.mark.parametrize("length", [2, 7, 24])
def test_a_season_comes_again_and_changes_its_size_alone(length):
    y = drawn("season", length)
    seasons = y[: ROWS // length * length].reshape(-1, length, SERIES)
    # Between two changes of size, of which each season has one, the pattern is the same.
    first, later = seasons[:2].sum(axis=0), seasons[2:4].sum(axis=0)
    varies = first.std(axis=0) > 0  # two levels may be one
    assert varies.mean() > 0.8
    alike = [np.corrcoef(first[:, k], later[:, k])[0, 1] for k in np.flatnonzero(varies)]
    assert np.median(alike) > 0.99
    assert np.abs(y).max() < 30


def test_a_trend_is_straight_but_where_it_flattens_or_turns():
    slopes = np.diff(drawn("trend"), axis=0)
    bends = np.abs(np.diff(slopes, axis=0)) > 1e-3 * np.abs(slopes).max(axis=0)
    is_straight = ~bends.any(axis=0)
    turns_once = bends.sum(axis=0) == 1
    assert 0.4 < is_straight.mean() < 0.7
    assert 0.08 < turns_once.mean() < 0.25


def test_levels_jump_and_stay_and_outliers_go_back():
    jumps = np.abs(np.diff(drawn("shifts"), axis=0)) > 1e-6
    assert 0.5 < 300 * jumps.mean() < 2
    off = drawn("outliers") != 0
    assert 0.5 < 100 * off.mean() < 2


def test_holidays_are_the_same_days_for_all_series():
    y = drawn("holidays")
    is_day = (y != 0).all(axis=1)
    assert_allclose(y[~is_day], 0)
    assert 0 < is_day.sum() < ROWS / 5
    days = y[is_day]
    assert_allclose(days, np.broadcast_to(days[0], days.shape))
