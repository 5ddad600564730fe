"""The conditional sum of squares: against a loop row by row, statsmodels, and what the search should find."""

import naive
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.signal import lfilter
from scipy.stats import norm
from statsmodels.tsa.statespace.sarimax import SARIMAX

from forecast.forecasters import sarima
from forecast.forecasters.sarima import Orders, Recursion

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


def table(n=200, regressors=1):
    rng = np.random.default_rng(3)
    y = np.cumsum(rng.normal(size=n)) + 3 * np.sin(np.arange(n) * np.pi / 2)
    return y, rng.normal(size=(n, regressors))


@pytest.fixture(params=ORDERS)
def process(request):
    return ORDERS[request.param], np.array(COEFFICIENTS[request.param])


def test_one_step_errors_are_those_of_a_loop(process):
    orders, coefficients = process
    y, _ = table()
    ours = sarima._filtered(
        sarima._differenced(y, np.empty((len(y), 0)), orders), orders, coefficients
    )[:, 0]
    assert_allclose(
        ours, naive.arima_errors(y, orders.order, orders.seasonal_order, coefficients), atol=1e-9
    )


def test_sensitivities_are_the_derivatives(process):
    orders, coefficients = process
    w = sarima._differenced(*table(regressors=0), orders)[:, 0]
    found = sarima._sensitivities(
        w, sarima._filtered(w, orders, coefficients), orders, coefficients
    )
    for i, column in enumerate(found.T):
        step = 1e-6 * np.eye(len(coefficients))[i]
        high, low = (sarima._filtered(w, orders, coefficients + sign * step) for sign in (1, -1))
        assert_allclose(column, (high - low) / 2e-6, atol=1e-6)


def test_free_numbers_make_stationary_and_invertible_polynomials(process):
    orders, _ = process
    free = np.random.default_rng(0).normal(0, 3, size=(50, sum(orders.sizes)))
    for coefficients in sarima._coefficients(free, orders):
        for polynomial in orders.polynomials(coefficients):
            assert (np.abs(np.roots(polynomial)) < 1).all()


def test_estimates_are_the_minimum(process):
    orders, coefficients = process
    X = np.random.default_rng(3).normal(size=(600, 1))
    recursion = Recursion.of(orders, np.append(coefficients, 1.0))
    y = lfilter(recursion.ma, recursion.ar, np.random.default_rng(4).normal(size=600))
    trend = {"c": [np.ones(len(y))], "t": [np.arange(len(y)) / 1000], "n": []}[orders.trend]
    design = np.column_stack([*trend, X])
    found = sarima.estimate(y, design, orders)

    def loss(params):
        errors = naive.arima_errors(
            y - design @ params[: design.shape[1]],
            orders.order,
            orders.seasonal_order,
            params[design.shape[1] : -1],
        )
        return errors @ errors / len(errors)

    assert_allclose(found.params[-1], loss(found.params), rtol=1e-8)
    for i in range(len(found.params) - 1):
        for step in (1e-3, -1e-3):
            moved = found.params.copy()
            moved[i] += step
            assert loss(moved) > loss(found.params) * (1 - 1e-7)


def test_estimates_are_near_those_of_the_exact_likelihood():
    rng = np.random.default_rng(0)
    e = rng.normal(size=1500)
    w = np.zeros(1500)
    for t in range(5, 1500):
        w[t] = 0.6 * w[t - 1] + e[t] + 0.3 * e[t - 1] + 0.5 * e[t - 4] + 0.15 * e[t - 5]
    orders = Orders((1, 0, 1), (0, 0, 1, 4), "n")
    found = sarima.estimate(w, np.empty((1500, 0)), orders)
    exact = SARIMAX(w, order=orders.order, seasonal_order=orders.seasonal_order).fit(disp=0)
    assert_allclose(found.params, exact.params, atol=0.01)
    assert_allclose(found.aicc, exact.aicc, atol=3)
    assert_allclose(sarima.standard_errors(w, np.empty((1500, 0)), found), exact.bse, rtol=0.1)


def test_forecasts_are_those_of_statsmodels(process):
    orders, coefficients = process
    y, _ = table(600)
    recursion = Recursion.of(orders, np.append(coefficients, 1.5))
    states = recursion.states(y, None, np.array([500, 600]))
    for row, n in enumerate((500, 600)):
        model = SARIMAX(y[:n], order=orders.order, seasonal_order=orders.seasonal_order)
        expected = model.filter(np.append(coefficients, 1.5)).get_forecast(9)
        assert_allclose(
            recursion.forecast(states[row : row + 1], 9)[0], expected.predicted_mean, rtol=1e-6
        )
        assert_allclose(recursion.variances(9), expected.var_pred_mean, rtol=1e-6)


def test_states_carry_the_filter_on(process):
    orders, coefficients = process
    y, _ = table(90)
    recursion = Recursion.of(orders, np.append(coefficients, 1.0))
    whole = recursion.states(y, None, np.array([60, 61, 90]))
    later = recursion.states(y[60:], whole[0], np.array([0, 1, 30]))
    assert_allclose(later, whole, rtol=1e-12)


def test_the_work_is_parted_into_blocks(monkeypatch, process):
    orders, coefficients = process
    y, _ = table(90)
    recursion = Recursion.of(orders, np.append(coefficients, 1.0))
    states = recursion.states(y, None, np.arange(40, 90))
    whole = recursion.forecast(states, 5)
    monkeypatch.setattr(sarima, "_BLOCK", 100)
    assert_array_equal(recursion.forecast(states, 5), whole)


def test_the_search_finds_simple_processes():
    e = np.random.default_rng(1).normal(size=2000)
    walk = 10 + np.cumsum(e)
    found, tried = sarima.search(walk, lambda _: np.empty((2000, 0)), (1, 0), 1, (3, 3, 0, 0))
    assert found.orders == Orders((0, 1, 0), (0, 0, 0, 0), found.orders.trend)
    ar = np.zeros(2000)
    for t in range(1, 2000):
        ar[t] = 0.8 * ar[t - 1] + e[t]
    design = {"c": np.ones((2000, 1)), "n": np.empty((2000, 0))}
    found, tried = sarima.search(ar, design.get, (0, 0), 1, (3, 3, 0, 0))
    assert found.orders.order == (1, 0, 0)
    assert_allclose(found.params[-2], 0.8, atol=0.05)
    assert 5 <= tried <= 20


def test_the_search_ends_where_no_neighbour_is_better():
    y, X = table(160)
    best, _ = sarima.search(y, lambda _: X, (1, 0), 4, (2, 2, 1, 1))
    for move in sarima._MOVES:
        p, q, P, Q = (a + b for a, b in zip(best.orders.sizes, move, strict=True))
        if min(p, q, P, Q) >= 0 and max(p, q) <= 2 and max(P, Q) <= 1:
            orders = Orders((p, 1, q), (P, 0, Q, 4), best.orders.trend)
            assert sarima.estimate(y, X, orders).aicc > best.aicc - 0.05


def test_aicc_counts_the_rows_that_it_is_told(process):
    orders, _ = process
    y, _ = table(120)
    design = np.column_stack(
        {"c": [np.ones(120)], "t": [np.arange(120) / 1000], "n": [np.empty((120, 0))]}[orders.trend]
    )
    found = sarima.estimate(y, design, orders, counted=50)
    errors, k = sarima.one_step_errors(y, design, found)[-50:], len(found.params)
    likelihood = norm.logpdf(errors, scale=np.sqrt(np.mean(errors**2))).sum()
    assert_allclose(found.aicc, -2 * likelihood + 2 * k + 2 * k * (k + 1) / (50 - k - 1))
    assert_allclose(found.params, sarima.estimate(y, design, orders).params)


def test_wild_first_rows_do_not_favour_models_that_leave_them_out():
    y = np.random.default_rng(0).normal(size=300)
    y[:4] *= 30
    best, _ = sarima.search(y, lambda _: np.empty((300, 0)), (0, 0), 4, (2, 2, 1, 1))
    assert best.orders.sizes[2] == 0


def test_names_of_processes_and_terms():
    orders = ORDERS["seasonal"]
    assert orders.name == "ARIMA(1,0,2)(2,0,1)[4]"
    assert orders.terms == ["ar1", "ma1", "ma2", "seasonal_ar1", "seasonal_ar2", "seasonal_ma1"]
    assert ORDERS["AR"].name == "ARIMA(2,0,0)"
    assert orders.reach == 9
