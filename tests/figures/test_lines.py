"""Lines of a backtest: the origins that are drawn, and the gaps of the lines."""

import numpy as np
import pandas as pd
import pytest
from artists import INDEXES, table_of
from numpy.testing import assert_allclose, assert_array_equal

from forecast.figures.axes import axis_positions
from forecast.figures.lines import actual_line, forecast_lines, last_origins

ROWS = pd.RangeIndex(1000)


def origins_of(n_origins=None, **settings):
    """Return the origins that are drawn of a table of one model."""
    table = table_of(models="a", index=ROWS, **settings)
    return sorted(last_origins(table, n_origins)["origin"].unique())


def taken_backwards(origins, horizon, wanted):
    """Take origins from the last one backwards, each a horizon before the one taken last."""
    taken = []
    for origin in reversed(origins):
        if len(taken) < wanted and (not taken or origin + horizon <= taken[-1]):
            taken.append(origin)
    return taken[::-1]


@pytest.mark.parametrize("step", [1, 3, 4, 6])
def test_the_last_origins_that_do_not_overlap_are_drawn(step):
    every = range(8, 8 + 9 * step, step)
    drawn = origins_of(2, origins=9, horizon=4, step=step)
    assert drawn == taken_backwards(every, horizon=4, wanted=2)


def test_only_the_last_120_timesteps_are_drawn_at_first():
    assert origins_of(origins=40, horizon=5) == list(range(88, 208, 5))


def test_at_least_two_origins_are_drawn_however_long_the_horizon():
    assert origins_of(origins=3, horizon=150) == [158, 308]


def test_a_number_of_origins_may_reach_further_back():
    assert len(origins_of(35, origins=40, horizon=5)) == 35
    assert len(origins_of(50, origins=40, horizon=5)) == 40


def test_a_single_moment_is_drawn():
    assert origins_of(origins=1, horizon=1) == [8]


def test_the_actual_has_no_gap_between_origins_that_follow_each_other():
    table = table_of(origins=3)
    moments, actual = actual_line(table)
    assert_allclose(actual, np.cos(np.arange(9, 21)))
    assert_allclose(moments, axis_positions(INDEXES["dates"][9:21]))


@pytest.mark.parametrize("kind", INDEXES)
def test_the_actual_has_a_gap_where_no_forecast_reaches(kind):
    moments, actual = actual_line(table_of(origins=3, horizon=3, step=7, index=INDEXES[kind]))
    assert np.flatnonzero(np.isnan(actual)).tolist() == [3, 7]
    assert_array_equal(moments[[3, 7]], moments[[4, 8]])


def test_forecasts_have_a_gap_between_origins():
    table = table_of(models="a", origins=3, quantiles=(0.1, 0.9))
    drawn = forecast_lines(table.sample(frac=1, random_state=0))
    assert list(drawn.columns) == ["forecast", "q0.1", "q0.9"]
    assert np.flatnonzero(drawn["forecast"].isna()).tolist() == [4, 9]
    assert_allclose(drawn.dropna(), table[drawn.columns])
    # The fan breaks where the line does.
    assert_array_equal(drawn["q0.1"].isna(), drawn["forecast"].isna())


def test_forecasts_one_step_ahead_are_one_line():
    drawn = forecast_lines(table_of(models="a", origins=30, horizon=1))
    assert_allclose(drawn["forecast"], np.cos(np.arange(9, 39)) - 1)


def test_a_model_without_rows_is_an_empty_line():
    assert forecast_lines(table_of().iloc[:0]).empty
