"""The logarithm is modelled where the values span enough, and where it is likelier."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy.stats import norm

from forecast.forecasters.box_cox import log_floor
from forecast.forecasters.sarima import Orders
from forecast.forecasters.sum_of_squares import estimate, one_step_errors


def multiplicative(n=240):
    """Return a positive series with a season of 4 whose deviation grows with its level."""
    rng, noise = np.random.default_rng(7), np.zeros(n)
    for t in range(1, n):
        noise[t] = 0.7 * noise[t - 1] + rng.normal(0, 0.3)
    return np.exp(3 + 1.5 * np.sin(np.arange(n) * np.pi / 2 + 0.3) + noise)


LEFT = {
    "additive": multiplicative().argsort().argsort() + 5.0,  # ranks: as wide, and flat
    "narrow": 100 + multiplicative(),
    "not positive": multiplicative() - 30,
    "too short to tell": multiplicative(12),
}


@pytest.mark.parametrize("name", LEFT)
def test_the_logarithm_is_left_where_it_is_less_likely_or_hardly_bends(name):
    assert_array_equal(log_floor(LEFT[name], 4), np.nan)


def test_the_floor_is_the_smallest_value():
    y = multiplicative()
    assert log_floor(y, 4) == y.min()
    walk = np.exp(np.cumsum(np.log(y) - 3) / 9)
    assert log_floor(walk, 1) == walk.min()


def test_gaps_are_bridged():
    y = multiplicative()
    y[50:53] = np.nan
    assert log_floor(y, 4) == np.nanmin(y)


@pytest.mark.parametrize("y", [multiplicative(), LEFT["additive"]], ids=["log", "itself"])
def test_likelihoods_of_logarithms_are_those_of_y(y):
    orders, no_regressors = Orders((2, 0, 2), (1, 1, 1, 4), "n"), np.empty((len(y), 0))
    likelihood = {}
    for name, z in (("y", y), ("log", np.log(y))):
        found = estimate(z, no_regressors, orders)
        errors = one_step_errors(z, no_regressors, found)
        density = norm.pdf(errors, scale=np.sqrt(found.params[-1]))
        if name == "log":
            density /= y[-len(errors) :]
        likelihood[name] = np.log(density).sum()
    assert (likelihood["log"] > likelihood["y"]) == np.isfinite(log_floor(y, 4))
