"""The naive forecast: the last season again, with drift if wanted."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import norm

from forecast import NaiveForecaster

Y = [3.0, 7.0, 4.0, 5.5, 8.0, 4.5, 6.0, 10.0]


def by_hand(y, origin, step, season_length, drift):
    """Go back whole seasons from the moment asked for until it lies in the history."""
    t = origin + step
    while t > origin:
        t -= season_length
    return y[t] + (origin + step - t) * drift


@pytest.mark.parametrize("season_length", [1, 2, 3, 7])
@pytest.mark.parametrize("drift", [False, True])
def test_forecasts_equal_those_by_hand(season_length, drift):
    model = NaiveForecaster(season_length, drift=drift).fit(Y)
    slope = 0.0
    if drift:
        changes = [Y[t] - Y[t - season_length] for t in range(season_length, len(Y))]
        slope = sum(changes) / len(changes) / season_length
    expected = [by_hand(Y, len(Y) - 1, h, season_length, slope) for h in range(1, 12)]
    assert_allclose(model.predict(11), expected, rtol=1e-12)
    assert_allclose(model.drift_, [[slope]], rtol=1e-12)
    origins = [6, 7]
    answer = model.hindcast(None, Y, origins, 5)
    for origin, row in zip(origins, answer, strict=True):
        assert_allclose(
            row, [by_hand(Y, origin, h, season_length, slope) for h in range(1, 6)], rtol=1e-12
        )


def test_drift_of_the_random_walk_is_the_line_from_first_to_last():
    model = NaiveForecaster(drift=True).fit(Y)
    slope = (Y[-1] - Y[0]) / (len(Y) - 1)
    assert_allclose(model.predict(3), Y[-1] + slope * np.arange(1, 4), rtol=1e-12)


def test_drift_stays_as_learned_while_the_memory_moves_on():
    model = NaiveForecaster(drift=True).fit(Y).update([20.0, 21.0])
    assert_allclose(
        model.predict(2), 21.0 + (Y[-1] - Y[0]) / (len(Y) - 1) * np.arange(1, 3), rtol=1e-12
    )


@pytest.mark.parametrize("season_length", [1, 3])
def test_intervals_are_those_of_the_textbook(season_length):
    model = NaiveForecaster(season_length).fit(Y)
    y = np.array(Y)
    sigma = np.sqrt(np.mean((y[season_length:] - y[:-season_length]) ** 2))
    seasons = np.ceil(np.arange(1, 8) / season_length)
    point, interval = model.predict(7), model.predict_interval(7, coverage=0.8)
    half = norm.ppf(0.9) * sigma * np.sqrt(seasons)
    assert_allclose(interval, np.column_stack([point - half, point + half]), rtol=1e-12)
    assert_allclose(model.predict_quantiles(7, [0.5])[:, 0], point, rtol=1e-12)


def test_intervals_with_drift_are_those_of_the_textbook():
    model = NaiveForecaster(drift=True).fit(Y)
    changes = np.diff(Y)
    sigma = np.sqrt(np.mean((changes - changes.mean()) ** 2))
    h = np.arange(1, 6)
    half = norm.ppf(0.95) * sigma * np.sqrt(h * (1 + h / len(changes)))
    interval = model.predict_interval(5, coverage=0.9)
    assert_allclose((interval[:, 1] - interval[:, 0]) / 2, half, rtol=1e-12)


def test_intervals_hold_their_share_of_a_random_walk():
    walk = np.cumsum(np.random.default_rng(0).normal(size=4000))
    model = NaiveForecaster().fit(walk[:2000])
    answer = model.hindcast(None, walk[2000:], np.arange(0, 1990, 2), 5, quantiles=[0.1, 0.9])
    actual = np.array([walk[2000 + o + 1 : 2000 + o + 6] for o in range(0, 1990, 2)])
    inside = (answer[..., 1] <= actual) & (actual <= answer[..., 2])
    assert_allclose(inside.mean(axis=0), 0.8, atol=0.05)


def test_columns_are_not_read():
    X = pd.DataFrame({"a": np.arange(8.0)}, index=pd.date_range("2024", periods=8))
    model = NaiveForecaster(3).fit(X, Y)
    assert_array_equal(model.predict(4), NaiveForecaster(3).fit(Y).predict(4))
    future = pd.DataFrame({"a": [1.0]}, index=[pd.Timestamp("2024-01-10")])
    assert_allclose(model.predict(future), [Y[-2]])


def test_series_and_targets_have_their_own_drift_and_spread():
    index = pd.MultiIndex.from_product([["a", "b"], range(4)])
    y = np.array([[1, 2], [2, 5], [4, 6], [5, 11], [9, 1], [7, 1], [8, 2], [3, 4.0]])
    model = NaiveForecaster(drift=True).fit(pd.DataFrame(y, index=index, columns=["u", "v"]))
    assert_allclose(model.drift_, [[4 / 3, 3], [-2, 1]], rtol=1e-12)
    assert_allclose(model.predict(1), [[5 + 4 / 3, 14], [1, 5]], rtol=1e-12)
    assert_allclose(model.sigma_[0, 0], np.std([1, 2, 1]), rtol=1e-12)


def test_series_of_unequal_length_are_learned_as_each_alone():
    rng = np.random.default_rng(0)
    lengths = [5, 12, 4, 9]
    index = pd.MultiIndex.from_tuples([(s, t) for s, n in enumerate(lengths) for t in range(n)])
    y = pd.Series(rng.normal(size=len(index)).cumsum(), index)
    model = NaiveForecaster(3, drift=True).fit(y)
    for series in range(4):
        alone = NaiveForecaster(3, drift=True).fit(y.loc[series])
        assert_allclose(model.drift_[series], alone.drift_[0], rtol=1e-12)
        assert_allclose(model.sigma_[series], alone.sigma_[0], rtol=1e-12)
        assert_allclose(model.seasons_[series], alone.seasons_[0])


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        (
            {"season_length": 0},
            "season_length of NaiveForecaster must be a whole number of at least 1; got 0",
        ),
        (
            {"season_length": 1.5},
            "season_length of NaiveForecaster must be a whole number .* got 1.5",
        ),
        ({"drift": 1}, "drift of NaiveForecaster must be True or False; got 1"),
    ],
)
def test_wrong_parameters_are_refused(parameters, sentence):
    with pytest.raises(ValueError, match=sentence):
        NaiveForecaster(**parameters).fit(Y)


def test_a_season_longer_than_the_series_is_refused():
    with pytest.raises(ValueError, match="the series has 8 rows; season_length=8 needs at least 9"):
        NaiveForecaster(8).fit(Y)
