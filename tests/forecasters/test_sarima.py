"""Orders, polynomials and forecasts of a seasonal ARIMA process: against statsmodels."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from statsmodels.tsa.statespace.sarimax import SARIMAX

from forecast.forecasters import sarima
from forecast.forecasters.sarima import DifferenceEquation, Orders, orders_rule

ORDERS = {
    "AR": Orders((2, 0, 0), (0, 0, 0, 0), "c"),
    "MA": Orders((0, 0, 2), (0, 0, 0, 0), "n"),
    "ARIMA with drift": Orders((1, 1, 1), (0, 0, 0, 0), "t"),
    "seasonal": Orders((1, 0, 2), (2, 0, 1, 4), "c"),
    "airline": Orders((0, 1, 1), (0, 1, 1, 4), "n"),
    "everything": Orders((2, 1, 1), (1, 1, 2, 4), "n"),
}
COEFFICIENTS = {
    "AR": [0.5, 0.3],
    "MA": [0.4, -0.3],
    "ARIMA with drift": [0.6, -0.4],
    "seasonal": [0.7, 0.3, 0.1, 0.4, -0.2, 0.5],
    "airline": [-0.4, -0.6],
    "everything": [0.5, -0.2, 0.3, 0.4, -0.5, 0.1],
}


def series(n):
    rng = np.random.default_rng(3)
    return np.cumsum(rng.normal(size=n)) + 3 * np.sin(np.arange(n) * np.pi / 2)


@pytest.fixture(params=ORDERS)
def process(request):
    return ORDERS[request.param], np.array(COEFFICIENTS[request.param])


def test_forecasts_are_those_of_statsmodels(process):
    orders, coefficients = process
    y = series(300)
    equation = DifferenceEquation.of(orders, np.append(coefficients, 1.5))
    model = SARIMAX(y, order=orders.order, seasonal_order=orders.seasonal_order)
    results = model.filter(np.append(coefficients, 1.5), cov_type="none")
    expected = results.get_forecast(9)
    state = equation.states(y, None, np.array([300]))
    assert_allclose(equation.forecast(state, 9)[0], expected.predicted_mean, rtol=1e-6)
    assert_allclose(equation.variances(9), expected.var_pred_mean, rtol=1e-6)


def test_forecast_errors_have_the_variances(process):
    orders, coefficients = process
    equation = DifferenceEquation.of(orders, np.append(coefficients, 1.5))
    # The error of step h weighs the noise of each step up to it by a psi weight.
    psi = equation.forecast_errors(np.eye(9)).T
    assert_allclose((psi**2).sum(axis=1), equation.variances(9))
    assert_allclose(np.diag(psi), np.sqrt(1.5))


def test_states_carry_the_filter_on(process):
    orders, coefficients = process
    y = series(90)
    equation = DifferenceEquation.of(orders, np.append(coefficients, 1.0))
    whole = equation.states(y, None, np.array([60, 61, 90]))
    later = equation.states(y[60:], whole[0], np.array([0, 1, 30]))
    assert_allclose(later, whole, rtol=1e-12)


def test_the_work_is_done_in_blocks(monkeypatch):
    coefficients = np.array(COEFFICIENTS["everything"])
    equation = DifferenceEquation.of(ORDERS["everything"], np.append(coefficients, 1.0))
    states = equation.states(series(90), None, np.arange(40, 90))
    whole = equation.forecast(states, 5)
    monkeypatch.setattr(sarima, "_BLOCK", 100)
    assert_array_equal(equation.forecast(states, 5), whole)


def test_polynomials_are_products():
    ar, ma = ORDERS["seasonal"].polynomials(np.array(COEFFICIENTS["seasonal"]))
    z = 0.83
    assert_allclose(
        np.polyval(ar[::-1], z), (1 - 0.7 * z) * (1 - 0.4 * z**4 + 0.2 * z**8), rtol=1e-12
    )
    assert_allclose(np.polyval(ma[::-1], z), (1 + 0.3 * z + 0.1 * z**2) * (1 + 0.5 * z**4))


def test_the_difference_polynomial_takes_differences():
    y = series(40)
    polynomial = Orders((0, 2, 0), (0, 1, 0, 4), "n").difference_polynomial
    seasonal = y[4:] - y[:-4]
    assert_allclose(np.convolve(y, polynomial, "valid"), np.diff(seasonal, 2), atol=1e-12)


def test_names_of_processes_and_terms():
    orders = ORDERS["seasonal"]
    assert orders.name == "ARIMA(1,0,2)(2,0,1)[4]"
    assert orders.terms == ["ar1", "ma1", "ma2", "seasonal_ar1", "seasonal_ar2", "seasonal_ma1"]
    assert ORDERS["AR"].name == "ARIMA(2,0,0)"


def test_forecasts_look_back_on_differences_and_lags():
    assert ORDERS["seasonal"].reach == 9
    assert ORDERS["everything"].reach == 1 + 4 + max(2 + 4, 1 + 8)


def test_orders_are_lists_of_whole_numbers():
    rule = orders_rule(3)
    for right in ((1, 0, 2), [1, 0, 2], np.array([1, 0, 2])):
        assert rule.holds(right)
    for wrong in ((1, 0), (1, -1, 0), (1, 0.5, 0), (True, 0, 0), 1, "100", None):
        assert not rule.holds(wrong)
