"""Evidence by betting: the capitals of naive bettors, fair under the hypothesis at any time."""

import naive
import numpy as np
import pytest
from numpy.testing import assert_allclose

from forecast.evaluation.betting import (
    evidence_of_larger_losses,
    evidence_of_low_shares,
    pool_size,
    pooled,
)

STAKES, SHIFTS = (0.05, 0.1, 0.2, 0.4, 0.8), (0.5, 1.0, 1.5)
HISTORIES, LOOKS = 2000, 100


def ever_above(evidence, level):
    """Return the share of histories in which somebody who looks daily sees so much evidence."""
    return np.mean(evidence.max(axis=-1) >= 1 / level)


def autocorrelated(rng, shape, correlation):
    """Return losses whose logarithms are an autoregression in each row."""
    shocks = rng.normal(size=shape)
    logs = np.empty_like(shocks)
    logs[:, 0] = shocks[:, 0]
    for t in range(1, shape[1]):
        logs[:, t] = correlation * logs[:, t - 1] + (1 - correlation**2) ** 0.5 * shocks[:, t]
    return np.exp(logs / 2)


def test_the_capitals_are_those_of_naive_bettors():
    rng = np.random.default_rng(0)
    shares = rng.integers(0, 8, size=30) / 7
    expected = naive.capital_on_low_shares(shares, 0.8, STAKES)
    assert_allclose(evidence_of_low_shares(shares, 0.8), expected)
    # Losses of one digit have ties.
    before, since = rng.integers(0, 9, size=12), rng.integers(2, 12, size=25)
    expected = naive.capital_on_large_losses(before, since, SHIFTS)
    assert_allclose(evidence_of_larger_losses(before, since), expected)


def test_evidence_at_a_look_depends_on_nothing_after_it():
    rng = np.random.default_rng(1)
    before, since = rng.exponential(size=20), rng.exponential(size=(2, 30))
    since[1, :18] = since[0, :18]
    for evidence in (evidence_of_larger_losses, lambda _, each: evidence_of_low_shares(each, 0.9)):
        first, second = (evidence(before, each) for each in np.minimum(since, 1))
        assert_allclose(first[:18], second[:18])
        assert abs(first[18] - second[18]) > 1e-6


@pytest.mark.parametrize("n_before", [10, 28, 60])
def test_who_looks_daily_at_exchangeable_losses_is_seldom_alarmed(n_before):
    losses = np.random.default_rng(n_before).exponential(size=(HISTORIES, n_before + LOOKS))
    evidence = evidence_of_larger_losses(losses[:, :n_before], losses[:, n_before:])
    assert ever_above(evidence, 0.025) <= 0.025
    assert ever_above(evidence, 0.1) <= 0.1
    # On the average nobody gains.
    assert_allclose(evidence[:, :3].mean(axis=0), 1, atol=0.1)


@pytest.mark.parametrize(("claimed", "n_actuals"), [(0.9, 1), (0.8, 7), (0.95, 24)])
def test_who_looks_daily_at_intervals_that_hold_what_they_claim_is_seldom_alarmed(
    claimed, n_actuals
):
    rng = np.random.default_rng(n_actuals)
    shares = rng.binomial(n_actuals, claimed, size=(HISTORIES, LOOKS)) / n_actuals
    evidence = evidence_of_low_shares(shares, claimed)
    assert ever_above(evidence, 0.025) <= 0.025
    assert ever_above(evidence, 0.1) <= 0.1
    # Actuals of a day that are all inside or all outside change nothing of it.
    together = (rng.uniform(size=(HISTORIES, LOOKS)) < claimed).astype(float)
    assert ever_above(evidence_of_low_shares(together, claimed), 0.025) <= 0.025


def test_a_change_is_found():
    rng = np.random.default_rng(3)
    losses = rng.exponential(size=(HISTORIES, 28 + 30)) + 0.5
    losses[:, 28:] *= 2
    evidence = evidence_of_larger_losses(losses[:, :28], losses[:, 28:])
    assert ever_above(evidence, 0.025) > 0.9
    shares = rng.binomial(7, 0.75, size=(HISTORIES, 20)) / 7
    assert ever_above(evidence_of_low_shares(shares, 0.9), 0.025) > 0.9
    # What has become better is no evidence.
    assert ever_above(evidence_of_larger_losses(losses[:, 28:], losses[:, :28]), 0.025) < 0.005


def test_a_change_after_a_long_calm_is_found_as_well():
    rng = np.random.default_rng(6)
    losses = rng.exponential(size=(HISTORIES, 28 + 130)) + 0.5
    losses[:, 28 + 100 :] *= 2
    evidence = evidence_of_larger_losses(losses[:, :28], losses[:, 28:])
    assert ever_above(evidence, 0.025) > 0.75
    shares = rng.binomial(7, 0.9, size=(HISTORIES, 125)) / 7
    shares[:, 100:] = rng.binomial(7, 0.75, size=(HISTORIES, 25)) / 7
    assert ever_above(evidence_of_low_shares(shares, 0.9), 0.025) > 0.6


def test_means_of_neighbours_keep_bad_days_in_a_row_from_looking_like_a_change():
    """The level is exceeded, but much less than without them."""
    losses = autocorrelated(np.random.default_rng(4), (HISTORIES, 60 + LOOKS), 0.5)
    before, since = losses[:, :60], losses[:, 60:]
    sizes = np.array([pool_size(each) for each in before])
    n_alarms = 0
    for size in np.unique(sizes):
        means = [pooled(each[sizes == size], size) for each in (before, since)]
        n_alarms += (evidence_of_larger_losses(*means).max(axis=-1) >= 40).sum()
    assert n_alarms / HISTORIES < 0.06
    assert ever_above(evidence_of_larger_losses(before, since), 0.025) > 0.12


def test_pools_are_as_large_as_losses_hang_together():
    rng = np.random.default_rng(5)
    assert pool_size(rng.normal(size=500)) == 1
    # 1.5 · (1 + r) / (1 - r) - 0.5
    for correlation, size in ((0.5, 4), (0.8, 13)):
        assert abs(pool_size(autocorrelated(rng, (1, 4000), correlation)[0]) - size) <= 1
    # At least six are left, and equal numbers do not hang together.
    assert pool_size(np.arange(30)) == 5
    assert pool_size(np.arange(11)) == 1
    assert pool_size(np.ones(30)) == 1
    assert_allclose(pooled(np.arange(8.0), 3), [1, 4])
    assert pooled(np.arange(2.0), 3).shape == (0,)
