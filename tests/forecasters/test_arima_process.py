"""The process that answers by its difference equation: against the Kalman filter."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from forecast.forecasters.arima_process import ConditionalProcess, Regression
from forecast.forecasters.process import Rows
from forecast.forecasters.sarima import DifferenceEquation, Orders
from forecast.forecasters.state_space import ExactProcess

MODELS = {
    "ARMA with constant": (Orders((1, 0, 1), (0, 0, 0, 0), "c"), [0.7, 0.4]),
    "MA around a line": (Orders((0, 0, 2), (0, 0, 0, 0), "ct"), [0.5, -0.3]),
    "ARIMA with drift": (Orders((1, 1, 1), (0, 0, 0, 0), "t"), [0.5, 0.3]),
    "seasonal": (Orders((1, 0, 0), (1, 0, 0, 4), "c"), [0.7, 0.5]),
    "both differences": (Orders((0, 1, 1), (0, 1, 1, 4), "n"), [-0.4, -0.3]),
}


@pytest.fixture(params=MODELS)
def processes(request):
    """Return the same process, answering by the difference equation and by the Kalman filter."""
    orders, coefficients = MODELS[request.param]
    trend = [{"c": 5.0, "t": 30.0}[term] for term in orders.trend if term != "n"]
    regression = Regression(orders.trend, np.array([*trend, 2.0]))
    params = np.array([*coefficients, 1.3])
    equation = DifferenceEquation.of(orders, params)
    conditional = ConditionalProcess(regression, equation, orders.reach)
    return conditional, ExactProcess(regression, orders, params)


@pytest.fixture
def rows():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 1))
    return Rows(np.cumsum(rng.normal(size=200)) + 2 * X[:, 0], np.arange(200), X)


def test_both_processes_forecast_alike_far_from_the_beginning(processes, rows):
    ahead = np.array([150, 190])[:, None] + np.arange(8)
    answers = []
    for process in processes:
        states = process.states(rows, None, ahead[:, 0])
        answers.append(process.forecast(states, rows, ahead, True))
        assert process.reach == processes[0].reach
    assert_allclose(answers[0], answers[1], rtol=1e-6)


def test_no_variance_where_none_is_asked_for(processes, rows):
    ahead = np.array([[150, 151]])
    for process in processes:
        states = process.states(rows, None, ahead[:, 0])
        mean, variance = process.forecast(states, rows, ahead, False)
        assert_allclose(variance, np.zeros((1, 2)))
        assert_allclose(mean, process.forecast(states, rows, ahead, True)[0])


def test_paths_have_the_mean_and_the_variance_of_the_forecast(processes, rows):
    process, _ = processes
    ahead = np.array([[150, 151, 152, 153]])
    states = process.states(rows, None, ahead[:, 0])
    mean, variance = process.forecast(states, rows, ahead, True)
    paths = process.paths(states, rows, ahead, 20_000, np.random.default_rng(0))
    assert paths.shape == (1, 20_000, 4)
    assert_allclose(paths.mean(axis=1), mean, atol=0.1)
    assert_allclose(paths.var(axis=1), variance, rtol=0.05)


def test_the_regression_parts_y_into_level_and_errors(rows):
    regression = Regression("ct", np.array([5.0, 30.0, 2.0]))
    expected = [5 + 30 * t / 1000 + 2 * x for t, x in zip(rows.ticks, rows.X[:, 0], strict=True)]
    assert_allclose(regression.level(rows), expected)
    assert_allclose(regression.level(rows) + regression.errors(rows), rows.y)
