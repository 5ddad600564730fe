"""Far out is beyond three interquartile ranges."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from forecast.profiling.outliers import outlying


def test_the_limits_are_those_of_tukey():
    # Quartiles 25 and 75: the limits are -125 and 225.
    values = np.concatenate([np.arange(101.0), [-124.0, 224.0]])
    low, high = np.quantile(values, [0.25, 0.75])
    limits = [low - 3 * (high - low), high + 3 * (high - low)]
    for limit, step in zip(limits, (-1, 1), strict=True):
        assert outlying(np.append(values, limit + 20 * step))[-1]
        assert not outlying(np.append(values, limit - 20 * step))[-1]


def test_planted_outliers_are_found_and_nothing_else():
    values = np.random.default_rng(0).normal(size=5000)
    values[[7, 4000]] = [9, -9]
    values[3] = np.nan
    assert_array_equal(np.flatnonzero(outlying(values)), [7, 4000])


@pytest.mark.parametrize(
    "values", [[1.0] * 9 + [5.0], [np.nan] * 4, [0.1 + 0.2, 0.3, 0.3, 0.1 + 0.2, 0.3]]
)
def test_without_a_spread_nothing_is_far_out(values):
    assert not outlying(np.array(values)).any()
