"""Rolling origins against a loop, by their algebra, and as a splitter of scikit-learn."""

import re

import naive as oracle
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score

from forecast import NaiveForecaster, RollingOrigin
from forecast.evaluation.origins import numbered

cuts = st.fixed_dictionaries(
    {
        "horizon": st.integers(1, 4),
        "origins": st.integers(1, 5),
        "step": st.none() | st.integers(1, 5),
        "gap": st.integers(0, 3),
        "window": st.sampled_from(["expanding", "sliding"]),
    }
)


def series(n=40, seed=0):
    """Return a series with a season of three hours."""
    index = pd.date_range("2024-03-01", periods=n, freq="h", tz="UTC")
    noise = np.random.default_rng(seed).normal(0, 0.5, n)
    return pd.Series(30 + np.cumsum(noise) + 2 * np.sin(2 * np.pi * np.arange(n) / 3), index)


def panel():
    """Return series "a", "b" and "c", which begin and end at different hours, hour by hour."""
    parts = {"a": series(), "b": series(seed=1)[4:], "c": series(seed=2)[:33]}
    y = pd.concat(parts, names=["series", "timestamp"])
    return y.iloc[np.argsort(y.index.get_level_values(1), kind="stable")]


def rows_needed(cv):
    """Return how many rows lie from the first origin of all to the last row to forecast."""
    return 1 + (cv.step or cv.horizon) * (cv.origins - 1) + cv.gap + cv.horizon


@given(cuts, st.integers(0, 5))
def test_the_cuts_are_those_of_the_loop(settings, spare):
    cv = RollingOrigin(**settings)
    n = rows_needed(cv) + spare
    origins = oracle.rolling_origins(n, cv.horizon, cv.origins, cv.step or cv.horizon, cv.gap)
    assert cv.get_n_splits() == len(origins)
    for origin, (train, test) in zip(origins, cv.split(np.zeros((n, 1))), strict=True):
        first = 0 if cv.window == "expanding" else origin - origins[0]
        assert_array_equal(train, np.arange(first, origin + 1))
        assert_array_equal(test, origin + cv.gap + np.arange(1, cv.horizon + 1))


@given(cuts, st.integers(0, 5))
def test_no_split_overlaps_or_leaks(settings, spare):
    cv = RollingOrigin(**settings)
    n = rows_needed(cv) + spare
    splits = list(cv.split(np.zeros((n, 1))))
    origins = [train[-1] for train, _ in splits]
    assert len(set(origins)) == cv.origins
    assert_array_equal(np.diff(origins), cv.step or cv.horizon)
    assert splits[-1][1][-1] == n - 1  # nothing is left over
    for train, test in splits:
        assert not set(train) & set(test)
        assert test[0] - train[-1] == cv.gap + 1
        assert len(test) == cv.horizon
    sizes = {len(train) for train, _ in splits}
    assert sizes == {spare + 1} if cv.window == "sliding" else len(sizes) == cv.origins


@given(cuts)
def test_a_table_too_short_is_refused_with_both_numbers(settings):
    cv = RollingOrigin(**settings)
    need = rows_needed(cv)
    assert len(list(cv.split(np.zeros((need, 1))))) == cv.origins
    with pytest.raises(ValueError, match=rf"{need - 1} moments.*at least {need}"):
        list(cv.split(np.zeros((need - 1, 1))))


@given(
    settings=cuts,
    starts=st.lists(st.integers(0, 8), min_size=2, max_size=4),
    lengths=st.lists(st.integers(1, 40), min_size=4, max_size=4),
    seed=st.integers(0, 99),
)
def test_many_series_are_cut_at_the_same_moment(settings, starts, lengths, seed):
    cv = RollingOrigin(**settings)
    times = pd.date_range("2024-03-30", periods=60, freq="h", tz="Europe/Berlin")
    rows = [
        (s, time) for s, start in enumerate(starts) for time in times[start : start + lengths[s]]
    ]
    rows = [rows[i] for i in np.random.default_rng(seed).permutation(len(rows))]
    moments = sorted({time for _, time in rows})
    assume(len(moments) >= rows_needed(cv))
    step = cv.step or cv.horizon
    origins = oracle.rolling_origins(len(moments), cv.horizon, cv.origins, step, cv.gap)
    frame = pd.DataFrame(index=pd.MultiIndex.from_tuples(rows, names=["series", "timestamp"]))
    for origin, (train, test) in zip(origins, cv.split(frame), strict=True):
        first = 0 if cv.window == "expanding" else origin - origins[0]
        learned = set(moments[first : origin + 1])
        ahead = set(moments[origin + cv.gap + 1 :][: cv.horizon])
        begun = {s for s, time in rows if time in learned}  # nothing is known of the others
        assert_array_equal(train, [i for i, (_, time) in enumerate(rows) if time in learned])
        expected = [i for i, (s, time) in enumerate(rows) if time in ahead and s in begun]
        assert_array_equal(test, expected)


def test_the_moments_are_those_of_y_where_x_is_an_array():
    y = panel()
    cv = RollingOrigin(horizon=3, origins=4, step=2)
    with_frame = list(cv.split(pd.DataFrame(index=y.index), y))
    for X in (None, np.zeros((len(y), 1))):
        for got, expected in zip(cv.split(X, y), with_frame, strict=True):
            assert_array_equal(got[0], expected[0])
            assert_array_equal(got[1], expected[1])


def test_moments_are_numbered_in_time():
    times = pd.to_datetime(["2024-01-03", "2024-01-01", "2024-01-03", "2024-01-02"])
    index = pd.MultiIndex.from_arrays([["b", "b", "a", "a"], times])
    for each in (times, index):
        codes, moments = numbered(each)
        assert_array_equal(codes, [2, 0, 2, 1])
        assert list(moments) == sorted(set(times))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("horizon", 0),
        ("horizon", True),
        ("origins", "3"),
        ("step", 0),
        ("gap", -1),
        ("window", "growing"),
    ],
)
def test_wrong_settings_are_refused_by_name(name, value):
    with pytest.raises((ValueError, TypeError), match=rf"(?s){name}.*{re.escape(repr(value))}"):
        list(RollingOrigin(**{name: value}).split(np.zeros((50, 1))))


def test_a_splitter_has_parameters_like_an_estimator():
    cv = RollingOrigin(horizon=2, window="sliding")
    assert clone(cv).get_params() == cv.get_params()
    assert repr(cv) == "RollingOrigin(horizon=2, window='sliding')"


@pytest.mark.parametrize(("make", "window"), [(series, "expanding"), (panel, "sliding")])
def test_cross_validation_fits_and_scores_on_the_cuts(make, window):
    y = make()
    X = pd.DataFrame(index=y.index)
    cv = RollingOrigin(horizon=2, origins=3, step=3, gap=1, window=window)
    model = NaiveForecaster(drift=True)
    expected = []
    for train, test in cv.split(X, y):
        answer = clone(model).fit(X.iloc[train], y.iloc[train]).predict(X.iloc[test])
        expected.append(-oracle.mae(y.iloc[test], answer))
    scores = cross_val_score(model, X, y, cv=cv, scoring="neg_mean_absolute_error")
    assert_allclose(scores, expected)


@pytest.mark.parametrize("make", [series, panel])
def test_a_grid_search_chooses_on_the_cuts(make):
    y = make()
    X = pd.DataFrame(index=y.index)
    grid = {"season_length": [1, 2, 3]}
    cv = RollingOrigin(horizon=3, origins=4)
    search = GridSearchCV(NaiveForecaster(), grid, cv=cv, scoring="neg_mean_absolute_error")
    assert search.fit(X, y).best_params_ == {"season_length": 3}
