"""The conditional sum of squares: against a loop, numeric derivatives and statsmodels."""

import naive
import numpy as np
import pytest
from arima_series import seasonal_arma
from numpy.testing import assert_allclose
from scipy.signal import lfilter
from scipy.stats import norm
from statsmodels.tsa.statespace.sarimax import SARIMAX

from forecast.forecasters.estimates import Estimate
from forecast.forecasters.process import one_thread
from forecast.forecasters.sarima import DifferenceEquation, Orders
from forecast.forecasters.sum_of_squares import (
    constrained,
    errors_jacobian,
    estimate,
    one_step_errors,
    prewhiten,
)

ORDERS = {
    "AR": Orders((2, 0, 0), (0, 0, 0, 0), "c"),
    "ARIMA with drift": Orders((1, 1, 1), (0, 0, 0, 0), "t"),
    "seasonal": Orders((1, 0, 2), (2, 0, 1, 4), "c"),
    "everything": Orders((2, 1, 1), (1, 1, 2, 4), "n"),
}
COEFFICIENTS = {
    "AR": [0.5, 0.3],
    "ARIMA with drift": [0.6, -0.4],
    "seasonal": [0.7, 0.3, 0.1, 0.4, -0.2, 0.5],
    "everything": [0.5, -0.2, 0.3, 0.4, -0.5, 0.1],
}


def series(n):
    rng = np.random.default_rng(3)
    return np.cumsum(rng.normal(size=n)) + 3 * np.sin(np.arange(n) * np.pi / 2)


def trend(orders, n):
    """Return the regressors of the trend, (n, terms)."""
    columns = {"c": [np.ones(n)], "t": [np.arange(n) / 1000], "n": [np.empty((n, 0))]}
    return np.column_stack(columns[orders.trend])


@pytest.fixture(params=ORDERS)
def process(request):
    return ORDERS[request.param], np.array(COEFFICIENTS[request.param])


def test_one_step_errors_are_those_of_a_loop(process):
    orders, coefficients = process
    y = series(120)
    known = Estimate(orders, np.append(coefficients, 1.0), 0.0, 0, np.empty(0))
    expected = naive.arima_errors(y, orders.order, orders.seasonal_order, coefficients)
    assert_allclose(one_step_errors(y, np.empty((120, 0)), known), expected, atol=1e-9)


def test_the_jacobian_holds_the_derivatives(process):
    orders, coefficients = process
    w = series(120)
    errors = prewhiten(w, orders, coefficients)
    jacobian = errors_jacobian(w, errors, orders, coefficients)
    for i, column in enumerate(jacobian.T):
        step = 1e-6 * np.eye(len(coefficients))[i]
        high = prewhiten(w, orders, coefficients + step)
        low = prewhiten(w, orders, coefficients - step)
        assert_allclose(column, (high - low) / 2e-6, atol=1e-6)


def test_constrained_polynomials_are_stationary_and_invertible(process):
    orders, _ = process
    unconstrained = np.random.default_rng(0).normal(0, 3, size=(50, sum(orders.sizes)))
    for coefficients in constrained(unconstrained, orders):
        for polynomial in orders.polynomials(coefficients):
            assert (np.abs(np.roots(polynomial)) < 1).all()


def test_estimates_are_the_minimum(process):
    orders, coefficients = process
    n = 300
    equation = DifferenceEquation.of(orders, np.append(coefficients, 1.0))
    y = lfilter(equation.ma, equation.ar, np.random.default_rng(4).normal(size=n))
    X = np.random.default_rng(3).normal(size=(n, 1))
    design = np.column_stack([trend(orders, n), X])
    found = estimate(y, design, orders)

    def loss(params):
        known = Estimate(orders, params, 0.0, 0, np.empty(0))
        regressors = design.shape[1]
        z = y - design @ params[:regressors]
        errors = one_step_errors(z, np.empty((n, 0)), _without(known, regressors))
        return errors @ errors / len(errors)

    assert_allclose(found.params[-1], loss(found.params), rtol=1e-8)
    for i in range(len(found.params) - 1):
        for step in (1e-3, -1e-3):
            moved = found.params.copy()
            moved[i] += step
            assert loss(moved) > loss(found.params) * (1 - 1e-7)


def _without(known, regressors):
    return Estimate(
        known.orders, known.params[regressors:], known.aicc, known.counted, known.unconstrained
    )


def test_estimates_are_near_those_of_the_exact_likelihood():
    orders, w = seasonal_arma()
    no_regressors = np.empty((len(w), 0))
    found = estimate(w, no_regressors, orders)
    model = SARIMAX(w, order=orders.order, seasonal_order=orders.seasonal_order)
    with one_thread():
        exact = model.fit(found.params, disp=0)
    assert_allclose(found.params, exact.params, atol=0.03)
    assert_allclose(found.aicc, exact.aicc, atol=3)


def test_aicc_counts_the_rows_that_it_is_told(process):
    orders, _ = process
    y = series(120)
    design = trend(orders, 120)
    found = estimate(y, design, orders, counted=50)
    errors = one_step_errors(y, design, found)[-50:]
    k = len(found.params)
    likelihood = norm.logpdf(errors, scale=np.sqrt(np.mean(errors**2))).sum()
    assert_allclose(found.aicc, -2 * likelihood + 2 * k + 2 * k * (k + 1) / (50 - k - 1))
    assert_allclose(found.params, estimate(y, design, orders).params)
