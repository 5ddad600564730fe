"""Forecasts that become history, and paths around them: as loops and sums say."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import norm, rankdata

from forecast.forecasters.recursion import (
    LEVELS,
    N_PATHS,
    PastForecasts,
    Trajectories,
    drawn,
    following,
    pooled,
    with_forecasts,
)
from forecast.tables.panel import Panel


def panel():
    """Return two series of 6 and 4 rows, with one feature that is seen and one known ahead."""
    index = pd.MultiIndex.from_tuples(
        [("a", t) for t in range(10, 16)] + [("b", t) for t in range(4)]
    )
    X = np.column_stack([np.arange(10.0), 100 + np.arange(10.0)])
    return Panel.of(index, X, -np.arange(10.0)[:, None])[0]


def test_each_origin_becomes_a_series_that_ends_with_its_forecasts():
    table = replace(panel(), continues=True)
    origins = np.array([2, 8])  # the third row of each series
    forecast = np.array([[[50.0], [51.0]], [[60.0], [61.0]]])
    onward, last = with_forecasts(table, origins, forecast, 4, 1, np.array([True, False]))
    assert_array_equal(onward.lengths, [5, 5])  # memory and the further step
    assert_array_equal(onward.numbers, [0, 1])
    assert_array_equal(last, [3, 8])  # the rows of the last forecasts
    assert not onward.continues
    # y: two rows of history, two forecasts, one row to answer.
    a, b = onward.y[:5, 0], onward.y[5:, 0]
    assert_array_equal(a, [-1, -2, 50, 51, np.nan])
    assert_array_equal(b, [-7, -8, 60, 61, np.nan])
    # The past feature stays as last seen, the known one goes on while the table does.
    assert_array_equal(onward.X[:5], [[1, 101], [2, 102], [2, 103], [2, 104], [2, 105]])
    assert_array_equal(onward.X[5:, 0], [7, 8, 8, 8, 8])
    assert_array_equal(onward.X[5:, 1], [107, 108, 109, np.nan, np.nan])
    assert_array_equal(onward.times[:5], [11, 12, 13, 14, 15])


def test_rows_before_a_series_are_missing():
    onward, _ = with_forecasts(
        panel(), np.array([6]), np.array([[[60.0]]]), 3, 1, np.array([True, True])
    )
    assert_array_equal(onward.y[:, 0], [np.nan, -6, 60, np.nan])
    assert_array_equal(onward.X[:2, 0], [np.nan, 6])


def past_of(forecasts, errors):
    """Return forecasts and errors from consecutive origins of one series."""
    origins = np.arange(len(errors))
    return PastForecasts(forecasts, errors, origins, np.zeros_like(origins))


def learned(errors):
    """Return the trajectories of errors of forecasts that are all alike."""
    return Trajectories.learn(errors, past_of(np.zeros_like(errors), errors))


def test_ranks_are_those_of_whole_trajectories():
    errors = np.random.default_rng(0).normal(size=(N_PATHS, 3, 2))
    errors[:, 1] = -errors[:, 0]
    ranks = learned(errors).ranks
    for column in ranks.reshape(N_PATHS, -1).T:
        assert_array_equal(np.sort(column), np.arange(N_PATHS))
    # What is high at the first step is low at the second.
    assert_array_equal(ranks[:, 1], N_PATHS - 1 - ranks[:, 0])
    expected = {tuple(row.ravel() - 1) for row in rankdata(errors, axis=0)}
    assert {tuple(row.ravel()) for row in ranks} == expected


def test_trajectories_are_spread_over_few_or_many_errors():
    few = np.array([5.0, -5.0, np.nan]).reshape(3, 1, 1)
    assert_array_equal(learned(few).ranks[:, 0, 0], np.arange(N_PATHS))
    persistent = np.repeat(np.random.default_rng(0).normal(size=(1001, 1, 1)), 4, axis=1)
    assert_array_equal(learned(persistent).ranks, Trajectories.together(4, 1).ranks)
    nothing = learned(np.full((3, 2, 1), np.nan))
    for found, expected in zip(nothing, Trajectories.together(2, 1), strict=True):
        assert_array_equal(found, expected)


def test_what_forecasts_foretell_of_their_errors_is_their_regression():
    rng = np.random.default_rng(0)
    forecasts = 5 + rng.normal(size=(600, 2, 1))
    errors = rng.normal(size=(600, 2, 1)) - 0.4 * forecasts
    centre, slope, rest = past_of(forecasts, errors).regression()
    for step in range(2):
        x, e = forecasts[:, step, 0], errors[:, step, 0]
        b, a = np.polyfit(x, e, 1)
        assert_allclose(centre[step, 0], x.mean())
        assert_allclose(slope[step, 0], b)
        assert_allclose(rest[step, 0], np.std(e - a - b * x) / np.std(e))
    # Those that follow too little, or by chance, are left as they are.
    _, slope, rest = past_of(forecasts, -errors).regression()
    assert_array_equal(slope, 0)
    assert_array_equal(rest, 1)
    assert_array_equal(past_of(forecasts[:4], errors[:4]).regression()[1], 0)
    # Nor is more taken off than all that a forecast says.
    assert_array_equal(past_of(forecasts, -3 * forecasts).regression()[1], -1)


@pytest.mark.parametrize("steps", [1, 12])
def test_a_random_walk_foretells_no_errors_and_noise_does(steps):
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(200, 300))
    found = {"walk": 0, "noise": 0}
    for name, table in {"walk": noise.cumsum(axis=1), "noise": noise}.items():
        for y in table:
            forecast = y[:-steps]
            columns = np.zeros((2, len(forecast), steps, 1))
            columns[:, :, -1, 0] = forecast, y[steps:] - forecast
            found[name] += past_of(*columns).regression()[1][-1, 0] < 0
    # At the level of 5 % the walk is taken for what returns to a mean.
    assert found["walk"] < 0.1 * 200
    assert found["noise"] == 200


def test_what_is_foretold_is_taken_off_each_path():
    middle, deviation = 2.0, 3.0
    errors = middle + deviation * norm.ppf(LEVELS)
    point = np.array([[[10.0]], [[30.0]]])
    answer = np.concatenate([point, point + errors], axis=-1)[:, None]
    plain = Trajectories.together(2, 1)
    mean, scale = np.full((2, 1), 4.0), np.full((2, 1), 8.0)
    assert plain.corrected(answer, mean, scale) is answer
    taught = plain._replace(
        centre=np.full((2, 1), 0.5), slope=np.full((2, 1), -0.25), rest=np.full((2, 1), 0.6)
    )
    found = taught.corrected(answer, mean, scale)
    # The centre is 4 + 8 * 0.5 = 8: of 10 there go 0.25 * 2 = 0.5, and of 30 there go 5.5.
    for path, expected in enumerate([9.5, 24.5]):
        assert_allclose(found[path, 0, 0, 0], expected)
        rest = expected + middle + 0.6 * deviation * norm.ppf(LEVELS)
        assert_allclose(found[path, 0, 0, 1:], rest)


def test_each_trajectory_follows_once_and_independently_of_the_level():
    rng = np.random.default_rng(0)
    answer = rng.normal(size=(3 * N_PATHS, 2, 1, 1 + N_PATHS))
    for stage in range(40):
        chosen = following(answer, stage)
        assert chosen.shape == (3, N_PATHS)
        for origin, row in enumerate(chosen):
            assert_array_equal(np.sort(row), np.arange(N_PATHS))
            level = answer[origin * N_PATHS : (origin + 1) * N_PATHS, :, 0, 0].mean(axis=1)
            assert_allclose(np.corrcoef(rankdata(level), row)[0, 1], 0, atol=1e-9)


def test_targets_of_all_units_order_the_paths_alike():
    rng = np.random.default_rng(0)
    answer = rng.normal(size=(N_PATHS, 2, 2, 1 + N_PATHS))
    unit = np.array([1e-3, 1e6])[:, None]
    assert_array_equal(following(answer, 0), following(100 + unit * answer, 0))
    # Where all paths are alike, they stay in their order.
    alike = np.ones_like(answer)
    assert_array_equal(np.sort(following(alike, 0)[0]), np.arange(N_PATHS))


def test_each_path_draws_its_own_quantiles():
    rng = np.random.default_rng(0)
    answer = rng.normal(size=(5, 3, 2, 1 + N_PATHS))
    ranks = rng.integers(N_PATHS, size=(5, 4, 2))
    paths = drawn(answer, ranks)
    assert paths.shape == (5, 3, 2)
    for path, step, target in np.ndindex(5, 3, 2):
        expected = answer[path, step, target, 1 + ranks[path, step, target]]
        assert paths[path, step, target] == expected


def test_pooled_quantiles_are_those_of_a_sum():
    before = np.random.default_rng(0).permutation(norm.ppf(LEVELS, scale=3.0))
    levels = np.concatenate([[0.5], LEVELS])
    answer = before[:, None] + norm.ppf(levels, scale=4.0)
    found = pooled(answer[:, None, None], np.array([0.1, 0.5, 0.95]))
    # Variances add up: 3² + 4² = 5².
    assert_allclose(found.ravel(), norm.ppf([0.1, 0.5, 0.95], scale=5.0), rtol=0.05, atol=0.2)


@pytest.mark.parametrize("phi", [0.5, 0.9, 1.0])
def test_paths_of_many_stages_spread_as_their_process(phi):
    errors = norm.ppf(LEVELS)
    level = np.zeros(N_PATHS)
    chosen = np.arange(N_PATHS)
    variance = 1.0
    for stage in range(60):
        level = phi * (level + errors[chosen])
        variance = 1 + phi**2 * variance
        own = np.concatenate([level[:, None], level[:, None] + errors], axis=1)
        answer = own[:, None, None]
        chosen = following(answer, stage).ravel()
        found = pooled(answer, np.array([0.1, 0.9])).ravel()
        assert_allclose(found, norm.ppf([0.1, 0.9], scale=np.sqrt(variance)), rtol=0.1)
