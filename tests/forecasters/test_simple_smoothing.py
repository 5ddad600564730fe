"""Simple exponential smoothing of many series at once, against loops over one."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from statsmodels.tsa.holtwinters import SimpleExpSmoothing

from forecast.forecasters.simple_smoothing import (
    least_squares_alpha,
    levels,
    one_step_errors,
)


def walks(rows, columns, seed=0):
    """Return random walks with noise of different size."""
    rng = np.random.default_rng(seed)
    walk = rng.normal(size=(rows, columns)).cumsum(axis=0)
    return 5 + walk + rng.normal(size=(rows, columns)) * rng.uniform(0, 4, columns)


def levels_by_hand(y, alpha, drift):
    level = [y[0]]
    for value in y[1:]:
        level.append((1 - alpha) * (level[-1] + drift) + alpha * value)
    return level


@pytest.mark.parametrize("shape", [(5, 9), (9, 5), (1, 3), (40, 1)])
def test_levels_follow_the_recursion_over_rows_and_over_columns(shape):
    y = walks(*shape)
    rng = np.random.default_rng(1)
    alpha = rng.uniform(0.1, 1, shape[1])
    drift = rng.normal(size=shape[1])
    found = levels(y, alpha, drift)
    errors = one_step_errors(y, alpha, drift)
    for column in range(shape[1]):
        expected = levels_by_hand(y[:, column], alpha[column], drift[column])
        assert_allclose(found[:, column], expected, rtol=1e-12)
        ahead = np.array(expected[:-1]) + drift[column]
        assert_allclose(errors[:, column], y[1:, column] - ahead, atol=1e-12)


def test_a_level_does_not_see_later_rows():
    y = walks(6, 8)
    alpha = np.full(8, 0.3)
    changed = y.copy()
    changed[4:] = np.nan
    for many in (slice(None), slice(2)):  # the loop over rows, the loop over columns
        found = levels(changed[:, many], alpha[many], alpha[many])
        assert_array_equal(found[:4], levels(y[:, many], alpha[many], alpha[many])[:4])


@pytest.mark.parametrize("shape", [(30, 50), (200, 7), (8, 40)])
def test_no_alpha_on_a_fine_grid_has_smaller_errors(shape):
    y = walks(*shape)
    found = least_squares_alpha(y)
    zero = np.zeros(shape[1])
    loss = np.sum(one_step_errors(y, found, zero) ** 2, axis=0)
    for alpha in np.linspace(1e-4, 0.9999, 400):
        other = np.sum(one_step_errors(y, np.full(shape[1], alpha), zero) ** 2, axis=0)
        assert (loss <= other * (1 + 1e-12)).all()


def test_alpha_is_that_of_statsmodels():
    y = walks(80, 6)
    for column, alpha in enumerate(least_squares_alpha(y)):
        series = y[:, column]
        model = SimpleExpSmoothing(series, initialization_method="known", initial_level=series[0])
        assert_allclose(alpha, model.fit().params["smoothing_level"], atol=1e-3)


def test_alpha_has_no_unit():
    y = walks(40, 20)
    alpha = least_squares_alpha(y)
    assert_allclose(least_squares_alpha(1e6 * y - 3e7), alpha, atol=1e-5)


def test_where_no_alpha_is_better_it_is_a_tenth():
    y = np.column_stack([np.full(9, 0.1), [1.0] * 8 + [2.0]])
    assert_array_equal(least_squares_alpha(y), [0.1, 0.1])


def test_the_end_of_the_grid_is_reached():
    line = np.arange(20.0)
    assert_array_equal(least_squares_alpha(line[:, None]), [0.9999])
