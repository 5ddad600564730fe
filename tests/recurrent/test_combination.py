"""Combination: what is averaged, and the linear part's share."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from forecast.recurrent.combination import combined, departs, linear_share, nearly_best


def test_what_is_within_a_twentieth_of_the_least_error_is_nearly_best():
    assert_array_equal(nearly_best(np.array([2.1, 2.0, 2.11, 9.0])), [True, True, False, False])


@pytest.mark.parametrize(
    ("network", "linear", "share"),
    [(1.0, 1.0, 0.5), (1.0, 0.0, 1.0), (0.0, 1.0, 0.0), (1.0, 0.8, 0.6)],
)
def test_the_linear_part_has_the_share_it_deserves(network, linear, share):
    rng = np.random.default_rng(0)
    actual = rng.normal(size=(2000, 2))
    by_network = actual - network * rng.normal(size=(2000, 2))
    by_linear = actual - linear * rng.normal(size=(2000, 2))
    assert_allclose(linear_share(actual, by_network, by_linear), share, atol=0.06)


def test_all_levels_move_as_the_median_does():
    rng = np.random.default_rng(0)
    network, linear = rng.normal(size=(4, 2, 3)), rng.normal(size=(4, 2))
    answer = combined(network, linear, 0.25)
    assert_allclose(answer[..., 1], 0.75 * network[..., 1] + 0.25 * linear)
    assert_allclose(np.diff(answer, axis=2), np.diff(network, axis=2))
    assert combined(network, None, 0.25) is network


@pytest.mark.parametrize(("error", "is_better"), [(0.94, True), (0.96, False), (1.2, False)])
def test_a_naive_forecast_is_departed_from_for_a_twentieth_of_its_error(error, is_better):
    actual = np.random.default_rng(0).normal(size=(50, 3))
    assert departs(actual, actual + error, actual - 1.0) is is_better
