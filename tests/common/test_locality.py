"""Forecasters that say so answer each series of a table as they answer it alone."""

import numpy as np
import pytest
from cases import CASES, fitted_panel, for_cases, fresh, panel
from numpy.testing import assert_allclose

from forecast import (
    ConformalForecaster,
    EnsembleForecaster,
    FallbackForecaster,
    NaiveForecaster,
    PerSeriesForecaster,
    ThetaForecaster,
    TransformedTargetForecaster,
    WindowForecaster,
)

LOCAL = [name for name in CASES if CASES[name].forecaster._is_local]
GLOBAL = [name for name in CASES if name not in LOCAL]
QUANTILES = [0.3, 0.5, 0.8]


def answers(model, X):
    """Return forecasts and quantiles of the rows of X, (n_rows, 1 + quantiles)."""
    return np.column_stack([model.predict(X), model.predict_quantiles(X, QUANTILES)])


def together_and_alone(model, X, y, train):
    """Yield the answers for each series by a model of all series, and by a model of its own."""
    together = model(X[train], y[train])
    for key in "abc":
        mine = X.index.get_level_values(0) == key
        alone = model(X[train & mine], y[train & mine])
        future = X[~train & mine]
        said = {name: words for name, words in together._set_aside().items() if name == key}
        assert alone._set_aside() == said
        yield answers(together, future), answers(alone, future)


@for_cases(LOCAL)
def test_local_forecasters_answer_a_series_as_if_it_were_alone(name):
    X, y, train = panel(CASES[name].columns)
    for together, alone in together_and_alone(fresh(name).fit, X, y, train):
        assert_allclose(together, alone, rtol=1e-9)


@for_cases(GLOBAL)
def test_global_forecasters_learn_from_all_series(name):
    X, y, train = panel(CASES[name].columns)
    model = fitted_panel(name)
    mine = X.index.get_level_values(0) == "a"
    alone = fresh(name).fit(X[train & mine], y[train & mine])
    future = X[~train & mine]
    difference = np.abs(answers(model, future) - answers(alone, future))
    assert difference.max() > 1e-6


@pytest.mark.parametrize(
    "make",
    [
        lambda inner: ConformalForecaster(inner, 4, calibration=0.4),
        lambda inner: ConformalForecaster(inner, 4, "adaptive", 0.4, 0.1, local=5, refit=True),
        lambda inner: EnsembleForecaster([NaiveForecaster(3), inner]),
        lambda inner: FallbackForecaster([NaiveForecaster(26), inner]),
        lambda inner: PerSeriesForecaster({"first": inner, "second": NaiveForecaster(2)}),
        lambda inner: TransformedTargetForecaster(inner, "yeo-johnson", upper=40),
    ],
    ids=["split", "adaptive", "ensemble", "fallback", "per series", "transformed"],
)
def test_composites_are_as_local_as_their_members(make):
    model = make(ThetaForecaster(3))
    assert model._is_local
    X, y, train = panel([])
    for together, alone in together_and_alone(model.fit, X, y, train):
        assert_allclose(together, alone, rtol=1e-9)
    assert not make(WindowForecaster(lookback=4))._is_local


def test_choices_name_series_of_the_whole_table():
    chosen = PerSeriesForecaster({"naive": NaiveForecaster()}, {"a": "naive"})
    assert not chosen._is_local


def test_many_series_of_one_length_are_smoothed_as_each_alone():
    # So many columns that they are filtered row by row, a few that they are column by column.
    y = np.random.default_rng(0).normal(20, 3, (24, 60)).cumsum(axis=0)
    together = ThetaForecaster(4).fit(y).predict(3)
    for column in range(0, 60, 7):
        alone = ThetaForecaster(4).fit(y[:, column]).predict(3)
        assert_allclose(together[:, column], alone, rtol=1e-9)
