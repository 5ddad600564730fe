"""Theta and Naive2."""

import naive
import numpy as np
import pandas as pd
import pytest
from fixtures.sales import sales
from numpy.testing import assert_allclose
from statsmodels.tsa.forecasting.theta import ThetaModel

from forecast import Naive2Forecaster, ThetaForecaster
from forecast.forecasters.seasonality import seasonal_indices
from forecast.forecasters.theta import linear_trend


def indices_of(y, m):
    """Return the seasonal indices of one series, one for each row."""
    indices, _ = seasonal_indices(y[:, None], m)
    return np.resize(indices[:, 0], len(y))


@pytest.mark.parametrize(("m", "theta"), [(1, 2.0), (4, 2.0), (4, 3.0)])
def test_theta_is_that_of_statsmodels(m, theta):
    y = sales()
    model = ThetaForecaster(m, theta).fit(y)
    there = ThetaModel(y, period=m, deseasonalize=m > 1).fit()
    # Found by two optimisers: equal to three digits.
    alpha = model.alpha_[0, 0]
    assert_allclose(there.params["alpha"], alpha, atol=5e-3)
    there._alpha = alpha
    there._one_step = one_step(y, m, alpha)
    assert_allclose(model.predict(9), there.forecast(9, theta=theta), rtol=1e-8)


def one_step(y, m, alpha):
    """Return the one-step forecast of simple exponential smoothing of y without its season."""
    z = y / indices_of(y, m) if m > 1 else y
    return naive.smooth(z, "ANN", [z[0], 0.0], alpha, 0.0, 0.0, 1.0)[1][:1]


def test_the_trend_is_that_of_a_line():
    y = np.column_stack([sales(), 1e6 + np.arange(72.0)])
    slopes = [np.polyfit(np.arange(72), column, 1)[0] for column in y.T]
    assert_allclose(linear_trend(y), slopes, rtol=1e-9)


def test_drift_and_sigma_are_in_the_unit_of_y():
    y = sales()
    small = ThetaForecaster(1).fit(y)
    large = ThetaForecaster(1).fit(1000 * y)
    assert_allclose(small.drift_, linear_trend(y[:, None])[None] / 2, rtol=1e-12)
    assert_allclose(large.drift_, 1000 * small.drift_, rtol=1e-9)
    assert_allclose(large.sigma_, 1000 * small.sigma_, rtol=1e-5)


def test_naive2_is_the_last_value_without_season_times_the_season():
    y = sales(70)
    indices = indices_of(y, 4)
    expected = y[-1] / indices[69] * indices[2:8]
    assert_allclose(Naive2Forecaster(4).fit(y).predict(6), expected, rtol=1e-9)


def test_naive2_without_season_is_the_last_value():
    noise = np.random.default_rng(0).normal(size=80)
    assert_allclose(Naive2Forecaster(4).fit(noise).predict(3), noise[-1], rtol=1e-9)
    short = sales(11)
    assert_allclose(Naive2Forecaster(4).fit(short).predict(3), short[-1], rtol=1e-9)


def test_a_season_is_added_where_values_are_not_positive():
    y = np.tile([3.0, -2.0, 1.0, -2.0], 20) + np.random.default_rng(0).normal(0, 0.1, 80)
    indices = indices_of(y, 4)
    assert_allclose(indices[:4], [3, -2, 1, -2], atol=0.2)
    expected = y[-1] - indices[3] + indices[:4]
    assert_allclose(Naive2Forecaster(4).fit(y).predict(4), expected, rtol=1e-9)


@pytest.mark.parametrize("forecaster", [Naive2Forecaster(5), ThetaForecaster(5)])
def test_on_a_trading_calendar_a_season_has_one_clock(forecaster):
    days = pd.bdate_range("2024-01-01", periods=260).delete([4, 60, 61, 130, 200])
    noise = np.random.default_rng(0).normal(0, 0.1, 255)
    y = pd.Series(20 + np.tile([0.0, 1.0, 2.0, 4.0, 1.0], 51) + noise, days)
    model = forecaster.fit(y[:200])
    whole = model.hindcast(None, y, [220], 5)
    assert_allclose(model.update(y[200:221]).predict(5), whole[0], rtol=1e-9)
    sentence = (
        r"the table begins at 2024-05-\d\d .*: on a trading calendar its place in the season is "
        r"known only for one that begins with the training part, at 2024-01-01"
    )
    with pytest.raises(ValueError, match=sentence):
        model.hindcast(None, y[100:], [120], 5)


def test_without_a_season_a_trading_calendar_may_begin_anywhere():
    y = pd.Series(sales(60), pd.bdate_range("2024-01-01", periods=61).delete(10))
    model = Naive2Forecaster(1).fit(y[:40])
    assert_allclose(model.hindcast(None, y[20:], [25], 2), y.iloc[45], rtol=1e-9)


def test_a_theta_below_one_is_refused():
    sentence = r"theta of ThetaForecaster must be a number of at least 1; got 0\.5"
    with pytest.raises(ValueError, match=sentence):
        ThetaForecaster(theta=0.5).fit(sales())
