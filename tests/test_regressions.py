"""Faults found once by reading: none of them may come back."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from sklearn.compose import TransformedTargetRegressor, make_column_transformer
from sklearn.decomposition import PCA
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from forecast import (
    ARIMAForecaster,
    LSTMForecaster,
    LSTMRegressor,
    NaiveForecaster,
    RollingOrigin,
    SlidingWindow,
    WindowForecaster,
    backtest,
)
from forecast.cli.main import main

TINY = LSTMRegressor(units=3, epochs=1, random_state=0)


def table(n=80):
    t = np.arange(n)
    times = pd.date_range("2024-01-01", periods=n, freq="h")
    X = pd.DataFrame({"seen": np.sin(t), "plan": np.cos(t / 2)}, index=times)
    return X, pd.Series(np.sin(t / 3) + 0.1 * t, index=times, name="y")


def test_a_transformer_that_moves_columns_shows_no_future():
    X, y = table()
    mover = make_column_transformer((StandardScaler(), [1]), remainder="passthrough")
    model = WindowForecaster(
        make_pipeline(mover, SlidingWindow(4), TINY), lookback=4, horizon=2
    ).fit(X[:60], y[:60])
    later = y.copy()
    later[61:] += 100.0
    assert_allclose(model.hindcast(X, later, [60], 2), model.hindcast(X, y, [60], 2))


def test_a_transformer_that_takes_no_nan_forecasts_all_the_same():
    X, y = table()
    model = WindowForecaster(
        make_pipeline(PCA(2), SlidingWindow(4), TINY),
        lookback=4,
        horizon=2,
        past_features=["seen", "plan"],
    ).fit(X[:60], y[:60])
    assert np.isfinite(model.predict(2)).all()


@pytest.mark.parametrize(
    "regressor",
    [
        TransformedTargetRegressor(TINY, transformer=None),
        make_pipeline(SlidingWindow(6), TransformedTargetRegressor(TINY)),
    ],
    ids=["wrapped", "behind a window"],
)
def test_a_wrapped_regressor_of_tensors_gets_tensors(regressor):
    X, y = table()
    model = WindowForecaster(regressor, lookback=6, horizon=2, past_features=["seen", "plan"]).fit(
        X[:60], y[:60]
    )
    architecture = model.regressors_[0].regressor_.architecture_
    assert (architecture.timesteps, architecture.channels) == (6, 3)


def test_a_holiday_after_the_training_part_is_no_step():
    days = pd.bdate_range("2003-05-01", periods=60).delete(46)  # closed on the day after the cutoff
    y = pd.Series(np.arange(59.0) ** 1.5, index=days)
    model = NaiveForecaster(drift=True).fit(y[:46])
    assert_allclose(model.predict(days[46:49]), model.predict(3))
    assert_allclose(model.predict(days[46:49]), model.hindcast(None, y, [45], 3)[0])


def test_series_that_end_early_are_scored_as_far_as_they_go():
    X, y = table(60)
    short = 57
    both = pd.concat({"a": y, "b": y[:short] * 2}, names=["series", "timestamp"])
    plan = pd.concat({"a": X[["plan"]], "b": X[["plan"]][:short]}, names=["series", "timestamp"])
    result = backtest(
        WindowForecaster(Ridge(), lookback=4, horizon=5), plan, both, cv=RollingOrigin(5, 3)
    )
    rows = result.forecasts.groupby("series", observed=True).size()
    assert rows["a"] == 15
    assert rows["b"] == 12
    assert result.forecasts["forecast"].notna().all()


def test_the_index_of_y_counts_where_that_of_x_says_nothing():
    _, y = table(40)
    both = pd.concat({"a": y, "b": y * 2}, names=["series", "timestamp"])
    X = pd.DataFrame({"plan": np.arange(80.0)})
    result = backtest(NaiveForecaster(), X, both, cv=RollingOrigin(2, 3))
    assert sorted(result.forecasts["series"].unique()) == ["a", "b"]


def test_a_splitter_asks_for_no_series_that_begins_later():
    _, y = table(40)
    both = pd.concat({"a": y, "b": y[35:]}, names=["series", "timestamp"])
    for train, test in RollingOrigin(2, 2).split(both):
        assert set(both.index[test].get_level_values(0)) <= set(
            both.index[train].get_level_values(0)
        )


@pytest.mark.parametrize(
    "model",
    [
        WindowForecaster(lookback=4, horizon=2, validation_fraction=0.0),
        LSTMForecaster(4, 2, units=3, epochs=1, validation_fraction=0.0, random_state=0),
    ],
    ids=lambda model: type(model).__name__,
)
def test_intervals_without_a_validation_part_come_from_all_errors(model):
    _, y = table()
    lower, upper = model.fit(y).predict_interval(2).T
    assert (lower < upper).all()


def test_a_series_of_two_rows_does_not_stop_its_panel():
    months = pd.date_range("2020-01-01", periods=24, freq="MS")
    y = pd.concat(
        {"a": pd.Series(np.arange(24.0), months), "b": pd.Series([1.0, 2.0], months[-2:])}
    )
    assert_allclose(NaiveForecaster().fit(y).predict(1), [23.0, 2.0])


def test_a_constant_column_is_a_constant_whatever_its_rounding():
    X, y = table()
    X["plan"] = 0.1
    model = LSTMForecaster(
        4, 2, units=3, epochs=1, past_features=["seen", "plan"], random_state=0
    ).fit(X, y)
    assert model.scale_[0, 2] == 0.0


def test_beyond_the_learned_horizon_intervals_only_widen():
    _, y = table(200)
    model = WindowForecaster(lookback=8, horizon=3).fit(
        y + np.random.default_rng(0).normal(size=200)
    )
    lower, upper = model.predict_interval(12).T
    width = (upper - lower).reshape(4, 3)
    assert (np.diff(width[:, -1]) > 0).all()
    assert (width[1:, 0] > width[:-1, -1]).all()


def test_a_line_is_continued_by_update_and_by_hindcast_alike():
    _, y = table()
    model = ARIMAForecaster((1, 0, 0), trend="ct").fit(y[:60])
    hindcast = model.hindcast(None, y, [69], 3)[0]
    assert_allclose(model.update(y[60:70]).predict(3), hindcast, rtol=1e-6)


def test_the_command_draws_a_forecaster_that_needs_future_rows(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    t = np.arange(60)
    days = pd.DataFrame(
        {
            "day": pd.date_range("2024-01-01", periods=60),
            "promo": (t % 9 < 3) * 1.0,
            "sales": t % 7.0,
        }
    )
    days[:50].to_csv("seen.csv", index=False)
    days[50:].drop(columns="sales").to_csv("next.csv", index=False)
    learn = "fit seen.csv --target sales --future promo --model ridge --horizon 5 --save m --quiet"
    assert main(learn.split()) == 0
    assert main(["plot", "m", "-o", "a.png"]) == 2
    assert main(["plot", "m", "next.csv", "-o", "a.png"]) == 0
    assert (tmp_path / "a.png").exists()
