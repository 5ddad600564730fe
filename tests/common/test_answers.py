"""Shapes of the answers, quantiles, intervals and tables of forecasts."""

import numpy as np
import pandas as pd
import pytest
from cases import HORIZON, LOCAL, REPRESENTATIVES, ROWS, for_cases, fresh, near
from numpy.testing import assert_array_equal

# Shape


def test_predict_answers_one_value_for_each_row(model, X):
    for n in (1, 2, 5):
        answer = model.predict(X[ROWS : ROWS + n])
        assert answer.shape == (n,)
        assert answer.dtype == np.float64
        assert np.isfinite(answer).all()
    assert model.predict_quantiles(X[ROWS:]).shape == (12, 3)
    assert model.predict_quantiles(X[ROWS:], [0.5]).shape == (12, 1)
    assert model.predict_interval(X[ROWS:]).shape == (12, 2)


def test_hindcast_is_nan_exactly_where_history_is_short(name, model, X, y):
    origins, steps = np.arange(12)[:, None], np.arange(1, 5)
    if name == "NaiveForecaster-seasonal":
        short = origins + steps - 3 * np.ceil(steps / 3) < 0
    elif name in (
        "NaiveForecaster-drift",
        "ThetaForecaster",
        "Naive2Forecaster",
        "GARCHForecaster",
        "CrostonForecaster-sba",
        "CrostonForecaster-tsb",
    ):
        short = origins < 0
    elif name.startswith(("ETSForecaster", "Ensemble", "Pretrained")):
        short = origins < 7  # a line through eight rows
    elif name in ("ARIMAForecaster", "TransformedTargetForecaster-log"):
        short = origins < 1  # one lag
    elif name in ("ARIMAForecaster-seasonal", "ARIMAForecaster-css"):
        short = origins < 4  # one lag of seasonal differences
    elif name == "AutoARIMAForecaster":
        short = origins < model.orders_[0][0].reach
    else:
        short = origins < 3  # lookback is 4
    answer = model.hindcast(X, y, origins[:, 0], 4, quantiles=[0.2, 0.5])
    assert answer.shape == (12, 4, 3)
    assert_array_equal(
        np.isnan(answer), np.broadcast_to(short, (12, 4))[..., None].repeat(3, axis=2)
    )


def test_several_targets(name, X, y):
    both = pd.DataFrame({"north": y, "south": 50 - y**2 / 30})
    model = fresh(name).fit(X[:ROWS], both[:ROWS])
    assert model.predict(X[ROWS:]).shape == (12, 2)
    assert model.predict_quantiles(X[ROWS:], [0.2, 0.5, 0.8]).shape == (12, 2, 3)
    assert model.predict_interval(X[ROWS:]).shape == (12, 2, 2)
    answer = model.hindcast(X, both, [20, ROWS + 1], HORIZON)
    assert answer.shape == (2, HORIZON, 2)
    assert model.hindcast(X, both, [20], HORIZON, [0.4]).shape == (1, HORIZON, 2, 2)
    model.update(X[ROWS : ROWS + 2], both[ROWS : ROWS + 2])
    near(model.predict(X[ROWS + 2 : ROWS + 5]), answer[1])
    frame = model.forecast(X[ROWS + 2 : ROWS + 5], 0.8)
    assert list(frame.columns) == [
        (t, c) for t in ("north", "south") for c in ("forecast", "lower", "upper")
    ]
    near(frame[("south", "forecast")], answer[1, :, 1])


@for_cases(LOCAL)
def test_targets_with_models_of_their_own_do_not_see_each_other(name, model, X, y):
    both = np.column_stack([50 - y**2 / 30, y])
    answer = fresh(name).fit(X[:ROWS], both[:ROWS]).predict(X[ROWS : ROWS + 3])
    near(answer[:, 1], model.predict(X[ROWS : ROWS + 3]))


def test_a_single_target_in_a_column_keeps_its_axis(name, model, X, y):
    column = fresh(name).fit(X[:ROWS], y[:ROWS].to_frame())
    near(column.predict(X[ROWS:]), model.predict(X[ROWS:])[:, None])
    near(column.hindcast(X, y.to_frame(), [20], 3), model.hindcast(X, y, [20], 3)[..., None])
    assert list(column.forecast(X[ROWS:]).columns) == [("temp", "forecast")]


# Intervals and tables


def test_quantiles_never_cross_and_intervals_are_nested(model, X):
    quantiles = model.predict_quantiles(X[ROWS:], [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99])
    assert np.isfinite(quantiles).all()
    assert (np.diff(quantiles, axis=1) >= 0).all()
    assert (quantiles[:, -1] > quantiles[:, 0]).all()
    wide, narrow = model.predict_interval(X[ROWS:], 0.9), model.predict_interval(X[ROWS:], 0.5)
    assert (wide[:, 0] <= narrow[:, 0]).all()
    assert (narrow[:, 0] <= narrow[:, 1]).all()
    assert (narrow[:, 1] <= wide[:, 1]).all()
    near(model.predict_interval(X[ROWS:], 0.8), model.predict_quantiles(X[ROWS:], [0.1, 0.9]))


@for_cases(REPRESENTATIVES)
@pytest.mark.parametrize("quantiles", [[0.0, 0.5], [0.5, 1.0], [0.9, 0.1], [0.5, 0.5], [np.nan]])
def test_quantiles_that_are_none_are_refused(model, X, quantiles):
    with pytest.raises(
        ValueError, match="quantiles must be ascending numbers between 0 and 1; got"
    ):
        model.predict_quantiles(X[ROWS:], quantiles)


@for_cases(REPRESENTATIVES)
@pytest.mark.parametrize("coverage", [0, 1, 1.5, -0.2, np.nan])
def test_coverage_that_is_none_is_refused(model, X, coverage):
    with pytest.raises(
        ValueError, match=f"coverage must be a number above 0 and below 1; got {coverage!r}"
    ):
        model.forecast(X[ROWS:], coverage=coverage)


@for_cases(REPRESENTATIVES)
def test_forecast_is_a_table_of_predict_and_predict_interval(model, X):
    future = X[ROWS : ROWS + 4]
    alone, whole = model.forecast(future), model.forecast(future, coverage=0.8)
    assert list(alone.columns) == ["forecast"]
    assert list(whole.columns) == ["forecast", "lower", "upper"]
    assert whole.index.equals(future.index)
    assert_array_equal(alone["forecast"], model.predict(future))
    assert_array_equal(whole["forecast"], model.predict(future))
    assert_array_equal(whole[["lower", "upper"]], model.predict_interval(future, 0.8))
