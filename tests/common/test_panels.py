"""Many series in one table: each is answered by itself, in the order asked."""

from copy import deepcopy

import numpy as np
import pandas as pd
import pytest
from cases import CASES, REPRESENTATIVES, ROWS, fitted_panel, for_cases, fresh, near, panel


def test_rows_of_series_are_answered_in_the_order_asked(name):
    model, (X, _, train) = fitted_panel(name), panel(CASES[name].columns)
    future = X[~train]
    answer = model.predict(future)
    assert answer.shape == (12,)
    order = np.random.default_rng(3).permutation(len(future))
    near(model.predict(future.iloc[order]), answer[order])
    frame = model.forecast(future.iloc[order], 0.5)
    assert frame.index.equals(future.iloc[order].index)
    near(frame["forecast"], answer[order])
    some = future.index.get_level_values(0) == "b"
    near(model.predict(future[some]), answer[some])


@for_cases([n for n in CASES if "known" not in CASES[n].columns])
def test_steps_asked_by_number_are_answered_for_every_series(name):
    model, (X, _, train) = fitted_panel(name), panel(CASES[name].columns)
    future = X[~train].sort_index()
    frame = model.forecast(4)
    assert frame.index.equals(future.index)
    assert frame.index.names == ["series", "timestamp"]
    near(frame["forecast"], model.predict(future))


def test_order_of_the_training_rows_of_series_does_not_matter(name):
    X, y, train = panel(CASES[name].columns)
    grouped = X[train].sort_index()
    model = fresh(name).fit(grouped, y[train].loc[grouped.index])
    assert model.series_ == ("a", "b", "c")
    near(model.predict(X[~train]), fitted_panel(name).predict(X[~train]))


def test_series_hindcast_equals_updating_and_predicting(name):
    model, (X, y, train) = deepcopy(fitted_panel(name)), panel(CASES[name].columns)
    later = ~train & np.isin(X.index.get_level_values(0), ["a", "c"])
    origins = []
    for key in ("c", "a"):
        rows = np.flatnonzero(later & (X.index.get_level_values(0) == key))
        origins.append(rows[0])
    observed = X.index[origins]
    answer = model.hindcast(X, y, origins, 2, quantiles=[0.3])
    near(model.hindcast(X, y, observed, 2, quantiles=[0.3]), answer)
    near(model.hindcast(X, y, list(observed), 2, quantiles=[0.3]), answer)
    model.update(X.iloc[sorted(origins)], y.iloc[sorted(origins)])
    for moment, expected in zip(observed, answer, strict=True):
        asked = X.loc[[moment[0]]].loc[
            (slice(None), slice(moment[1] + pd.Timedelta("1h"), None)), :
        ][:2]
        near(model.predict(asked), expected[:, 0])
        near(model.predict_quantiles(asked, [0.3]), expected[:, 1:])
    b = X[~train].loc[["b"]]  # not updated: answers as before
    near(model.predict(b), fitted_panel(name).predict(b))


def test_series_causal(name):
    model, (X, y, _) = fitted_panel(name), panel(CASES[name].columns)
    origin = int(np.flatnonzero(X.index.get_level_values(0) == "b")[15])
    other = (X.index.get_level_values(0) != "b") | (np.arange(len(X)) > origin)
    changed = y.where(~other, 777.0)
    near(model.hindcast(X, changed, [origin], 3), model.hindcast(X, y, [origin], 3))


@for_cases(REPRESENTATIVES)
def test_unknown_series_is_refused_by_name(name):
    model, (X, _, train) = fitted_panel(name), panel(CASES[name].columns)
    future = X[~train].rename(index={"b": "bb"}, level=0)
    with pytest.raises(
        ValueError, match="series 'bb' was not in the training part; did you mean 'b'"
    ):
        model.predict(future)


@for_cases(REPRESENTATIVES)
def test_series_and_no_series_do_not_mix(name, model, X, y):
    rows, _, train = panel(CASES[name].columns)
    with pytest.raises(
        ValueError, match="fit saw one series without a name, but these rows name theirs"
    ):
        model.predict(rows[~train])
    with pytest.raises(
        ValueError, match=r"fit saw the series \['a', 'b', 'c'\], but these rows name none"
    ):
        fitted_panel(name).predict(X[ROWS:])
    with pytest.raises(
        ValueError, match=r"fit saw the series \['a', 'b', 'c'\], but these rows name none"
    ):
        fitted_panel(name).hindcast(X, y, [20], 3)
