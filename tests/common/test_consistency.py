"""One truth: hindcast, update and predict give the same forecasts for the same origin."""

import numpy as np
import pandas as pd
import pytest
from cases import (
    CASES,
    HORIZON,
    NO_PROCESS,
    NOT_READING,
    PRETRAINED,
    PROCESSES,
    ROWS,
    WINDOWED,
    for_cases,
    near,
)
from numpy.testing import assert_allclose, assert_array_equal


@pytest.mark.parametrize("stride", [1, 3, 9])
def test_hindcast_equals_updating_and_predicting(model, X, y, stride):
    origins = range(ROWS - 1 + stride, ROWS + 9, stride)
    retrospective = model.hindcast(X, y, list(origins), HORIZON, quantiles=[0.2, 0.9])
    for origin, expected in zip(origins, retrospective, strict=True):
        rows = slice(origin - stride + 1, origin + 1)
        assert model.update(X[rows], y[rows]) is model
        future = X[origin + 1 : origin + 1 + HORIZON]
        near(model.predict(future), expected[:, 0])
        near(model.predict_quantiles(future, [0.2, 0.9]), expected[:, 1:])


def test_hindcast_from_the_last_training_row_is_predict(model, X, y):
    answer = model.hindcast(X, y, [ROWS - 1], HORIZON)
    near(answer, model.predict(X[ROWS : ROWS + HORIZON])[None])


@for_cases([n for n in CASES if "known" not in CASES[n].columns or n == NOT_READING])
def test_hindcast_reaches_beyond_the_table(model, X, y):
    answer = model.hindcast(X[:ROWS], y[:ROWS], [-1], HORIZON)
    near(answer, model.predict(HORIZON)[None])


@for_cases(WINDOWED)
def test_hindcast_takes_a_table_that_begins_later(model, X, y):
    near(model.hindcast(X[10:], y[10:], [12, 20], HORIZON), model.hindcast(X, y, [22, 30], HORIZON))


def test_origins_are_positions_or_moments(model, X, y):
    by_position = model.hindcast(X, y, [20, -8], HORIZON)
    for origins in (
        X.index[[20, -8]],
        list(X.index[[20, -8]]),
        np.array([20, -8]),
        pd.Index([20, -8]),
    ):
        assert_array_equal(model.hindcast(X, y, origins, HORIZON), by_position)


# Each member of an ensemble continues its own, the forecast of a demand is no size of one, and what
# is asked here is less than the horizon of the last.
NOT_CONTINUED = ["EnsembleForecaster", "CrostonForecaster-sba", "FallbackForecaster", *PRETRAINED]


@for_cases([name for name in CASES if name not in NOT_CONTINUED])
def test_a_forecast_continues_its_own_forecasts(model, X):
    # Longer forecasts are those of one that has observed its shorter ones; what is seen stays as it
    # was.
    future = X[ROWS : ROWS + 6].copy()
    whole = model.predict(future)
    if "seen" in future:
        future["seen"] = X["seen"].iloc[ROWS - 1]
    near(model.predict(future), whole)  # which future values stand there does not matter
    first = pd.Series(model.predict(future[:2]), future.index[:2])
    near(np.concatenate([first, model.update(future[:2], first).predict(future[2:])]), whole)


def test_predicting_more_steps_does_not_change_the_first(model, X):
    long = model.predict(X[ROWS : ROWS + 7])
    assert long.shape == (7,)
    assert np.isfinite(long).all()
    for n in (1, 2, 5):
        near(model.predict(X[ROWS : ROWS + n]), long[:n])


@for_cases(PROCESSES)
def test_paths_have_the_quantiles_that_are_forecast(model, X):
    future, levels = X[ROWS : ROWS + 7], [0.1, 0.5, 0.9]
    paths = model.simulate(future, n_paths=20_000, random_state=0)
    assert paths.shape == (20_000, 7)
    expected = model.predict_quantiles(future, levels)
    drawn = np.quantile(paths, levels, axis=0).T
    width = expected[:, 2:] - expected[:, :1]
    assert_allclose(drawn / width, expected / width, atol=0.03)
    assert_array_equal(
        model.simulate(future, 5, random_state=3), model.simulate(future, 5, random_state=3)
    )
    assert (
        model.simulate(future, 5, random_state=3) != model.simulate(future, 5, random_state=4)
    ).all()


@for_cases(NO_PROCESS)
def test_without_a_process_paths_are_refused(model, X):
    with pytest.raises(
        ValueError, match=r"has no process to draw paths from: wrap it, ConformalForecaster\("
    ):
        model.simulate(X[ROWS : ROWS + 3])
