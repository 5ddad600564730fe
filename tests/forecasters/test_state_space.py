"""The exact likelihood and the Kalman filter: the same numbers as statsmodels, asked directly."""

import numpy as np
import pytest
from arima_series import BETA, NO_SEASON, rows
from numpy.testing import assert_allclose
from statsmodels.tsa.statespace.sarimax import SARIMAX

from forecast.forecasters import state_space
from forecast.forecasters.arima_process import Regression
from forecast.forecasters.process import one_thread
from forecast.forecasters.sarima import Orders
from forecast.forecasters.state_space import ExactProcess

MODELS = {
    "AR with constant": (Orders((1, 0, 0), NO_SEASON, "c"), [0.7]),
    "AR without constant": (Orders((2, 0, 0), NO_SEASON, "n"), [0.6, 0.3]),
    "ARMA": (Orders((1, 0, 1), NO_SEASON, "c"), [0.7, 0.4]),
    "MA around a line": (Orders((0, 0, 2), NO_SEASON, "ct"), [0.5, -0.3]),
    "ARIMA with drift": (Orders((1, 1, 0), NO_SEASON, "t"), [0.5]),
    "twice differenced": (Orders((0, 2, 1), NO_SEASON, "n"), [-0.6]),
    "seasonal": (Orders((1, 0, 0), (1, 0, 0, 4), "c"), [0.7, 0.5]),
    "seasonal differences": (Orders((1, 0, 0), (0, 1, 1, 4), "n"), [0.7, -0.4]),
    "both differences": (Orders((0, 1, 1), (0, 1, 1, 4), "n"), [-0.4, -0.6]),
}
VARIANCE = 1.3


def exact(name, columns=True):
    """Return a process of given parameters."""
    orders, coefficients = MODELS[name]
    trend = [{"c": 50.0, "t": 30.0}[term] for term in orders.trend if term != "n"]
    beta = np.array([*trend, *(BETA if columns else [])])
    return ExactProcess(Regression(orders.trend, beta), orders, np.array([*coefficients, VARIANCE]))


def of_statsmodels(process, part):
    """Return statsmodels' filter over the rows with the parameters of a process."""
    design = part.design(process.orders.trend)
    model = SARIMAX(
        part.y,
        design if design.shape[1] else None,
        order=process.orders.order,
        seasonal_order=process.orders.seasonal_order,
    )
    params = np.concatenate([process.regression.beta, process.params])
    with one_thread():
        return model.filter(params, cov_type="none")


@pytest.mark.parametrize("plain", [True, False], ids=["alone", "columns and gaps"])
@pytest.mark.parametrize("name", MODELS)
def test_forecasts_and_variances_are_those_of_statsmodels(name, plain):
    series = rows(gaps=not plain, columns=not plain)
    process = exact(name, columns=not plain)
    states = process.states(series.part(0, 80), None, np.array([60, 80]))
    ahead = np.array([60, 80])[:, None] + np.arange(6)
    means, variances = process.forecast(states, series, ahead, True)
    for origin, mean, variance in zip([60, 80], means, variances, strict=True):
        design = series.design(process.orders.trend)[origin : origin + 6]
        expected = of_statsmodels(process, series.part(0, origin)).get_forecast(
            6, exog=design if design.shape[1] else None
        )
        assert_allclose(mean, expected.predicted_mean, rtol=1e-6)
        assert_allclose(variance, expected.var_pred_mean, rtol=1e-6)


@pytest.mark.parametrize("name", ["ARMA", "both differences"])
def test_states_carry_the_filter_on(name):
    series, process = rows(gaps=True), exact(name)
    whole = process.states(series, None, np.array([60, 61, 90]))
    later = process.states(series.part(60, 90), whole[0], np.array([0, 1, 30]))
    assert_allclose(later, whole, rtol=1e-9)


def test_nothing_happens_where_blocks_meet(monkeypatch):
    series, process = rows(gaps=True), exact("both differences")
    counts = np.arange(91)
    whole = process.states(series, None, counts)
    monkeypatch.setattr(state_space, "_BLOCK", 16)
    assert_allclose(process.states(series, None, counts), whole, rtol=1e-9)


@pytest.mark.parametrize("name", ["AR with constant", "both differences"])
def test_paths_after_gaps_are_as_wide_as_the_variances(name):
    series, process = rows(), exact(name)
    series.y[-15:] = np.nan
    states = process.states(series, None, np.array([86]))
    ahead = np.array([[86, 87, 88, 89]])
    mean, variance = process.forecast(states, series, ahead, True)
    paths = process.paths(states, series, ahead, 20_000, np.random.default_rng(0))
    assert paths.shape == (1, 20_000, 4)
    assert_allclose(paths.mean(axis=1), mean, atol=0.1)
    assert_allclose(paths.var(axis=1), variance, rtol=0.05)
