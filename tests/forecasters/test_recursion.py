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
    Trajectories,
    drawn,
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


def learned(errors):
    """Return the trajectories of errors from consecutive origins of one series."""
    origins = np.arange(len(errors))
    return Trajectories.learn(errors, origins, np.zeros_like(origins))


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
    assert_array_equal(nothing.ranks, Trajectories.together(2, 1).ranks)
    assert nothing.carry == 0


def test_errors_carry_over_to_the_next_forecast():
    noise = np.random.default_rng(0).normal(size=(2, 600))
    # The error of two steps from origin o begins where that from o - 2 has ended.
    errors = np.zeros((600, 2, 1))
    errors[:, 1, 0] = noise[0]
    errors[2:, 0, 0] = noise[1, 2:] - 2 * noise[0, :-2]
    correlation = np.corrcoef(errors[:-2, 1, 0], errors[2:].mean(axis=(1, 2)))[0, 1]
    assert_allclose(learned(errors).carry, correlation)
    # Other series tell nothing about each other, and what may be chance is none.
    apart = Trajectories.learn(errors, np.arange(600), np.arange(600) % 4)
    assert apart.carry == 0
    assert learned(noise[0].reshape(600, 1, 1)).carry == 0


@pytest.mark.parametrize("carry", [0.0, -0.6, 0.8])
def test_trajectories_follow_the_last_error_as_far_as_it_carries(carry):
    trajectories = Trajectories.together(2, 1)._replace(carry=carry)
    scores = norm.ppf(LEVELS)
    before = trajectories.chosen(0, None)
    for stage in range(1, 40):
        after = trajectories.chosen(stage, before)
        assert_array_equal(np.sort(after), np.arange(N_PATHS))
        assert_allclose(np.corrcoef(scores[before], scores[after])[0, 1], carry, atol=0.12)
        before = after
    levels = trajectories.levels(before)
    assert_allclose(
        np.corrcoef(np.repeat(scores[before], 10), scores[levels].ravel())[0, 1], carry, atol=0.05
    )
    if carry == 0:
        assert_array_equal(np.bincount(levels.ravel()), np.full(N_PATHS, 10))


def test_the_trajectories_of_different_stages_are_uncorrelated():
    trajectories = Trajectories.together(1, 1)
    stages = [norm.ppf(LEVELS)[trajectories.chosen(stage, None)] for stage in range(40)]
    correlation = np.corrcoef(stages)
    assert np.abs(correlation[~np.eye(40, dtype=bool)]).max() < 0.1  # by chance it were 0.3


def test_each_path_draws_its_own_quantiles():
    rng = np.random.default_rng(0)
    answer = rng.normal(size=(2 * N_PATHS, 3, 2, 1 + N_PATHS))
    ranks = rng.integers(N_PATHS, size=(N_PATHS, 4, 2))
    paths = drawn(answer, ranks)
    assert paths.shape == (2 * N_PATHS, 3, 2)
    for origin, path, step, target in [(0, 0, 0, 0), (0, 7, 2, 1), (1, 99, 1, 0)]:
        row = origin * N_PATHS + path
        expected = answer[row, step, target, 1 + ranks[path, step, target]]
        assert paths[row, step, target] == expected


def test_pooled_quantiles_are_those_of_a_sum():
    before = np.random.default_rng(0).permutation(norm.ppf(LEVELS, scale=3.0))
    levels = np.concatenate([[0.5], LEVELS])
    answer = before[:, None] + norm.ppf(levels, scale=4.0)
    chosen = np.arange(N_PATHS)
    pool = Trajectories.together(1, 1).levels(chosen)
    found = pooled(answer[:, None, None], pool, np.array([0.1, 0.5, 0.95]))
    # Variances add up: 3² + 4² = 5².
    assert_allclose(found.ravel(), norm.ppf([0.1, 0.5, 0.95], scale=5.0), rtol=0.03, atol=0.1)
