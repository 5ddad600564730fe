"""The wall clock: where clocks change, forecasts are those of a table by the clock.

The table has two series: over the first clocks go forward soon after the training part, over the
second they go back.
"""

from copy import deepcopy
from functools import cache

import naive as oracle
import numpy as np
import pandas as pd
import pytest
from cases import CASES, HORIZON, ROWS, for_cases, fresh, near, table
from numpy.testing import assert_allclose
from shop import command, scores_of
from sklearn.base import clone

from forecast import (
    AutoARIMAForecaster,
    ConformalForecaster,
    EnsembleForecaster,
    ETSForecaster,
    LSTMForecaster,
    Naive2Forecaster,
    NaiveForecaster,
    RollingOrigin,
    ThetaForecaster,
    WindowForecaster,
    backtest,
    fourier_terms,
    save,
)
from forecast import load as loaded

CHANGE = ROWS + 4  # the first row after the hour that was left out, or the second of the twins
LENGTH = ROWS + 12
LEVELS = [0.2, 0.9]
HOUR = pd.Timedelta("1h")
# One or two of each kind: what the base class does for all alike takes long to show for all.
ON_A_CLOCK = [
    "NaiveForecaster-seasonal",
    "ARIMAForecaster",
    "ARIMAForecaster-css",
    "ETSForecaster",
    "ThetaForecaster",
    "CrostonForecaster-tsb",
    "WindowForecaster-Ridge-columns",
    "HARForecaster",
    "EnsembleForecaster",
    "ConformalForecaster-adaptive",
    "TransformedTargetForecaster-log",
    "LSTMForecaster-lstm",
]


def hours_over(change, zone="Europe/Berlin"):
    """Return hours of which row `CHANGE` is a moment."""
    begin = pd.Timestamp(change).tz_localize("UTC") - CHANGE * HOUR
    return pd.date_range(begin, periods=LENGTH, freq="h").tz_convert(zone)


SERIES = {
    "forward": hours_over("2024-03-31 01:00"),
    "back": hours_over("2024-10-27 01:00"),
}


@cache
def two_series(name):
    """Return X and y of both series."""
    parts = [table(CASES[name].columns, index=index, seed=7) for index in SERIES.values()]
    levels = {"keys": list(SERIES), "names": ["series", "timestamp"]}
    return pd.concat([X for X, _ in parts], **levels), pd.concat([y for _, y in parts], **levels)


def rows(begin, end):
    """Return where the rows of this place in each series stand in the table."""
    return np.concatenate([np.arange(begin, end), LENGTH + np.arange(begin, end)])


@cache
def learned(name):
    """Return the forecaster of a case after it has learned both series; nobody may change it."""
    X, y = two_series(name)
    return fresh(name).fit(X.iloc[rows(0, ROWS)], y.iloc[rows(0, ROWS)])


@pytest.fixture
def model(name):
    return deepcopy(learned(name))


@for_cases(ON_A_CLOCK)
def test_hindcast_equals_updating_and_predicting(name, model):
    X, y = two_series(name)
    stride = 2  # it ends between the twins
    origins = range(ROWS - 1 + stride, CHANGE + 4, stride)
    both = np.concatenate([rows(origin, origin + 1) for origin in origins])
    expected = model.hindcast(X, y, both, HORIZON, quantiles=LEVELS)
    for origin, answer in zip(origins, np.split(expected, len(origins)), strict=True):
        new = rows(origin - stride + 1, origin + 1)
        model.update(X.iloc[new], y.iloc[new])
        future = X.iloc[rows(origin + 1, origin + 1 + HORIZON)]
        near(model.predict(future), answer[..., 0].ravel())
        near(model.predict_quantiles(future, LEVELS), answer[..., 1:].reshape(-1, 2))


@for_cases(ON_A_CLOCK)
def test_nothing_after_an_origin_is_read(name, model):
    X, y = two_series(name)
    for origin in range(CHANGE - 3, CHANGE + 2):
        both = rows(origin, origin + 1)
        before = model.hindcast(X, y, both, HORIZON)
        assert np.isfinite(before).all()
        X_changed, y_changed = X.copy(), y.copy()
        y_changed.iloc[rows(origin + 1, LENGTH)] = 777.0
        for column, known in (("seen", 0), ("known", HORIZON)):
            if column in X:
                changed = rows(origin + known + 1, LENGTH)
                X_changed.iloc[changed, X.columns.get_loc(column)] = 777.0
        near(model.hindcast(X_changed, y_changed, both, HORIZON), before)


def by_clock(name):
    """Return X and y of both series by the clock, of a dictionary of times."""
    X, y = two_series(name)
    y_parts = {series: pd.Series(oracle.by_wall_clock(y[series], HOUR)) for series in SERIES}
    X_parts = {}
    for series, times in y_parts.items():
        # Of each time the features of its first moment count.
        parts = X.loc[series].set_axis(SERIES[series].tz_localize(None))
        first = parts[~parts.index.duplicated()]
        X_parts[series] = first.reindex(times.index).interpolate(method="linear")
    names = ["series", "timestamp"]
    return pd.concat(X_parts, names=names), pd.concat(y_parts, names=names).rename(y.name)


@for_cases(ON_A_CLOCK)
def test_forecasts_are_those_of_a_table_by_the_clock(name, model):
    X, y = two_series(name)
    X_clock, y_clock = by_clock(name)
    # No clock has changed yet in the training part.
    end = {series: index[ROWS - 1].tz_localize(None) for series, index in SERIES.items()}
    is_training = [time <= end[series] for series, time in y_clock.index]
    other = fresh(name).fit(X_clock[is_training], y_clock[is_training])
    origin = CHANGE + 2
    answer = model.hindcast(X, y, rows(origin, origin + 1), HORIZON, quantiles=LEVELS)
    same = [(series, index[origin].tz_localize(None)) for series, index in SERIES.items()]
    near(other.hindcast(X_clock, y_clock, same, HORIZON, quantiles=LEVELS), answer)
    # From before the change: the hour that was left out is passed over, the other comes twice.
    before = (("forward", CHANGE - 1, [2, 3, 4]), ("back", CHANGE - 2, [1, 1, 2]))
    for series, origin, steps in before:
        place = X.index.get_loc((series, SERIES[series][origin]))
        answer = model.hindcast(X, y, [place], HORIZON, quantiles=LEVELS)
        same = [(series, SERIES[series][origin].tz_localize(None))]
        found = other.hindcast(X_clock, y_clock, same, max(steps), quantiles=LEVELS)
        near(found[:, np.array(steps) - 1], answer)


# Two years of a load that follows the clock: four changes. Forecasters learn the first eight weeks.

YEARS = pd.date_range("2023-01-01", "2025-01-01", freq="h", tz="Europe/Berlin", inclusive="left")
CHANGES = pd.to_datetime(["2023-03-26", "2023-10-29", "2024-03-31", "2024-10-27"])
DAYS = {
    "seasonal naive": NaiveForecaster(24),
    "Naive2": Naive2Forecaster(),
    "ETS": ETSForecaster(),
    "Theta": ThetaForecaster(),
    "ridge": WindowForecaster(lookback=48, horizon=24),
    "ridge with waves": WindowForecaster(lookback=4, horizon=24),
    "AutoARIMA": AutoARIMAForecaster(max_order=(1, 0, 1), max_seasonal_order=(1, 1, 0)),
    "ensemble": EnsembleForecaster([NaiveForecaster(24), ThetaForecaster()]),
    "conformal": ConformalForecaster(NaiveForecaster(24), horizon=24),
    "LSTM": LSTMForecaster(48, 24, units=3, epochs=3, random_state=0),
    "LSTM with calendar": LSTMForecaster(
        4, 24, units=3, epochs=3, calendar=["hour"], random_state=0
    ),
}


@cache
def load():
    """Return hours of a load: a daily round, and noise."""
    hour = np.arange(24)
    daily = 10 * np.sin(2 * np.pi * hour / 24) + 6 * np.exp(-((hour - 8.0) ** 2) / 4)
    noise = np.random.default_rng(0).normal(size=len(YEARS))
    return pd.Series(50 + daily[YEARS.hour] + noise, YEARS)


@pytest.mark.usefixtures("trained")
@pytest.mark.parametrize("model", DAYS)
def test_days_after_a_change_are_forecast_as_well_as_others(model):
    y = load()
    X = fourier_terms(YEARS, "24h", 6) if "waves" in model else None
    n = 8 * 7 * 24
    forecaster = clone(DAYS[model]).fit(None if X is None else X[:n], y[:n])
    # From each midnight, the next day.
    origins = np.flatnonzero((YEARS.hour == 23) & (np.arange(len(y)) > n))[:-2]
    forecast = forecaster.hindcast(X, y, origins, 23)
    actual = y.to_numpy()[origins[:, None] + np.arange(1, 24)]
    error = np.abs(actual - forecast).mean(axis=1)
    # The day of the change, and the day after.
    day = YEARS[origins + 1].tz_localize(None).normalize()
    is_near = day.isin(CHANGES) | day.isin(CHANGES + pd.Timedelta("1D"))
    assert is_near.sum() == 8
    assert_allclose(error[is_near].mean() / error[~is_near].mean(), 1.0, atol=0.2)


CUTS = RollingOrigin(horizon=24, origins=4, step=24)


def last_days():
    """Return the days of the last load that end after the clock went back."""
    return load()["2024-10-15":"2024-10-29"]


def test_a_backtest_goes_by_the_clock():
    y = last_days()
    table = backtest(NaiveForecaster(24), y, cv=CUTS).forecasts
    for origin, rows_ahead in table.groupby("origin", observed=True):
        shown = oracle.by_wall_clock(y[:origin], HOUR)
        expected = oracle.clock_naive(shown, 24 * HOUR, rows_ahead["timestamp"])
        assert_allclose(rows_ahead["forecast"], expected)


def test_the_command_goes_by_the_clock_of_the_time_zone(tmp_path):
    y = last_days().round(3).rename_axis("time").rename("load")
    y.tz_convert("UTC").to_csv(tmp_path / "load.csv")
    flags = "--models seasonal --horizon 24 --origins 4 --step 24 --format csv"
    in_berlin, in_utc = (
        command("backtest", tmp_path / "load.csv", "--time-zone", zone, *flags.split())
        for zone in ("Europe/Berlin", "UTC")
    )
    expected = backtest(NaiveForecaster(24), y, cv=CUTS).scores()["mae"]
    assert_allclose(scores_of(in_berlin.out)["mae"], expected, rtol=1e-4)
    # In UTC the season of one day is an hour beside that of the day before.
    assert (scores_of(in_utc.out)["mae"] > 1.1 * expected.item()).all()


@pytest.mark.parametrize("hours", [1, 2])
def test_a_saved_forecaster_goes_on_by_the_clock(tmp_path, hours):
    y = last_days()
    # It ends with the first, or with the second, 02:00.
    n = y.index.get_loc("2024-10-27 01:00") + 1 + hours
    model = ConformalForecaster(ThetaForecaster(), 24, "adaptive").fit(y[:n])
    again = loaded(save(model, tmp_path / "model.seqcast"))
    rest = y[n:]
    for each in (model, again):
        each.update(rest[:2])
    assert_allclose(again.predict_interval(24), model.predict_interval(24), rtol=1e-12)
    assert again.forecast(24).index.equals(rest.index[2:26])
