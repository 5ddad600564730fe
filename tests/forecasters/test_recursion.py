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
    drawn,
    error_ranks,
    pooled,
    together,
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


def test_ranks_are_those_of_whole_trajectories():
    errors = np.random.default_rng(0).normal(size=(N_PATHS, 3, 2))
    errors[:, 1] = -errors[:, 0]
    ranks = error_ranks(errors)
    assert ranks.shape == (N_PATHS, 3, 2)
    for column in ranks.reshape(N_PATHS, -1).T:
        assert_array_equal(np.sort(column), np.arange(N_PATHS))
    # What is high at the first step is low at the second.
    assert_array_equal(ranks[:, 1], N_PATHS - 1 - ranks[:, 0])
    trajectories = {tuple(rankdata(errors, axis=0)[i].ravel() - 1) for i in range(N_PATHS)}
    assert {tuple(ranks[i].ravel()) for i in range(N_PATHS)} == trajectories


def test_trajectories_are_spread_over_few_or_many_errors():
    few = np.array([5.0, -5.0, np.nan]).reshape(3, 1, 1)
    assert_array_equal(error_ranks(few)[:, 0, 0], np.arange(N_PATHS))
    persistent = np.repeat(np.random.default_rng(0).normal(size=(1001, 1, 1)), 4, axis=1)
    assert_array_equal(error_ranks(persistent), together(4, 1))
    nothing = np.full((3, 2, 1), np.nan)
    assert error_ranks(nothing).shape == (N_PATHS, 2, 1)


def answers(n, steps, targets, seed=0):
    """Return answers with quantiles at all levels."""
    values = np.random.default_rng(seed).normal(size=(n, steps, targets, 1 + N_PATHS))
    return np.sort(values, axis=-1)


@pytest.mark.parametrize("stage", [0, 1, N_PATHS])
def test_each_path_gets_another_trajectory(stage):
    ranks = error_ranks(np.random.default_rng(0).normal(size=(300, 4, 2)))
    n = 2 if stage == 0 else 2 * N_PATHS
    answer = answers(n, steps=3, targets=2)
    paths = drawn(answer, ranks, stage).reshape(2, N_PATHS, 3, 2)
    quantiles = answer[..., 1:].reshape(2, -1, 3, 2, N_PATHS)
    used = []
    for path in range(N_PATHS):
        own = quantiles[:, 0 if stage == 0 else path]
        # Which trajectory: the one whose ranks give these values.
        found = [
            k
            for k in range(N_PATHS)
            if all(
                own[0, s, t, ranks[k, s, t]] == paths[0, path, s, t] for s, t in np.ndindex(3, 2)
            )
        ]
        used += found
        second = [[own[1, s, t, ranks[found[0], s, t]] for t in range(2)] for s in range(3)]
        assert_array_equal(paths[1, path], second)
    assert sorted(used) == list(range(N_PATHS))


def test_the_trajectories_of_different_stages_are_uncorrelated():
    ranks = np.arange(N_PATHS)[:, None, None]
    levels = np.concatenate([[0.5], LEVELS])
    stages = []
    for stage in range(40):
        n = 1 if stage == 0 else N_PATHS
        answer = np.broadcast_to(norm.ppf(levels), (n, 1, 1, 1 + N_PATHS))
        stages.append(drawn(answer, ranks, stage).ravel())
    correlation = np.corrcoef(stages)
    assert np.abs(correlation[~np.eye(40, dtype=bool)]).max() < 0.1  # by chance it were 0.3


def test_pooled_quantiles_are_those_of_a_sum():
    before = np.random.default_rng(0).permutation(norm.ppf(LEVELS, scale=3.0))
    levels = np.concatenate([[0.5], LEVELS])
    answer = before[:, None] + norm.ppf(levels, scale=4.0)
    found = pooled(answer[:, None, None], np.array([0.1, 0.5, 0.95]))
    # Variances add up: 3² + 4² = 5².
    assert_allclose(found.ravel(), norm.ppf([0.1, 0.5, 0.95], scale=5.0), rtol=0.03, atol=0.1)
