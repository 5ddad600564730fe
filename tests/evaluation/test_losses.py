"""Losses number by number, and their means against loops."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from forecast.evaluation.losses import (
    absolute_error,
    group_sums,
    is_inside,
    level_shares,
    mean_loss,
    percentage_error,
    pinball_loss,
    root_mean_loss,
    squared_error,
    variance_loss,
)

ACTUAL = np.array([2.0, 2.0, -1.0, 0.0, np.nan])
FORECAST = np.array([5.0, 2.0, 3.0, 0.0, 1.0])


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        (absolute_error, [3, 0, 4, 0, np.nan]),
        (squared_error, [9, 0, 16, 0, np.nan]),
        (percentage_error, [600 / 7, 0, 200, 0, np.nan]),
        (lambda a, f: pinball_loss(a, f, 0.9), [0.3, 0, 0.4, 0, np.nan]),
        (lambda a, f: pinball_loss(f, a, 0.9), [2.7, 0, 3.6, 0, np.nan]),
        (lambda a, f: is_inside(a, f - 3, f), [1, 1, 0, 1, np.nan]),
        (lambda a, f: is_inside(f, f, a), [0, 1, 0, 1, np.nan]),
    ],
)
def test_losses_of_numbers_worked_by_hand(loss, expected):
    assert_allclose(loss(ACTUAL, FORECAST), expected, rtol=1e-12)


def test_a_loss_of_single_numbers_is_a_number():
    assert percentage_error(np.float64(3), np.float64(5)) == 50
    assert_allclose(variance_loss(np.float64(4), np.float64(2)), 2 - math.log(2) - 1)


def test_the_shares_of_the_levels_reach_half_way_to_their_neighbours():
    assert_allclose(level_shares(np.array([0.2, 0.9, 0.4])), [0.3, 0.35, 0.35])
    assert_allclose(level_shares(np.array([0.5])), [1.0])


def test_means_leave_out_what_is_missing():
    losses = np.array([1.0, np.nan, 4.0])
    assert mean_loss(losses) == 2.5
    assert_allclose(root_mean_loss(losses), math.sqrt(2.5))
    assert math.isnan(mean_loss(np.full(3, np.nan)))
    assert math.isnan(mean_loss(np.array([])))


def test_sums_of_groups_are_those_of_the_loop():
    rng = np.random.default_rng(0)
    losses, groups = rng.normal(size=50), rng.integers(0, 6, size=50)
    losses[rng.random(50) < 0.2] = np.nan
    losses[groups == 2] = np.nan  # nothing is left of this one
    pairs = list(zip(losses, groups, strict=True))
    known = [[x for x, g in pairs if g == i and not math.isnan(x)] for i in range(7)]
    totals, counts = group_sums(losses, groups, 7)
    assert_allclose(totals, [sum(each) for each in known], rtol=1e-12, atol=1e-12)
    assert_array_equal(counts, [len(each) for each in known])


def test_infinite_losses_have_infinite_sums_and_opposite_ones_none():
    losses = np.array([1.0, np.inf, np.inf, -np.inf])
    totals, _ = group_sums(losses, np.array([0, 0, 1, 1]), 2)
    assert_allclose(totals, [np.inf, np.nan])
    assert_allclose([mean_loss(losses[:2]), mean_loss(losses)], [np.inf, np.nan])
