"""Combination: what is averaged, and the linear part's share."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from forecast.recurrent.combination import combined, linear_share


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
