"""Forecasts that become history, and spreads that add up: as loops say."""

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.testing import assert_allclose, assert_array_equal

from forecast.forecasters.recursion import widened, with_forecasts
from forecast.tables.panel import Panel


def panel():
    """Return two series of 6 and 4 rows, with one feature that is seen and one known ahead."""
    index = pd.MultiIndex.from_tuples(
        [("a", t) for t in range(10, 16)] + [("b", t) for t in range(4)]
    )
    X = np.column_stack([np.arange(10.0), 100 + np.arange(10.0)])
    return Panel.of(index, X, -np.arange(10.0)[:, None])[0]


def test_each_origin_becomes_a_series_that_ends_with_its_forecasts():
    table = replace(panel(), continues=True)
    origins = np.array([2, 8])  # the third row of each series
    forecast = np.array([[[50.0], [51.0]], [[60.0], [61.0]]])
    onward, last = with_forecasts(table, origins, forecast, 4, 1, np.array([True, False]))
    assert_array_equal(onward.lengths, [5, 5])  # memory and the further step
    assert_array_equal(onward.numbers, [0, 1])
    assert_array_equal(last, [3, 8])  # the rows of the last forecasts
    assert not onward.continues
    # y: two rows of history, two forecasts, one row to answer.
    a, b = onward.y[:5, 0], onward.y[5:, 0]
    assert_array_equal(a, [-1, -2, 50, 51, np.nan])
    assert_array_equal(b, [-7, -8, 60, 61, np.nan])
    # The past feature stays as last seen, the known one goes on while the table does.
    assert_array_equal(onward.X[:5], [[1, 101], [2, 102], [2, 103], [2, 104], [2, 105]])
    assert_array_equal(onward.X[5:, 0], [7, 8, 8, 8, 8])
    assert_array_equal(onward.X[5:, 1], [107, 108, 109, np.nan, np.nan])
    assert_array_equal(onward.times[:5], [11, 12, 13, 14, 15])


def test_rows_before_a_series_are_missing():
    onward, _ = with_forecasts(
        panel(), np.array([6]), np.array([[[60.0]]]), 3, 1, np.array([True, True])
    )
    assert_array_equal(onward.y[:, 0], [np.nan, -6, 60, np.nan])
    assert_array_equal(onward.X[:2, 0], [np.nan, 6])


def test_variances_of_later_steps_add_up_on_each_side_of_the_point():
    rng = np.random.default_rng(0)
    answer = rng.normal(size=(3, 2, 1, 1)) + np.array([0.0, -2.0, 0.5, 1.0])
    given, before = answer.copy(), np.tile([-1.5, -0.5, 3.0], (3, 1, 1, 1))
    after = widened(answer, before)
    assert_array_equal(answer[..., 0], given[..., 0])
    # -2 and -1.5 give -2.5; 0.5 and -0.5 cancel; 1 and 3 give the root of 10.
    expected = given[..., :1] + np.array([-2.5, 0.0, np.sqrt(10)])
    assert_allclose(answer[..., 1:], expected)
    assert_allclose(after, np.tile([-2.5, 0.0, np.sqrt(10)], (3, 1, 1, 1)))


def test_widened_quantiles_do_not_cross():
    answer = np.array([0.0, 1.0, 1.1]).reshape(1, 1, 1, 3)
    widened(answer, np.array([3.0, 1.0]).reshape(1, 1, 1, 2))
    assert answer[..., 1] < answer[..., 2]
