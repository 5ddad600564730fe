"""What is drawn before a forecast: how far back, and where its lines begin."""

import numpy as np
import pandas as pd
import pytest
from artists import INDEXES, forecast_of, lines
from numpy.testing import assert_allclose

from forecast import ForecastDisplay, NaiveForecaster

FORECAST, Y = forecast_of()


@pytest.mark.parametrize("how", ["later", "unknown", "no history"])
def test_nothing_is_joined_where_the_last_value_before_is_not_known(how):
    history, length = Y.copy(), None
    if how == "later":
        history = Y.iloc[:-7]
    elif how == "unknown":
        history.iloc[-7] = np.nan
    else:
        length = 0
    axis = ForecastDisplay(FORECAST, history).plot(history_length=length).ax_
    assert_allclose(lines(axis)["forecast"].get_ydata(), FORECAST["forecast"])


def test_a_forecast_is_joined_over_a_weekend_and_over_months():
    for index in (pd.bdate_range("2024-03-04", periods=60), INDEXES["periods"]):
        forecast, y = forecast_of(index)
        axis = ForecastDisplay(forecast, y).plot().ax_
        assert lines(axis)["forecast"].get_ydata()[0] == y.iloc[-7]


def test_what_a_forecaster_has_kept_is_its_history():
    y = pd.Series(np.cos(np.arange(500.0)), index=pd.RangeIndex(500))
    for model in (NaiveForecaster(), NaiveForecaster(300)):
        axis = ForecastDisplay.from_forecaster(model.fit(y), 10).ax_
        assert_allclose(lines(axis)["history"].get_ydata(), y.iloc[-70:])
    given = ForecastDisplay.from_forecaster(model, 10, history=y.iloc[-5:]).ax_
    assert_allclose(lines(given)["history"].get_ydata(), y.iloc[-5:])
