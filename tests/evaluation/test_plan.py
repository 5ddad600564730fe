"""Which parts a backtest has follows from the table and the settings alone."""

import numpy as np
import pandas as pd
import pytest

from forecast import ETSForecaster, NaiveForecaster, RollingOrigin, WindowForecaster
from forecast.evaluation import source as module
from forecast.evaluation.plan import Failure, Key, Plan, fits_of
from forecast.evaluation.source import Source

CV = RollingOrigin(horizon=2, origins=3)
TIMES = pd.date_range("2024-01-01", periods=20, freq="D")
Y = pd.concat({name: pd.Series(np.arange(20.0), TIMES) for name in "abc"})


@pytest.fixture
def plan(monkeypatch):
    """Return a plan of two blocks: a and b, then c."""
    monkeypatch.setattr(module, "_ROWS_OF_A_BLOCK", 30)
    models = {"naive": NaiveForecaster(), "window": WindowForecaster(lookback=3)}
    return Plan(models, Source.of(None, Y), fits_of(CV, 20, 2), CV, np.empty(0))


@pytest.mark.parametrize(
    ("refit", "fits"),
    [("never", [[13, 15, 17]]), ("always", [[13], [15], [17]]), (2, [[13, 15], [17]])],
)
def test_a_fit_answers_a_run_of_origins(refit, fits):
    found = fits_of(CV, 20, refit)
    assert [[origin for _, origin in cuts] for cuts in found] == fits


def test_what_learns_from_each_series_apart_is_cut_between_them(plan):
    assert list(plan.keys("naive")) == [Key("naive", b, f) for b in (0, 1) for f in (0, 1)]
    assert plan.task(Key("naive", 1, 0)).source.names == ["c"]


def test_what_learns_from_all_series_gets_all_of_them(plan):
    assert list(plan.keys("window")) == [Key("window", 0, 0), Key("window", 0, 1)]
    assert plan.task(Key("window", 0, 1)).source is plan.source


def test_a_failure_names_the_series_and_the_first_origin(plan):
    error = ValueError("no")
    assert plan.failure(Key("naive", 0, 1), error) == Failure("naive", ["a", "b"], TIMES[17], error)
    assert plan.failure(Key("window", 0, 0), error).series == ["a", "b", "c"]


def test_models_that_are_no_forecasters_are_not_cut():
    models = {"other": object(), "ets": ETSForecaster()}
    plan = Plan(models, Source.of(None, Y), fits_of(CV, 20, "never"), CV, np.empty(0))
    assert len(list(plan.keys("other"))) == 1
