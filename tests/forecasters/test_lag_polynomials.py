"""Filters by polynomials of the backshift operator: against loops, and against each other."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from forecast.forecasters.lag_polynomials import divide, lagged, multiply, seasonal_polynomial

COEFFICIENTS = np.array([0.5, -0.3])


@pytest.fixture(params=[(), (2,)], ids=["series", "columns"])
def x(request):
    return np.random.default_rng(0).normal(size=(23, *request.param))


def test_a_seasonal_polynomial_has_a_coefficient_every_season():
    assert_array_equal(seasonal_polynomial(COEFFICIENTS, 3), [1, 0, 0, -0.5, 0, 0, 0.3])
    assert_array_equal(seasonal_polynomial(np.empty(0), 0), [1])


@pytest.mark.parametrize("lag", [1, 4])
def test_multiplying_takes_away_what_was_so_many_rows_ago(x, lag):
    expected = [x[t] - 0.5 * x[t - lag] + 0.3 * x[t - 2 * lag] for t in range(2 * lag, len(x))]
    assert_allclose(multiply(x, COEFFICIENTS, lag), expected)


@pytest.mark.parametrize("lag", [1, 4])
def test_dividing_undoes_the_product_with_zeros_before(x, lag):
    quotient = divide(x, COEFFICIENTS, lag)
    before = np.zeros((2 * lag, *x.shape[1:]))
    assert_allclose(multiply(np.concatenate([before, quotient]), -COEFFICIENTS, lag), x)


def test_no_coefficients_change_nothing(x):
    for function in (multiply, divide):
        assert_array_equal(function(x, np.empty(0), 4), x)


@pytest.mark.parametrize("lag", [1, 4])
def test_lagged_columns_are_those_of_a_loop(lag):
    x = np.arange(12.0)
    expected = [[x[t - lag], x[t - 2 * lag]] for t in range(2 * lag, 12)]
    assert_array_equal(lagged(x, 2, lag), expected)
    assert lagged(x, 0, lag).shape == (12, 0)
