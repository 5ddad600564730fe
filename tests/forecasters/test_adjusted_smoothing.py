"""Smoothing of a whole panel: what it answers for many series is what it answers for each."""

import numpy as np
import pandas as pd
import pytest
from fixtures.sales import sales
from numpy.testing import assert_allclose
from scipy.stats import norm

from forecast import ThetaForecaster
from forecast.forecasters.simple_smoothing import levels

LENGTHS = [40, 16, 40, 9, 25]  # the second and the fourth are too short for a season of 6 rows
TARGETS = ["north", "south"]


def panel(rows=LENGTHS):
    """Return one table for each series, which begin on different days."""
    tables = []
    for series, n in enumerate(rows):
        days = pd.date_range("2024-01-01", periods=n) + pd.Timedelta(days=series)
        index = pd.MultiIndex.from_product([[f"s{series}"], days])
        y = np.column_stack([sales(n, 6, seed=series), sales(n, 6, seed=series + 9) - 60])
        tables.append(pd.DataFrame(y, index, TARGETS))
    return tables


@pytest.fixture(scope="module")
def model():
    return ThetaForecaster(6).fit(pd.concat(panel()))


def alone(table):
    """Fit one series of the panel by itself."""
    return ThetaForecaster(6).fit(table.droplevel(0))


def test_what_is_learned_of_many_series_is_what_is_learned_of_each(model):
    for series, table in enumerate(panel()):
        one = alone(table)
        for name in ("drift_", "alpha_", "sigma_", "multiplies_", "state_"):
            together = getattr(model, name)[series]
            assert_allclose(together, getattr(one, name)[0], rtol=1e-9, err_msg=name)
        width = one.indices_.shape[2]
        assert_allclose(model.indices_[series, :, :width], one.indices_[0], rtol=1e-9)
    assert model.indices_.shape == (5, 2, 6)
    assert not model.indices_[[1, 3]].any()


def test_forecasts_paths_and_updates_are_those_of_each_series(model):
    answer = model.predict_quantiles(4, [0.1, 0.9]).reshape(5, 4, 2, 2)
    for series, table in enumerate(panel()):
        one = alone(table)
        assert_allclose(answer[series], one.predict_quantiles(4, [0.1, 0.9]), rtol=1e-9)
    assert model.simulate(4, 7, random_state=0).shape == (7, 20, 2)


def test_origins_are_answered_in_any_order(model):
    table = pd.concat(panel())
    origins = np.array([100, 3, 60, 41, 3, 129])
    answer = model.hindcast(None, table, origins, 3)
    for place, origin in enumerate(origins):
        single = model.hindcast(None, table, [origin], 3)
        assert_allclose(answer[place], single[0], rtol=1e-9)


def test_a_table_that_begins_elsewhere_keeps_the_clock_of_the_season(model):
    # Series s0 from its eighth day on: its first level is the eighth value without its season.
    later = panel()[0][7:]
    answer = model.hindcast(None, later, [0], 6)[0]  # (steps, targets)
    for k, column in enumerate(TARGETS):
        index = np.resize(model.indices_[0, k], 14)
        steps = np.arange(1, 7)
        if model.multiplies_[0, k]:
            level = later[column].iloc[0] / index[7]
            expected = (level + steps * model.drift_[0, k]) * index[8:14]
        else:
            level = later[column].iloc[0] - index[7]
            expected = level + steps * model.drift_[0, k] + index[8:14]
        assert_allclose(answer[:, k], expected, rtol=1e-9)


def test_intervals_grow_with_the_errors_that_stay_in_the_level():
    y = np.random.default_rng(0).normal(size=60).cumsum()
    model = ThetaForecaster(1).fit(y)
    interval = model.predict_interval(5, 0.8)
    growth = np.sqrt(1 + np.arange(5) * model.alpha_[0, 0] ** 2)
    half = norm.ppf(0.9) * model.sigma_[0, 0] * growth
    assert_allclose((interval[:, 1] - interval[:, 0]) / 2, half, rtol=1e-9)
    paths = model.simulate(5, 20_000, random_state=0)
    assert_allclose(paths.std(axis=0), model.sigma_[0, 0] * growth, rtol=0.03)


def test_blocks_of_series_do_not_change_what_is_learned(model, monkeypatch):
    monkeypatch.setattr("forecast.forecasters.adjusted_smoothing._BLOCK", 1)
    again = ThetaForecaster(6).fit(pd.concat(panel()))
    assert_allclose(again.alpha_, model.alpha_, rtol=1e-12)
    assert_allclose(again.indices_, model.indices_, rtol=1e-12)
    assert_allclose(again.predict(3), model.predict(3), rtol=1e-12)


def test_a_hundred_series_take_as_many_passes_as_three(monkeypatch):
    passes = []

    def counted(y, alpha, drift):
        passes.append(y.shape)
        return levels(y, alpha, drift)

    monkeypatch.setattr("forecast.forecasters.simple_smoothing.levels", counted)
    monkeypatch.setattr("forecast.forecasters.adjusted_smoothing.levels", counted)
    counts = []
    for n in (3, 100):
        passes.clear()
        y = pd.concat([table[["north"]] for table in panel([20] * n)])
        ThetaForecaster(6).fit(y)
        counts.append(len(passes))
    assert counts[0] == counts[1]
