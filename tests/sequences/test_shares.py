"""The share of a mixture against a search over a grid."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from forecast.sequences.shares import best_share, mixed

GRID = np.linspace(0, 1, 2001)


def loss(one, other, share, weight):
    logs = [
        w * np.log(share * a + (1 - share) * b) for a, b, w in zip(one, other, weight, strict=True)
    ]
    return -sum(logs)


@pytest.mark.parametrize("seed", range(6))
def test_no_share_of_a_grid_is_better(seed):
    rng = np.random.default_rng(seed)
    one, other, weight = rng.uniform(0.02, 1, (3, 30))
    one **= 1 + seed / 5
    found = best_share(one, other, weight)
    losses = [loss(one, other, share, weight) for share in GRID]
    assert loss(one, other, found, weight) <= min(losses) + 1e-9
    assert_allclose(found, GRID[np.argmin(losses)], atol=1e-3)


def test_a_part_that_only_harms_has_no_share():
    rng = np.random.default_rng(0)
    good = rng.uniform(0.5, 1, 20)
    assert best_share(good, good / 2) == 1
    assert best_share(good / 2, good) == 0


def test_parts_that_are_alike_share_alike():
    assert best_share(np.array([0.3, 0.4]), np.array([0.3, 0.4])) == 0.5


def test_what_one_part_holds_impossible_leaves_it_little():
    one = np.r_[0.0, np.full(99, 0.9)]
    other = np.full(100, 0.5)
    share = best_share(one, other)
    # n - 1 gains of log(0.5 + 0.4 s) stand against one loss of log(0.5 - 0.5 s).
    losses = [loss(one, other, each, np.ones(100)) for each in GRID[:-1]]
    assert_allclose(share, GRID[np.argmin(losses)], atol=1e-3)
    assert best_share(np.zeros(5), np.full(5, 0.5)) == 0


def test_a_mixture_is_a_distribution():
    one, other = np.array([[0.2, 0.8]]), np.array([[0.6, 0.4]])
    assert_allclose(mixed(one, other, 0.25), [[0.5, 0.5]])
    assert_allclose(mixed(one, other, 1.0), one)
