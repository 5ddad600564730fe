"""Seasons, trend and outliers of simulated series."""

import numpy as np
import pandas as pd
from analyst_files import SPIKE, spare_parts, store_sales, visits
from numpy.testing import assert_allclose
from statsmodels.tsa.seasonal import STL

from forecast.profiling.close_look import look_closely
from forecast.profiling.series_table import SeriesTable


def looked_at(frame):
    return look_closely(SeriesTable.from_frame(frame), 0)


def test_a_planted_spike_is_the_only_outlier():
    days = visits().set_index("date")[["visits"]].asfreq("D")
    close = looked_at(days)
    assert [outlier.moment for outlier in close.outliers] == [days.index[SPIKE]]
    spike = close.outliers[0]
    assert_allclose(spike.value - spike.expected, 500, atol=60)
    assert spike.to_dict()["timestamp"] == "2022-10-28T00:00:00"


def test_the_strength_of_a_season_is_that_of_stl():
    rng = np.random.default_rng(0)
    days = pd.date_range("2024-01-01", periods=700)
    week = 5 * np.sin(2 * np.pi * np.arange(700) / 7)
    y = week + rng.normal(0, 2, 700)
    close = looked_at(pd.DataFrame({"y": y}, days))
    season = close.seasons[0]
    assert (season.rows, season.name, season.series) == (7, "week", 1)
    parts = STL(y, period=7, seasonal=11).fit()
    strength = 1 - np.var(parts.resid) / np.var(parts.seasonal + parts.resid)
    assert_allclose(season.strength, strength, atol=0.02)


def test_short_series_have_the_season_of_the_others():
    close = looked_at(store_sales().set_index(["store", "month"]))
    assert close.looked_at == 6
    # Fulda, of 22 months, holds no two years.
    assert [(season.rows, season.series) for season in close.seasons] == [(12, 5)]
    assert close.outliers == []


def test_sizes_of_rare_demand_are_no_outliers():
    assert looked_at(spare_parts().set_index(["part", "week"])).outliers == []


def test_an_outlier_does_not_make_a_season_weak():
    rng = np.random.default_rng(0)
    days = pd.date_range("2024-01-01", periods=700)
    y = 5 * np.sin(2 * np.pi * np.arange(700) / 7) + rng.normal(0, 2, 700)
    before = looked_at(pd.DataFrame({"y": y}, days)).seasons[0].strength
    y[300] = 5000
    after = looked_at(pd.DataFrame({"y": y}, days)).seasons[0].strength
    assert_allclose(after, before, atol=0.01)


def test_one_of_two_values_is_no_outlier():
    rng = np.random.default_rng(0)
    days = pd.date_range("2024-01-01", periods=400)
    flags = (rng.random(400) < 0.2).astype(float)
    assert looked_at(pd.DataFrame({"promo": flags}, days)).outliers == []


def test_of_many_series_the_longest_are_looked_at():
    rng = np.random.default_rng(0)
    days = pd.date_range("2024-01-01", periods=60)
    frames = {
        i: pd.DataFrame({"y": rng.normal(size=60)}, days)[: 60 if i % 2 else 20] for i in range(102)
    }
    close = looked_at(pd.concat(frames))
    assert (close.looked_at, close.values) == (50, 50 * 60)


def test_constant_and_very_short_series_are_passed_over():
    days = pd.date_range("2024-01-01", periods=40)
    frames = {"flat": pd.Series(1.0, days), "short": pd.Series(np.arange(7.0), days[:7])}
    close = looked_at(pd.concat(frames).to_frame("y"))
    assert (close.looked_at, close.trend, close.seasons) == (0, None, [])


def test_of_a_long_series_the_latest_rows_are_looked_at():
    hours = pd.date_range("2010-01-01", periods=30_000, freq="h")
    y = np.random.default_rng(0).normal(size=30_000)
    y[5] = 99
    close = looked_at(pd.DataFrame({"y": y}, hours))
    assert (close.values, close.outliers) == (20_000, [])
