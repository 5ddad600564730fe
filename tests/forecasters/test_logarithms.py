"""Forecasters that learn logarithms: the same as the model of the logarithms, by hand."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.linear_model import PoissonRegressor, Ridge
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from forecast import ConformalForecaster, LSTMForecaster, SlidingWindow, WindowForecaster

MODELS = {
    "ridge": lambda **log: WindowForecaster(lookback=6, horizon=3, **log),
    "any regressor": lambda **log: WindowForecaster(Ridge(), lookback=6, horizon=3, **log),
    "network": lambda **log: LSTMForecaster(
        lookback=6, horizon=3, units=4, epochs=2, random_state=0, **log
    ),
}
each_model = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)


def growing(seed=0, n=90):
    """Return a series whose changes grow with its level."""
    rng = np.random.default_rng(seed)
    return np.exp(np.cumsum(rng.normal(0.05, 0.1, n)))


@each_model
def test_forecasts_are_those_of_the_logarithm(model):
    y = growing()
    ours = model().fit(y[:80])
    of_log = model(log=False).fit(np.log(y[:80]))
    assert_array_equal(ours.floor_, [[y[:80].min()]])
    # Beyond the horizon, forecasts that become history are logarithms too.
    assert_allclose(ours.predict(7), np.exp(of_log.predict(7)))
    levels = [0.1, 0.5, 0.9]
    assert_allclose(ours.predict_quantiles(7, levels), np.exp(of_log.predict_quantiles(7, levels)))
    found = ours.hindcast(None, y, [82, 85], 3)
    assert_allclose(found, np.exp(of_log.hindcast(None, np.log(y), [82, 85], 3)))
    found = ours.update(y[80:84]).predict(2)
    assert_allclose(found, np.exp(of_log.update(np.log(y[80:84])).predict(2)))


@each_model
def test_each_series_and_target_decides(model):
    moments = pd.date_range("2024", periods=90, freq="D")
    straight = np.cumsum(np.random.default_rng(1).normal(size=90)) + 100
    one = pd.DataFrame({"a": growing(), "b": straight}, index=moments)
    other = pd.DataFrame({"a": -growing(), "b": growing(2)}, index=moments)
    fitted = model().fit(pd.concat({"one": one, "other": other}))
    assert_array_equal(np.isfinite(fitted.floor_), [[True, False], [False, True]])
    forecast = fitted.forecast(3, coverage=0.9)
    assert (forecast.loc["one", "a"] > 0).all(axis=None)
    assert (forecast.loc["other", "a"] < 0).all(axis=None)
    assert_allclose(forecast.loc["one", "b"]["forecast"], straight[-1], atol=5)


@each_model
def test_only_what_is_left_without_a_logarithm_is_replaced(model):
    y = growing()
    fitted = model().fit(y)
    lowest = fitted.floor_[0, 0]
    later = y[-6:] * [1, 1, 0, 1, -1, 1]
    raised = np.where(later > 0, later, lowest)
    moments = np.arange(6)
    assert_allclose(
        fitted.hindcast(None, later, [5], 3), fitted.hindcast(None, raised, moments[-1:], 3)
    )
    # A price below all before is followed, not taken for the lowest.
    fallen = np.full(6, lowest / 4)
    assert fitted.hindcast(None, fallen, [5], 1)[0, 0] < lowest / 2


class FlatRidge(Ridge):
    """A ridge on flat windows."""

    def fit(self, X, y):
        return super().fit(X.reshape(len(X), -1), y)

    def predict(self, X):
        return super().predict(X.reshape(len(X), -1))


@pytest.mark.parametrize(
    "regressor",
    [
        MultiOutputRegressor(PoissonRegressor()),
        make_pipeline(StandardScaler(), SlidingWindow(6), FlatRidge()),
    ],
)
def test_what_has_a_unit_or_windows_of_its_own_gets_y_as_it_is(regressor):
    model = WindowForecaster(regressor, lookback=6)
    assert np.isnan(model.fit(growing()).floor_).all()


def test_positive_targets_have_positive_forecasts():
    """Variances of days: nothing may be negative, whatever was seen last."""
    rng = np.random.default_rng(4)
    variance = np.exp(np.cumsum(rng.normal(scale=0.2, size=300)) + rng.normal(size=300))
    model = MODELS["ridge"]().fit(variance[:200])
    origins = np.arange(200, 297)
    answer = model.hindcast(None, variance, origins, 3, [0.05, 0.95])
    assert (answer > 0).all()


def test_intervals_around_logarithms_can_be_calibrated():
    y = growing(n=150)
    model = ConformalForecaster(MODELS["ridge"](), horizon=3).fit(y)
    lower, upper = model.predict_interval(3).T
    assert (lower > 0).all()
    assert (lower < upper).all()


def test_without_logarithms_y_itself_is_learned():
    assert np.isnan(MODELS["ridge"](log=False).fit(growing()).floor_).all()
