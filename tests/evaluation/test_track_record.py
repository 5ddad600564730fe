"""Forecasts that were made, laid out beside what came as a backtest lays them out."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from forecast import NaiveForecaster, RollingOrigin, backtest, track_record

DAYS = pd.date_range("2024-01-01", periods=30, name="day")
Y = pd.Series(np.random.default_rng(0).normal(size=30).cumsum(), DAYS, name="sales")


def made(y, lengths, horizon=2):
    return {str(n): NaiveForecaster().fit(y[:n]).forecast(horizon, coverage=0.9) for n in lengths}


@pytest.mark.parametrize(
    "y",
    [
        Y,
        Y.tz_localize("Europe/Berlin"),
        Y.set_axis(pd.period_range("2020-01", periods=30, freq="M")),
        Y.set_axis(range(30)),
        Y.set_axis(pd.bdate_range("2024-01-01", periods=30)),
        Y.set_axis(pd.date_range("2024-03-30", periods=30, freq="h", tz="Europe/Berlin")),
        Y.rename(None),
    ],
    ids=["days", "zone", "months", "rows", "weekdays", "hours", "nameless"],
)
def test_it_is_the_table_that_a_backtest_would_have_made(y):
    record = track_record(made(y, (24, 26, 28)), y)
    cv = RollingOrigin(horizon=2, origins=3)
    models = {"made": NaiveForecaster()}
    expected = backtest(models, y, cv=cv, refit="always", quantiles=(0.05, 0.95)).forecasts
    pd.testing.assert_frame_equal(
        record, expected, check_dtype=False, check_categorical=False, rtol=1e-9
    )


def test_series_have_their_own_rows_and_what_has_not_come_is_missing():
    two = pd.concat({"a": Y, "b": 2 * Y[:29]}, names=["shop", "day"])
    known = two[two.index.get_level_values(1) <= DAYS[27]]
    forecast = NaiveForecaster().fit(known).forecast(2)
    record = track_record({"one": forecast}, two)
    assert record["series"].tolist() == ["a", "a", "b", "b"]
    assert record["step"].tolist() == [1, 2, 1, 2]
    assert record["actual"].isna().tolist() == [False, False, False, True]


def test_without_all_intervals_there_are_no_quantiles():
    forecasts = made(Y, (24, 26))
    forecasts["26"] = forecasts["26"][["forecast"]]
    assert list(track_record(forecasts, Y).columns)[-1] == "forecast"


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({}, "there is no forecast that was made"),
        ({"f.csv": Y.to_frame("x")}, "f.csv holds no forecast: it needs rows, and a column"),
        ({"f.csv": Y[:2].to_frame("forecast").iloc[[0, 0]]}, "twice"),
        (
            {"a": Y[20:22].to_frame("forecast"), "b": Y[20:22].to_frame("forecast")},
            "b is a second forecast from 2024-01-20",
        ),
        ({"a": pd.concat({"x": Y}).to_frame("forecast")}, "a forecasts several series, but"),
        ({"a": Y.set_axis(range(30)).to_frame("forecast")}, "a: "),
    ],
)
def test_what_is_no_forecast_of_these_actuals_is_refused(tables, words):
    with pytest.raises(ValueError, match=words):
        track_record(tables, Y)


def test_a_series_without_actuals_is_refused():
    two = pd.concat({"a": Y, "b": Y})
    with pytest.raises(ValueError, match="'c', of which there is no actual"):
        track_record({"f": pd.concat({"c": Y}).to_frame("forecast")}, two)


def test_a_series_that_has_ended_is_forecast_from_its_own_end():
    y = pd.concat({"open": Y, "closed": Y[:20]}, names=["series", "timestamp"])
    seen = y[y.index.get_level_values(1) < Y.index[27]]
    record = track_record({"a.csv": NaiveForecaster().fit(seen).forecast(3)}, y)
    closed = record[record["series"] == "closed"]
    assert_array_equal(closed["step"], [1, 2, 3])
    assert closed["actual"].isna().all()
    assert_array_equal(record["origin"].unique(), Y.index[[26]])
    assert_allclose(record.loc[record["series"] == "open", "actual"], Y[27:])
