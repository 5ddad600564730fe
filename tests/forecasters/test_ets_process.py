"""Forms, states and forecasts of exponential smoothing, against the recursion and statsmodels."""

import naive
import numpy as np
import pandas as pd
import pytest
from fixtures.sales import sales
from numpy.testing import assert_allclose
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

from forecast import ETSForecaster
from forecast.forecasters.ets_form import FORMS, Form
from forecast.forecasters.ets_process import ETSProcess, initial_state
from forecast.forecasters.process import Rows

WEIGHTS = np.array([0.4, 0.1, 0.2, 0.9])


def process(name, y, m=4):
    """Return a process with given weights, and its rows."""
    form = Form.of(name)
    weights = np.where(form.free_weights, WEIGHTS, [0.0, 0.0, 0.0, 1.0])
    first = initial_state(y, form, m)
    rows = Rows(y, np.arange(len(y)), np.empty((len(y), 0)))
    return ETSProcess(form, m, weights, 4e-4, first), rows


@pytest.mark.parametrize("name", FORMS)
def test_states_and_forecasts_are_those_of_the_recursion(name):
    y = sales()
    smoothing, rows = process(name, y)
    counts = np.array([0, 5, 72])
    states = smoothing.states(rows, None, counts)
    for count, state in zip(counts, states, strict=True):
        expected = naive.smooth(y[:count], name, smoothing.initial_state, *smoothing.weights)[1]
        assert_allclose(state, expected, rtol=1e-9)
    later = smoothing.states(rows.part(5, 72), states[1], counts[1:] - 5)
    assert_allclose(later, states[1:], rtol=1e-9)
    # Without errors, forecasts are observed as they are.
    mean, _ = smoothing.forecast(states[-1:], rows, np.arange(6)[None], with_variance=False)
    ahead = []
    for _ in range(6):
        extended = [*y, *ahead, 1.0]
        fitted, _ = naive.smooth(extended, name, smoothing.initial_state, *smoothing.weights)
        ahead.append(fitted[-1])
    assert_allclose(mean[0], ahead, rtol=1e-9)


@pytest.mark.parametrize("name", FORMS)
def test_paths_have_the_mean_and_the_variance_of_the_forecast(name):
    y = sales()
    smoothing, rows = process(name, y)
    states = smoothing.states(rows, None, np.array([72]))
    # Beyond one multiplicative season the variances of the textbook are approximate.
    horizon = 4 if name.endswith("M") else 6
    ahead = np.arange(horizon)[None]
    mean, variance = smoothing.forecast(states, rows, ahead, with_variance=True)
    paths = smoothing.paths(states, rows, ahead, 20_000, np.random.default_rng(0))[0]
    deviation = np.sqrt(variance[0])
    assert_allclose(paths.mean(axis=0), mean[0], atol=0.03 * deviation.max())
    assert_allclose(paths.std(axis=0), deviation, rtol=0.03)


@pytest.mark.parametrize("form", ["ANN", "AAdA"])
def test_intervals_of_additive_forms_are_those_of_statsmodels(form):
    y = sales()
    model = ETSForecaster(4, form).fit(y)
    first = model.first_state_[0][0] * model.scale_[0, 0]
    there = ETSModel(
        pd.Series(y),
        trend="add" if "Ad" in form else None,
        damped_trend="Ad" in form,
        seasonal="add" if form[-1] == "A" else None,
        seasonal_periods=4,
        initialization_method="known",
        initial_level=first[0],
        initial_trend=first[1],
        initial_seasonal=first[2:],
    )
    weights = model.weights_[0, 0][Form.of(form).free_weights]
    result = there.smooth(weights)
    assert_allclose(model.predict(9), result.forecast(9), rtol=1e-9)
    table = result.get_prediction(72, 80).summary_frame(alpha=0.1)
    interval = model.predict_interval(9, 0.9)
    width = (table["pi_upper"] - table["pi_lower"]).to_numpy()
    assert_allclose(interval[:, 1] - interval[:, 0], width, rtol=1e-6)


def test_the_initial_state_of_a_line_with_a_season_is_exact():
    t = np.arange(1, 25)
    season = np.resize([3.0, -1.0, -2.0], 24)
    found = initial_state(10 + 0.5 * t + season, Form.of("AAA"), 3)
    assert_allclose(found, [10, 0.5, 3, -1, -2], atol=1e-9)
    assert_allclose(initial_state(10 + 0.5 * t, Form.of("AAN"), 3), [10, 0.5], atol=1e-9)
    factors = np.resize([1.2, 0.9, 0.9], 24)
    found = initial_state(10 * factors, Form.of("MNM"), 3)
    assert_allclose(found, [10, 0, 1.2, 0.9, 0.9], atol=1e-9)
