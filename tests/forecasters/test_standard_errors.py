"""Standard errors: near those of the exact likelihood, and those of least squares."""

import numpy as np
from arima_series import seasonal_arma
from numpy.testing import assert_allclose
from statsmodels.tsa.statespace.sarimax import SARIMAX

from forecast.forecasters.process import one_thread
from forecast.forecasters.sarima import Orders
from forecast.forecasters.standard_errors import standard_errors
from forecast.forecasters.sum_of_squares import estimate


def test_standard_errors_are_near_those_of_the_exact_likelihood():
    orders, w = seasonal_arma()
    no_regressors = np.empty((len(w), 0))
    found = estimate(w, no_regressors, orders)
    model = SARIMAX(w, order=orders.order, seasonal_order=orders.seasonal_order)
    with one_thread():
        deviations = model.fit(found.params, disp=0).bse
    assert_allclose(standard_errors(w, no_regressors, found), deviations, rtol=0.1)


def test_those_of_regressors_are_those_of_least_squares_in_any_unit():
    rng = np.random.default_rng(0)
    n = 60
    X = np.column_stack([np.ones(n), rng.normal(3, 1, n), rng.uniform(-1, 1, n)])
    y = X @ [2.0, -1.0, 0.5] + rng.normal(size=n)
    orders = Orders((0, 0, 0), (0, 0, 0, 0), "c")
    for unit in ([1, 1, 1], [1, 1e9, 1e-9]):
        design = X * unit
        found = estimate(y, design, orders)
        covariance = found.params[-1] * np.linalg.inv(X.T @ X)
        expected = np.sqrt(np.diag(covariance)) / unit
        assert_allclose(standard_errors(y, design, found)[:3], expected, rtol=1e-9)


def test_a_column_that_says_nothing_new_has_none():
    rng = np.random.default_rng(0)
    column = rng.normal(size=40)
    design = np.column_stack([column, 2 * column])
    orders = Orders((0, 0, 0), (0, 0, 0, 0), "n")
    y = column + rng.normal(size=40)
    found = estimate(y, design, orders)
    assert found.params[1] == 0
    assert np.isnan(standard_errors(y, design, found)[1])
